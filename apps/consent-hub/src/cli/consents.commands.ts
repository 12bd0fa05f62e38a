import { CONSENT_STATES, MOST_COUNTED, SEARCH_ORDERS } from '@consent-hub/consent';
import { BRANDS, SCOPES } from '@consent-hub/psd2-protocol';
import { isUUID } from 'class-validator';
import { Command } from 'commander';
import type { ConsentEventList, ConsentEventView } from '../consent-query/consent-event.view.js';
import type { FoundConsentsView } from '../consent-query/found-consents.view.js';
import { MOST_PER_PAGE, USUAL_PER_PAGE } from '../consent-query/search-consents.request.js';
import type { TokenUsesList } from '../consent-query/token-uses.view.js';
import type { ErasureView } from '../erasure/erasure.view.js';
import type { AccountList, AccountView } from '../accounts/accounts.controller.js';
import type { ConsentView } from '../http-api/consent.view.js';
import {
  collect,
  CommandFailure,
  newCommand,
  running,
  UsageError,
  type CommandResult,
  type Shell,
} from './command.js';
import { HUB_VARIABLES, HubApi, HubRefusal, withHubOptions, type HubOptions } from './hub-api.js';
import { counted, facts, table } from './output.js';

/** The options for the hub, and the filters, by the names of their options in camel case. */
type SearchOptions = HubOptions & Readonly<Record<string, string | readonly string[] | true>>;

const list = (shell: Shell): Command =>
  withHubOptions(
    newCommand('list', {
      summary: 'Searches consents.',
      notes:
        'The filters of GET /v1/consents, joined by "and". A moment is 2026-01-31 or 2026-01-31T09:30:00Z.',
      reads: HUB_VARIABLES,
    }),
  )
    .option('--state <state>', `${CONSENT_STATES.join(', ')}; may be repeated`, collect)
    .option('--state-reason <reason>', 'why it ended')
    .option('--scope <scope>', SCOPES.join(', '))
    .option('--brand <brand>', BRANDS.join(', '))
    .option('--psu-ref <name>', 'the name under which it was opened')
    .option('--iban <iban>', 'of the request, or of an account that the PSU chose')
    .option('--client <name>', 'the API client that opened it, by name or id')
    .option('--created-from <moment>', 'created then or later')
    .option('--created-to <moment>', 'created before then')
    .option('--ended-from <moment>', 'ended then or later')
    .option('--ended-to <moment>', 'ended before then')
    .option('--expires-before <moment>', 'whose validity ends before then')
    .option('--needs-attention', 'those that need attention')
    .option(
      '--order <order>',
      `${SEARCH_ORDERS.join(', ')}; default ended_at with --ended-from or --ended-to, otherwise created_at`,
    )
    .option('--count', `also how many there are, up to ${MOST_COUNTED}`)
    .option('--limit <number>', `1 to ${MOST_PER_PAGE}, default ${USUAL_PER_PAGE}`)
    .option('--cursor <cursor>', 'for the next page; filters and order stay the same')
    .action(
      running(shell, async ({ url, apiKey, ...filters }: SearchOptions) => {
        const hub = HubApi.of(shell, { ...(url && { url }), ...(apiKey && { apiKey }) });
        return foundResult(await hub.get<FoundConsentsView>('/v1/consents', queryOf(filters)));
      }),
    );

/** The words of the API for the filters differ from the options in the hyphen only. */
const queryOf = (filters: Readonly<Record<string, string | readonly string[] | true>>) =>
  Object.fromEntries(
    Object.entries(filters).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value === true ? 'true' : value,
    ]),
  );

function foundResult(data: FoundConsentsView): CommandResult {
  const rows = data.items.map((item) => [
    item.id,
    item.created_at,
    item.brand,
    item.scope,
    item.psu_ref,
    item.state_reason === null ? item.state : `${item.state} (${item.state_reason})`,
    item.ended_at,
    item.consent_expires_at?.slice(0, 10) ?? null,
    item.attention.join(',') || null,
  ]);
  const titles = ['ID', 'CREATED', 'BRAND', 'SCOPE', 'PERSON', 'STATE', 'ENDED', 'EXPIRES', 'ATTENTION'];
  const { next_cursor: next, total, total_is_exact: isExact } = data;
  const more = next === null ? '' : `More: --cursor ${next}\n`;
  const counts = total === undefined ? '' : `${isExact ? '' : 'More than '}${counted(total, 'consent')}.\n`;
  const text = rows.length > 0 ? table(titles, rows) + counts + more : 'There is no such consent.\n';
  return { data, text };
}

