import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenVault } from '@consent-hub/token-vault';
import type { BankLedger } from './bank.js';
import type { ChaosDatabase } from './database.js';
import { grantedToken, hexHashOf, type TokenCall } from './relay.js';
import type { SeededConsent } from './seed.js';

/** Everything that is known of a run when it has ended. */
export interface Evidence {
  readonly consents: readonly SeededConsent[];
  readonly bank: Pick<ChaosDatabase, 'query'>;
  readonly hub: Pick<ChaosDatabase, 'query'>;
  readonly vault: TokenVault;
  readonly calls: readonly TokenCall[];
  /** When each replica was killed, by its name. */
  readonly deaths: ReadonlyMap<string, readonly number[]>;
  /** When each replica was paused by SIGSTOP, by its name. */
  readonly pauses: ReadonlyMap<string, readonly Pause[]>;
  readonly spoolDirectories: readonly string[];
  /** The ledger before it all, and after. */
  readonly ledger: { readonly before: BankLedger; readonly after: BankLedger };
}

/** From SIGSTOP to SIGCONT, in which a process reads nothing and writes nothing. */
export interface Pause {
  readonly from: number;
  /** Infinity as long as it lasts. */
  readonly to: number;
}

/** A pair as the bank has it. Tokens are named by their SHA-256 in hexadecimal. */
export interface BankPair {
  readonly psuId: string;
  readonly refreshHash: string;
  readonly generation: number;
  /** Whether the bank has ended it because one of its former tokens came again. */
  readonly killed: boolean;
  /** The refresh tokens that it had before. */
  readonly rotated: readonly string[];
}

/** A consent as the hub has it. */
export interface HubPair {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly generation: number;
  readonly refreshToken: Buffer | null;
}

export async function bankPairsOf({ bank, consents }: Evidence): Promise<Map<string, BankPair>> {
  const rows = await bank.query<BankPair>(
    `SELECT p.psu_id AS "psuId", encode(p.refresh_hash, 'hex') AS "refreshHash", p.generation, p.killed_at IS NOT NULL AS killed,
            (SELECT coalesce(array_agg(encode(r.refresh_hash, 'hex')), '{}')
               FROM bank.rotated_refresh_token r WHERE r.pair_id = p.id) AS rotated
       FROM bank.token_pair p WHERE p.psu_id = ANY ($1)`,
    [consents.map(({ psuId }) => psuId)],
  );
  return new Map(rows.map((row) => [row.psuId, row]));
}

export async function hubPairsOf({ hub, consents }: Evidence): Promise<Map<string, HubPair>> {
  const rows = await hub.query<HubPair>(
    `SELECT c.id, c.state, c.state_reason AS reason, t.generation, t.refresh_token AS "refreshToken"
       FROM hub.consent c JOIN hub.token_pair t ON t.consent_id = c.id WHERE c.id = ANY ($1::uuid[])`,
    [consents.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The refresh token that a live consent holds. */
export function heldToken(
  vault: TokenVault,
  { id, state, generation, refreshToken }: HubPair,
): string | null {
  if (!refreshToken || !['active', 'refreshed'].includes(state)) return null;
  const binding = { consentId: id, purpose: 'refresh_token', generation } as const;
  return hexHashOf(vault.open(refreshToken, binding).reveal());
}

/** Requests that were in doubt and are resolved, and such that are not over. */
export async function doubtsOf({
  hub,
  consents,
}: Evidence): Promise<{ doubtsResolved: number; inDoubt: number }> {
  const [row] = await hub.query<{ resolved: number; open: number }>(
    `SELECT count(*) FILTER (WHERE status = 'probed')::int AS resolved,
            count(*) FILTER (WHERE status IN ('sent', 'in_doubt', 'received'))::int AS open
       FROM hub.token_request WHERE consent_id = ANY ($1::uuid[])`,
    [consents.map(({ id }) => id)],
  );
  return { doubtsResolved: row?.resolved ?? 0, inDoubt: row?.open ?? 0 };
}

/** The refresh tokens in the answers that lie in the spools, in any file that a process has left or still writes. */
export async function spooledTokens({ spoolDirectories, vault }: Evidence): Promise<Set<string>> {
  const tokens = new Set<string>();
  for (const directory of spoolDirectories) {
    const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.answers'));
    for (const name of names) {
      for (const line of (await readFile(join(directory, name), 'utf8')).split('\n')) {
        for (const token of tokensOfLine(line, vault)) tokens.add(token);
      }
    }
  }
  return tokens;
}

/** None for a line that was never finished: what it should have held was not on the disk. */
function tokensOfLine(line: string, vault: TokenVault): string[] {
  if (!line.startsWith('{') || !line.endsWith('}')) return [];
  const { sealed } = JSON.parse(line) as { sealed: string };
  const binding = { consentId: '', purpose: 'spooled_answers', generation: 0 } as const;
  const answers = JSON.parse(vault.open(Buffer.from(sealed, 'base64'), binding).reveal()) as SpooledAnswer[];
  return answers.flatMap(([, , , body]) => grantedToken(body) ?? []);
}

type SpooledAnswer = [requestId: string, consentId: string, generation: number, body: string];
