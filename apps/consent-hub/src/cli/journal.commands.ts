import { HttpBankClient } from '@consent-hub/bank-client';
import { ConsentRepository } from '@consent-hub/consent';
import {
  openUnreadableAnswers,
  openJournalReconciliation,
  type ReadingParts,
} from '@consent-hub/token-grant';
import { TokenVault } from '@consent-hub/token-vault';
import { isUUID } from 'class-validator';
import { readHubSettings } from '../config/hub-settings.js';
import { CommandFailure, UsageError, type Call, type Command, type CommandResult } from './command.js';
import { withDatabase } from './database.js';
import { counted, table } from './output.js';

const STATUSES = ['sent', 'received', 'in_doubt', 'committed', 'refused', 'not_sent', 'probed', 'overtaken'];
const ACTOR = 'hub:cli';
const MOST = 1000;
const USUAL = 50;

interface JournalRow {
  readonly id: string;
  readonly consent_id: string;
  readonly brand: string;
  readonly grant_type: string;
  readonly status: string;
  readonly expected_generation: number;
  readonly request_id: string;
  readonly caller_request_id: string | null;
  readonly owner: string;
  readonly sent_at: Date;
  readonly lease_ends_at: Date;
  readonly settled_at: Date | null;
  readonly outcome: string | null;
  readonly http_status: number | null;
  readonly bank_error: string | null;
  readonly bank_error_code: string | null;
  readonly keeps_answer: boolean;
}

/** Keys of the journal are made in the order of time, and need no index of their own for it. */
const SELECT = `
  SELECT id, consent_id, brand, grant_type, status, expected_generation, request_id, caller_request_id, owner, sent_at,
         lease_ends_at, settled_at, outcome, http_status, bank_error, bank_error_code, raw_answer IS NOT NULL AS keeps_answer
    FROM hub.token_request
   WHERE ($1::uuid IS NULL OR consent_id = $1) AND ($2::text[] IS NULL OR status = ANY ($2))
   ORDER BY id DESC LIMIT $3`;

const list: Command = {
  name: 'journal list',
  summary: 'Lists calls of POST /token, newest first.',
  options: {
    consent: { value: '<id>', help: 'of one consent' },
    status: { value: '<status>', isRepeatable: true, help: STATUSES.join(', ') },
    limit: { value: '<number>', help: `1 to ${MOST}, default ${USUAL}` },
  },
  run: (call) => {
    const consent = readUuid(call.option('consent'), '--consent');
    const statuses = readStatuses(call);
    const limit = readLimit(call.option('limit'));
    return withDatabase(call.env, async (dataSource) => {
      const data = await dataSource.query<JournalRow[]>(SELECT, [consent, statuses, limit]);
      const rows = data.map((row) => [
        row.request_id,
        row.caller_request_id,
        row.consent_id,
        row.brand,
        row.grant_type,
        row.expected_generation,
        row.sent_at.toISOString(),
        row.keeps_answer ? `${row.status} (kept)` : row.status,
        [row.outcome, row.http_status, row.bank_error, row.bank_error_code]
          .filter((word) => word !== null)
          .join(' ') || null,
      ]);
      const titles = [
        ...['REQUEST-ID', 'FOR REQUEST', 'CONSENT', 'BRAND', 'GRANT', 'SPENT', 'SENT', 'STATUS', 'OUTCOME'],
      ];
      return { data, text: rows.length > 0 ? table(titles, rows) : 'There is no such request.\n' };
    });
  },
};

const RESULT_TEXTS = {
  committed: 'stored: the consent holds the pair',
  overtaken: 'readable, but the consent had ended or gone on',
  in_doubt: 'holds no pair: the next request asks the bank again',
  unreadable: 'still unreadable; it stays in the journal',
  failed: 'could not be opened or written down; it stays in the journal',
} as const;

const reparse: Command = {
  name: 'journal reparse',
  summary:
    'Reads answers again that the bank gave in a form which could not be read, and stores what they hold.',
  notes:
    'Worth it after an update of the hub, which does the same at its start. Nothing is sent to the bank.',
  operands: ['[request-id]'],
  environment: 'the whole environment of the hub (HUB_*, BANK_*, DATABASE_URL), for the keys of the vault',
  run: (call) => {
    const requestId = readUuid(call.findOperand(), '[request-id]');
    return withHub(call.env, async (world) => {
      const results = await openUnreadableAnswers(world).reparse(requestId ?? undefined);
      const data = results.map(({ requestId: request_id, consentId: consent_id, result }) => ({
        request_id,
        consent_id,
        result,
      }));
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
    });
  },
};