const show = (shell: Shell): Command =>
  withHubOptions(
    newCommand('show', {
      summary: 'Shows one consent: its accounts, who was handed its tokens, and its timeline.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<id>')
    .action(
      running(shell, async (given: string, options: HubOptions) => {
        const id = readId(given);
        const hub = HubApi.of(shell, options);
        const path = `/v1/consents/${id}`;
        const view = await hub.get<ConsentView>(path).catch((error: unknown) => {
          if (!(error instanceof HubRefusal) || error.problem.code !== 'consent_not_found') throw error;
          throw new CommandFailure(`There is no consent ${id}.`, { cause: error });
        });
        const { items: events } = await hub.get<ConsentEventList>(`${path}/events`);
        const { items: uses } = await hub.get<TokenUsesList>(`${path}/token-uses`);
        const accounts = await accountsOf(hub, view, events);
        const clients = uses.map((use) => [use.api_client, use.count, use.last_used_at]);
        const handedOut = uses.length > 0 ? `\n${table(['CLIENT', 'TOKENS READ', 'LAST'], clients)}` : '';
        const ibans = [...new Set(accounts.map(({ iban }) => iban))].join(', ');
        return {
          data: { ...view, accounts, token_uses: uses, events },
          text: `${facts({ ...view, accounts: ibans })}${handedOut}\n${timelineOf(events)}`,
        };
      }),
    );

/** Those that are known. To ask for others would have the hub ask the bank. */
async function accountsOf(
  hub: HubApi,
  { id, scope }: ConsentView,
  events: readonly ConsentEventView[],
): Promise<readonly AccountView[]> {
  const areKnown = scope === 'CAF' || events.some(({ type }) => type === 'accounts_listed');
  return areKnown ? (await hub.get<AccountList>(`/v1/consents/${id}/accounts`)).items : [];
}

const timelineOf = (events: readonly ConsentEventView[]): string =>
  table(
    ['#', 'AT', 'WHAT', 'STATE', 'REASON', 'BY', 'FACTS'],
    events.map((event) => [
      event.seq,
      event.at,
      event.type,
      [event.from, event.to].filter((state) => state !== null).join(' > ') || null,
      event.reason,
      event.api_client === null ? event.actor : `client:${event.api_client}`,
      Object.keys(event.data).length > 0 ? JSON.stringify(event.data) : null,
    ]),
  );

const revoke = (shell: Shell): Command =>
  withHubOptions(
    newCommand('revoke', {
      summary: 'Ends a consent here and destroys its tokens, or withdraws a link that still waits.',
      notes: 'As POST /v1/consents/{id}/revoke. The bank has no call for it: there the consent stays valid.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<id>')
    .action(
      running(shell, async (given: string, options: HubOptions) => {
        const id = readId(given);
        const data = await HubApi.of(shell, options).post<ConsentView>(`/v1/consents/${id}/revoke`);
        const text = data.state === 'revoked' ? `Revoked ${id}.\n` : `Withdrew the link of ${id}.\n`;
        return { data, text };
      }),
    );

const LEFT_BEHIND =
  'Sealed answers of the bank may stay in the spool files of the hubs until HUB_SPOOL_RETENTION_MINUTES have passed,\n' +
  'and everything in backups of the database until you discard them.';

interface EraseOptions extends HubOptions {
  readonly psuRef: string;
  readonly brand?: string;
  readonly revoke?: true;
}

const erase = (shell: Shell): Command =>
  withHubOptions(
    newCommand('erase', {
      summary: 'Erases a person: their consents stay as dates and states without a name.',
      notes:
        'Destroys every sealed value and what names the person: their name here, IBANs, accounts, addresses. Timelines hold no\n' +
        `personal data and still verify. It cannot be undone.\n${LEFT_BEHIND}`,
      reads: HUB_VARIABLES,
    }),
  )
    .requiredOption('--psu-ref <name>', 'the name under which the consents were opened')
    .option('--brand <brand>', `at one brand only: ${BRANDS.join(', ')}`)
    .option('--revoke', 'ends consents that have not ended; without it they are a reason to refuse')
    .action(
      running(shell, async ({ psuRef, brand, revoke: mayEnd, ...options }: EraseOptions) => {
        if (brand !== undefined && !BRANDS.some((one) => one === brand))
          throw new UsageError(`--brand takes one of ${BRANDS.join(', ')}, not ${brand}.`);
        const { erased } = await HubApi.of(shell, options).post<ErasureView>('/v1/erasures', {
          psu_ref: psuRef,
          ...(brand !== undefined && { brand }),
          ...(mayEnd && { revoke: true }),
        });
        return {
          data: { erased },
          text: `Erased ${counted(erased.length, 'consent')}:\n${erased.map(({ id }) => `  ${id}\n`).join('')}${LEFT_BEHIND}\n`,
        };
      }),
    );

export const consentsCommands = (shell: Shell): Command =>
  new Command('consents')
    .description('Searches, shows, ends and forgets consents.')
    .addCommand(list(shell))
    .addCommand(show(shell))
    .addCommand(revoke(shell))
    .addCommand(erase(shell));

function readId(given: string): string {
  if (!isUUID(given)) throw new UsageError(`<id> is the id of a consent, a UUID, not ${given}.`);
  return given;
}
