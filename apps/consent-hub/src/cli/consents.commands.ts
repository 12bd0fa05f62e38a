import {
  CONSENT_STATES,
  ConsentRepository,
  ConsentSearch,
  ErasureError,
  MOST_COUNTED,
  PersonEraser,
  SEARCH_ORDERS,
  VisibleConsents,
  type ConsentEntity,
  type ErasureErrorCode,
} from '@consent-hub/consent';
import { createValidationPipe, Problem } from '@consent-hub/platform';
import { BRANDS, SCOPES, type Brand } from '@consent-hub/psd2-protocol';
import { isUUID } from 'class-validator';
import { toConsentView } from '../http-api/consent.view.js';
import { ApiClientNames } from '../consent-query/api-client-names.query.js';
import { toConsentEventView } from '../consent-query/consent-event.view.js';
import { ConsentSearchService, toCriteria } from '../consent-query/consent-search.service.js';
import { TokenUsesQuery } from '../consent-query/token-uses.query.js';
import { toTokenUsesView } from '../consent-query/token-uses.view.js';
import { toFoundConsentsView } from '../consent-query/found-consents.view.js';
import {
  MOST_PER_PAGE,
  SearchConsentsRequest,
  USUAL_PER_PAGE,
} from '../consent-query/search-consents.request.js';
import { ConsentRevocationService } from '../consent-revocation/consent-revocation.service.js';
import { CommandFailure, UsageError, type Call, type Command } from './command.js';
import { withDatabase } from './database.js';
import { counted, facts, table } from './output.js';

/** Who stands in the timeline for what this program does. */
const ACTOR = 'hub:cli';

const list: Command = {
  name: 'consents list',
  summary: 'Searches consents.',
  notes: 'The filters of GET /v1/consents, joined by "and". A moment is 2026-01-31 or 2026-01-31T09:30:00Z.',
  options: {
    state: { value: '<state>', isRepeatable: true, help: CONSENT_STATES.join(', ') },
    'state-reason': { value: '<reason>', help: 'why it ended' },
    scope: { value: '<scope>', help: SCOPES.join(', ') },
    brand: { value: '<brand>', help: BRANDS.join(', ') },
    'psu-ref': { value: '<name>', help: 'the name under which it was opened' },
    iban: { value: '<iban>', help: 'of the request, or of an account that the PSU chose' },
    client: { value: '<name>', help: 'the API client that opened it, by name or id' },
    'created-from': { value: '<moment>', help: 'created then or later' },
    'created-to': { value: '<moment>', help: 'created before then' },
    'ended-from': { value: '<moment>', help: 'ended then or later' },
    'ended-to': { value: '<moment>', help: 'ended before then' },
    'expires-before': { value: '<moment>', help: 'whose validity ends before then' },
    'needs-attention': { help: 'those that somebody should look at' },
    order: {
      value: '<order>',
      help: `${SEARCH_ORDERS.join(', ')}; default ended_at with --ended-from or --ended-to, otherwise created_at`,
    },
    count: { help: `also how many there are, up to ${MOST_COUNTED}` },
    limit: { value: '<number>', help: `1 to ${MOST_PER_PAGE}, default ${USUAL_PER_PAGE}` },
    cursor: { value: '<cursor>', help: 'for the next page; filters and order stay the same' },
  },
  run: async (call) => {
    const request = await readSearch(call);
    return withDatabase(call.env, async (dataSource) => {
      const search = new ConsentSearchService(new ConsentSearch(dataSource), new ApiClientNames(dataSource));
      const data = toFoundConsentsView(await asUsage(() => search.findAny(request)));
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
      const counts =
        total === undefined ? '' : `${isExact ? '' : 'More than '}${counted(total, 'consent')}.\n`;
      const text = rows.length > 0 ? table(titles, rows) + counts + more : 'There is no such consent.\n';
      return { data, text };
    });
  },
};

const show: Command = {
  name: 'consents show',
  summary: 'Shows one consent: its accounts, who was handed its tokens, and its timeline.',
  operands: ['<id>'],
  run: (call) => {
    const id = readId(call);
    return withDatabase(call.env, async (dataSource) => {
      const consents = new ConsentRepository(dataSource);
      const consent = await consents.find(id);
      if (!consent) throw new CommandFailure(`There is no consent ${id}.`);
      const entries = await consents.events(id);
      const names = await new ApiClientNames(dataSource).ofActors(entries.map(({ actor }) => actor));
      const events = entries.map((entry) => toConsentEventView(entry, names));
      const accounts = (await consents.accounts(id)).map(({ iban, logicalId }) => ({
        iban,
        logical_id: logicalId,
      }));
      const uses = (await new TokenUsesQuery(dataSource).of(id)).map(toTokenUsesView);
      const view = toConsentView(consent);
      const rows = events.map((event) => [
        event.seq,
        event.at,
        event.type,
        [event.from, event.to].filter((state) => state !== null).join(' > ') || null,
        event.reason,
        event.api_client === null ? event.actor : `client:${event.api_client}`,
        Object.keys(event.data).length > 0 ? JSON.stringify(event.data) : null,
      ]);
      const timeline = table(['#', 'AT', 'WHAT', 'STATE', 'REASON', 'BY', 'FACTS'], rows);
      const clients = uses.map((use) => [use.api_client, use.count, use.last_used_at]);
      const handedOut = uses.length > 0 ? `\n${table(['CLIENT', 'TOKENS READ', 'LAST'], clients)}` : '';
      return {
        data: { ...view, accounts, token_uses: uses, events },
        text: `${facts({ ...view, accounts: [...new Set(accounts.map(({ iban }) => iban))].join(', ') })}${handedOut}\n${timeline}`,
      };
    });
  },
};