const resolve: Command = {
  name: 'journal resolve',
  summary: 'Waits no longer for a version that can read a kept answer: the next request asks the bank again.',
  notes:
    'Try `journal reparse` first. If the bank has replaced the pair, it refuses the old one and the consent ends as failed:\n' +
    'the person must authenticate again. The answer stays in the journal, and `journal reparse` with its Request-ID still reads\n' +
    'it, until a later pair is there. Nothing is sent to the bank by this command.',
  operands: ['<request-id>'],
  environment: 'the whole environment of the hub (HUB_*, BANK_*, DATABASE_URL)',
  run: (call) => {
    const requestId = readUuid(call.operand(), '<request-id>');
    return withHub(call.env, async (world) => {
      const consentId = await openUnreadableAnswers(world).giveUp(requestId ?? '', ACTOR);
      if (consentId === null) throw new CommandFailure('No answer to such a request is waited for.');
      return {
        data: { request_id: requestId, consent_id: consentId, status: 'in_doubt' },
        text: `The next request for ${consentId} asks the bank again.\n`,
      };
    });
  },
};

const RECONCILED_TEXTS = {
  unsettled: 'not in the database',
  committed: 'stored: the consent holds the pair',
  overtaken: 'a later pair is there, or the consent has ended',
  in_doubt: 'holds no pair: the next request asks the bank again',
  unreadable: 'unreadable; it is in the journal now',
  failed: 'could not be opened or written down; it stays in the spool',
} as const;

const reconcile: Command = {
  name: 'journal reconcile',
  summary: 'Shows what a spool holds and the database does not, after a restore; with --apply, settles it.',
  notes:
    'Hubs do the same with their own spools before they spend a pair. This is for the spools of hubs that are not started again, and to see beforehand what will be settled. Of each consent the latest pair is stored. Nothing is sent to the bank.',
  operands: ['[spool-dir]'],
  options: { apply: { help: 'settles what differs' } },
  environment:
    'the whole environment of the hub (HUB_*, BANK_*, DATABASE_URL); HUB_SPOOL_DIR unless a directory is given',
  run: (call) =>
    withHub(call.env, async (world) => {
      const spoolDir = call.findOperand() ?? world.settings.spoolDir;
      const reconciliation = openJournalReconciliation(world, spoolDir);
      const differences = await (call.has('apply') ? reconciliation.settle() : reconciliation.compare());
      const data = differences.map((one) => ({
        request_id: one.requestId,
        consent_id: one.consentId,
        stored_generation: one.storedGeneration,
        spooled_generation: one.spooledGeneration,
        result: one.result,
      }));
      const lines = differences.map((one) => [
        one.requestId,
        one.consentId,
        one.storedGeneration,
        one.spooledGeneration,
        RECONCILED_TEXTS[one.result],
      ]);
      const isFailure = data.some(({ result }) => result === 'failed' || result === 'unreadable');
      const text =
        data.length > 0
          ? table(['REQUEST-ID', 'CONSENT', 'STORED', 'SPOOLED', 'RESULT'], lines)
          : 'The database has all that the spool holds.\n';
      return { data, text, isFailure };
    }),
};

export const JOURNAL_COMMANDS: readonly Command[] = [list, reparse, resolve, reconcile];

/** With what a hub of this environment reads answers with. */
async function withHub(
  env: NodeJS.ProcessEnv,
  work: (world: ReadingParts) => Promise<CommandResult>,
): Promise<CommandResult> {
  const settings = readHubSettings(env);
  const bank = new HttpBankClient(settings.bank);
  try {
    return await withDatabase(env, async (dataSource) =>
      work({
        dataSource,
        consents: new ConsentRepository(dataSource),
        vault: new TokenVault(settings.keyRing),
        bank,
        settings: settings.grants,
      }),
    );
  } finally {
    await bank.onApplicationShutdown();
  }
}

function readUuid(given: string | undefined, where: string): string | null {
  if (given !== undefined && !isUUID(given)) throw new UsageError(`${where} takes a UUID, not ${given}.`);
  return given ?? null;
}

function readStatuses(call: Call): string[] | null {
  const given = call.all('status');
  const unknown = given.filter((status) => !STATUSES.includes(status));
  if (unknown.length > 0)
    throw new UsageError(`--status takes one of ${STATUSES.join(', ')}, not ${unknown.join(', ')}.`);
  return given.length > 0 ? given : null;
}

function readLimit(given = String(USUAL)): number {
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST)
    throw new UsageError(`--limit takes a whole number from 1 to ${MOST}, not ${given}.`);
  return limit;
}
