import { TOKEN_REQUEST_STATUSES } from '@consent-hub/token-grant';
import { Command } from 'commander';
import type {
  ReparsedAnswerList,
  ReparsedAnswerView,
  ResolvedRequestView,
  TokenRequestList,
} from '../token-requests/token-request.view.js';
import { collect, newCommand, running, UsageError, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { counted, table } from './output.js';
import { readUuid } from './read-uuid.js';
import { reconcileCommand } from './reconcile.command.js';

/** Typed as strings, because an argument of any value is searched among them. */
const STATUSES: readonly string[] = TOKEN_REQUEST_STATUSES;
const PATH = '/v1/token-requests';
const MOST = 1000;
const USUAL = 50;

interface ListOptions extends HubOptions {
  readonly consent?: string;
  readonly status?: readonly string[];
  readonly limit?: string;
}

const list = (shell: Shell): Command =>
  withHubOptions(
    newCommand('list', { summary: 'Lists calls of POST /token, newest first.', reads: HUB_VARIABLES }),
  )
    .option('--consent <id>', 'of one consent')
    .option('--status <status>', `${STATUSES.join(', ')}; may be repeated`, collect)
    .option('--limit <number>', `1 to ${MOST}, default ${USUAL}`)
    .action(
      running(shell, async ({ consent, status, limit, ...options }: ListOptions) => {
        const consentId = readUuid(consent, '--consent');
        const query = {
          limit: readLimit(limit),
          ...(consentId !== undefined && { consent_id: consentId }),
          ...(status && { status: readStatuses(status) }),
        };
        const { items } = await HubApi.of(shell, options).get<TokenRequestList>(PATH, query);
        const rows = items.map((item) => [
          item.request_id,
          item.caller_request_id,
          item.consent_id,
          item.brand,
          item.grant_type,
          item.expected_generation,
          item.sent_at,
          item.keeps_answer ? `${item.status} (kept)` : item.status,
          [item.outcome, item.http_status, item.bank_error, item.bank_error_code]
            .filter((word) => word !== null)
            .join(' ') || null,
        ]);
        const titles = [
          ...['REQUEST-ID', 'FOR REQUEST', 'CONSENT', 'BRAND', 'GRANT', 'SPENT', 'SENT', 'STATUS', 'OUTCOME'],
        ];
        return { data: items, text: rows.length > 0 ? table(titles, rows) : 'There is no such request.\n' };
      }),
    );

const RESULT_TEXTS = {
  committed: 'stored: the consent holds the pair',
  overtaken: 'readable, but the consent had ended or been renewed in the meantime',
  in_doubt: 'holds no pair: the next request asks the bank again',
  unreadable: 'still unreadable; it stays in the journal',
  failed: 'could not be opened or written down; it stays in the journal',
} as const;

const reparse = (shell: Shell): Command =>
  withHubOptions(
    newCommand('reparse', {
      summary:
        'Reads answers again that the bank gave in a form which could not be read, and stores what they hold.',
      notes:
        'Worth it after an update of the hub, which does the same at its start and every minute. Without a Request-ID, up to a\n' +
        'thousand answers are read, those first that wait longest. Nothing is sent to the bank.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('[request-id]')
    .action(
      running(shell, async (given: string | undefined, options: HubOptions) => {
        const requestId = readUuid(given, '[request-id]');
        const hub = HubApi.of(shell, options);
        const data =
          requestId === undefined
            ? (await hub.post<ReparsedAnswerList>(`${PATH}/reparse`)).items
            : [await hub.post<ReparsedAnswerView>(`${PATH}/${requestId}/reparse`)];
        const lines = data.map(({ request_id, consent_id, result }) => [
          request_id,
          consent_id,
          RESULT_TEXTS[result],
        ]);
        const isFailure = data.some(({ result }) => result === 'unreadable' || result === 'failed');
        const text =
          data.length > 0
            ? `${table(['REQUEST-ID', 'CONSENT', 'RESULT'], lines)}${counted(data.length, 'answer')} read again.\n`
            : 'No answer is kept.\n';
        return { data, text, isFailure };
      }),
    );

const resolve = (shell: Shell): Command =>
  withHubOptions(
    newCommand('resolve', {
      summary:
        'Waits no longer for a version that can read a kept answer: the next request asks the bank again.',
      notes:
        'Try `journal reparse` first. If the bank has replaced the pair, it refuses the old one and the consent ends as failed:\n' +
        'the person must authenticate again. The answer stays in the journal, and `journal reparse` with its Request-ID still reads\n' +
        'it, until a later pair is there. Nothing is sent to the bank by this command.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<request-id>')
    .action(
      running(shell, async (given: string, options: HubOptions) => {
        const requestId = readUuid(given, '<request-id>');
        const data = await HubApi.of(shell, options).post<ResolvedRequestView>(
          `${PATH}/${requestId}/resolve`,
        );
        return { data, text: `The next request for ${data.consent_id} asks the bank again.\n` };
      }),
    );

export const journalCommands = (shell: Shell): Command =>
  new Command('journal')
    .description('Calls of POST /token, and answers that were kept.')
    .addCommand(list(shell))
    .addCommand(reparse(shell))
    .addCommand(resolve(shell))
    .addCommand(reconcileCommand(shell));

function readStatuses(given: readonly string[]): readonly string[] {
  const unknown = given.filter((status) => !STATUSES.includes(status));
  if (unknown.length > 0)
    throw new UsageError(`--status takes one of ${STATUSES.join(', ')}, not ${unknown.join(', ')}.`);
  return given;
}

function readLimit(given = String(USUAL)): string {
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST)
    throw new UsageError(`--limit takes a whole number from 1 to ${MOST}, not ${given}.`);
  return String(limit);
}