const revoke: Command = {
  name: 'consents revoke',
  summary: 'Ends a consent here and destroys its tokens, or withdraws a link that still waits.',
  notes: 'As POST /v1/consents/{id}/revoke. The bank has no call for it: there the consent goes on.',
  operands: ['<id>'],
  run: (call) => {
    const id = readId(call);
    return withDatabase(call.env, async (dataSource) => {
      const consents = new ConsentRepository(dataSource);
      const visible = new VisibleConsents(consents);
      const consent: ConsentEntity = await new ConsentRevocationService(dataSource, consents, visible).end(
        id,
        ACTOR,
      );
      const text = consent.state === 'revoked' ? `Revoked ${id}.\n` : `Withdrew the link of ${id}.\n`;
      return { data: toConsentView(consent), text };
    });
  },
};

const LEFT_BEHIND =
  'Sealed answers of the bank may stay in the spool files of the hubs until HUB_SPOOL_RETENTION_MINUTES is over,\n' +
  'and everything in backups of the database until you discard them.';

const erase: Command = {
  name: 'consents erase',
  summary: 'Forgets a person: their consents stay as dates and states of nobody.',
  notes:
    'Destroys every sealed value and what names the person: their name here, IBANs, accounts, addresses. Timelines hold no\n' +
    `personal data and still verify. It cannot be undone.\n${LEFT_BEHIND}`,
  options: {
    'psu-ref': { value: '<name>', isRequired: true, help: 'the name under which the consents were opened' },
    brand: { value: '<brand>', help: `at one brand only: ${BRANDS.join(', ')}` },
    revoke: { help: 'ends consents that go on; without it they are a reason to refuse' },
  },
  run: (call) => {
    const brand = readBrand(call.option('brand'));
    const psuRef = call.option('psu-ref') ?? '';
    return withDatabase(call.env, async (dataSource) => {
      const eraser = new PersonEraser(dataSource, new ConsentRepository(dataSource));
      const erasure = { psuRef, mayEnd: call.has('revoke'), actor: ACTOR, ...(brand && { brand }) } as const;
      const erased = await eraser.erase(erasure).catch((error: unknown) => {
        if (error instanceof ErasureError) throw new CommandFailure(toText(error), { cause: error });
        throw error;
      });
      return {
        data: { erased },
        text: `Erased ${counted(erased.length, 'consent')}:\n${erased.map(({ id }) => `  ${id}\n`).join('')}${LEFT_BEHIND}\n`,
      };
    });
  },
};

export const CONSENTS_COMMANDS: readonly Command[] = [list, show, revoke, erase];

const ERASURE_TEXTS: Record<ErasureErrorCode, string> = {
  person_unknown: 'No consent bears that name.',
  consents_not_ended: 'Nothing was erased: these consents go on. With --revoke they are ended first.',
  call_under_way:
    'Nothing was erased: the bank is being asked for the tokens of these. Try again in some minutes.',
};

const toText = ({ code, consents }: ErasureError): string =>
  [ERASURE_TEXTS[code], ...consents.map(({ id, brand, state }) => `  ${id} ${brand} ${state}`)].join('\n');

function readId(call: Call): string {
  const id = call.operand();
  if (!isUUID(id)) throw new UsageError(`<id> is the id of a consent, a UUID, not ${id}.`);
  return id;
}

function readBrand(given: string | undefined): Brand | undefined {
  const brand = BRANDS.find((one) => one === given);
  if (given !== undefined && !brand)
    throw new UsageError(`--brand takes one of ${BRANDS.join(', ')}, not ${given}.`);
  return brand;
}

/** By the rules of the API, whose words for the filters differ in the hyphen only. */
async function readSearch(call: Call): Promise<SearchConsentsRequest> {
  const given: Record<string, unknown> = {};
  for (const option of Object.keys(list.options ?? {})) {
    const value = option === 'state' ? call.all(option) : call.option(option);
    if (value !== undefined && value.length > 0) given[option.replaceAll('-', '_')] = value;
  }
  for (const flag of ['needs-attention', 'count'])
    if (call.has(flag)) given[flag.replaceAll('-', '_')] = 'true';
  return asUsage(async () => {
    const request: unknown = await createValidationPipe().transform(given, {
      type: 'query',
      metatype: SearchConsentsRequest,
    });
    if (!(request instanceof SearchConsentsRequest))
      throw new Error('the pipe answers with what it was told to make');
    toCriteria(request);
    return request;
  });
}

async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { detail, errors } = error.details;
    const lines = errors?.map((fault) => `--${fault.field.replaceAll('_', '-')} ${fault.detail}`);
    throw new UsageError(lines?.join('\n') ?? detail, { cause: error });
  }
}
