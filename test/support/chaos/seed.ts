import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@consent-hub/platform';
import { Secret, type Brand } from '@consent-hub/psd2-protocol';
import type { TokenVault } from '@consent-hub/token-vault';
import type { ChaosDatabase } from './database.js';

const AT_ONCE = 500;

/** A consent that hub and bank both hold, in the words of each. */
export interface SeededConsent {
  readonly id: string;
  readonly brand: Brand;
  readonly psuId: string;
}

/** The consent that came about through both apps, whose rows are copied. */
export interface Template {
  readonly consentId: string;
  readonly brand: Brand;
}

interface Sides {
  readonly hub: ChaosDatabase;
  readonly bank: ChaosDatabase;
  readonly vault: TokenVault;
}

type Row = Record<string, unknown>;

const bytea = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
const hashOf = (token: string): string => bytea(createHash('sha256').update(token).digest());

/**
 * Copies a live consent, at the hub and at the bank, as often as wanted: each for a person of its own, with a pair of its
 * own. The copies have all columns of the present schema.
 */
export async function copyConsents(
  sides: Sides,
  template: Template,
  count: number,
): Promise<SeededConsent[]> {
  const seeded: SeededConsent[] = [];
  while (seeded.length < count)
    seeded.push(...(await copyBatch(sides, template, Math.min(AT_ONCE, count - seeded.length))));
  return seeded;
}

async function copyBatch(sides: Sides, template: Template, count: number): Promise<SeededConsent[]> {
  const { hub, bank, vault } = sides;
  const { consentId, brand } = template;
  const copies = Array.from({ length: count }, () => newCopy(vault));
  const [origin] = await bank.query<{ authorization_id: string; psu_id: string; pair_id: string }>(
    `SELECT a.id AS authorization_id, a.psu_id, p.id AS pair_id
       FROM bank.token_pair p JOIN bank.psu_authorization a ON a.id = p.authorization_id
       JOIN bank.tpp t ON t.id = p.tpp_id
      WHERE t.brand = $1 AND a.psu_id NOT LIKE 'chaos-%'`,
    [brand],
  );
  if (!origin) throw new Error(`The bank knows no consent at ${brand}`);
  await copyRow(
    bank,
    'bank.psu',
    { id: origin.psu_id },
    copies.map(({ psuId }) => ({ id: psuId })),
  );
  await copyRow(
    bank,
    'bank.psu_authorization',
    { id: origin.authorization_id },
    copies.map((copy) => copy.authorization),
  );
  await copyRow(
    bank,
    'bank.token_pair',
    { id: origin.pair_id },
    copies.map((copy) => copy.pair),
  );
  await copyRow(
    hub,
    'hub.consent',
    { id: consentId },
    copies.map((copy) => copy.consent),
  );
  await copyRow(
    hub,
    'hub.token_pair',
    { consent_id: consentId },
    copies.map((copy) => copy.tokenPair),
  );
  return copies.map(({ id, psuId }) => ({ id, brand, psuId }));
}

function newCopy(vault: TokenVault) {
  const id = newId();
  const psuId = `chaos-${id}`;
  const authorizationId = newId();
  const [access, refresh] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
  const seal = (value: string, purpose: 'access_token' | 'refresh_token') =>
    bytea(vault.seal(new Secret(value), { consentId: id, purpose, generation: 1 }));
  return {
    id,
    psuId,
    authorization: {
      id: authorizationId,
      psu_id: psuId,
      state_hash: bytea(randomBytes(32)),
      code_hash: bytea(randomBytes(32)),
    },
    pair: {
      id: newId(),
      psu_id: psuId,
      authorization_id: authorizationId,
      access_hash: hashOf(access),
      refresh_hash: hashOf(refresh),
      sca_hash: null,
      sca_expires_at: null,
    },
    consent: { id, psu_ref: psuId, callback_state_hash: null },
    tokenPair: {
      consent_id: id,
      access_token: seal(access, 'access_token'),
      refresh_token: seal(refresh, 'refresh_token'),
      sca_token: null,
      sca_token_expires_at: null,
    },
  };
}

/** Inserts the row that the key finds once for each change, with it. */
async function copyRow(database: ChaosDatabase, table: string, key: Row, changes: Row[]): Promise<void> {
  const [[column, value] = []] = Object.entries(key);
  await database.query(
    `INSERT INTO ${table}
     SELECT copy.* FROM jsonb_array_elements($2::jsonb) AS change,
            (SELECT to_jsonb(t) AS row FROM ${table} t WHERE t.${column} = $1) AS origin,
            LATERAL jsonb_populate_record(NULL::${table}, origin.row || change) AS copy`,
    [value, JSON.stringify(changes)],
  );
}
