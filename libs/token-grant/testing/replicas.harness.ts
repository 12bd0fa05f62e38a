import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONSENT_ENTITIES, ConsentRepository, type ConsentEntity } from '@consent-hub/consent';
import { isDatabaseOutage } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, ScriptedBank } from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import type { ClaimedRefresh } from '../src/grant/due-refreshes.service.js';
import { OpenRequestRepository } from '../src/request/open-request.repository.js';
import { buildReplica, type Replica } from './replica.harness.js';
import { TOKEN_GRANT_ENTITIES } from '../src/token-grant.module.js';
import type { TokenGrants } from '../src/grant/token-grants.service.js';
import { TokenRequestEntity } from '../src/request/token-request.entity.js';

export type { Replica } from './replica.harness.js';

/** Tables that a failover sets back. */
const FORGETFUL = ['consent', 'consent_event', 'token_pair', 'token_request', 'consent_account'] as const;

export const LONG_WAIT = { waitMs: 30_000 };

/** Runs all of them at once; returns the outcome of each. */
export const runAll = (claimed: readonly ClaimedRefresh[]) =>
  Promise.all(claimed.map(async (refresh) => (await refresh.run()).outcome));

/** A database, a spool directory, a scripted bank, and as many replicas as a test wants. */
export class ReplicasHarness {
  readonly vault = new TokenVault(KeyRing.parse(`k1:${randomBytes(32).toString('base64')}`));
  readonly consents: ConsentRepository;
  bank = new ScriptedBank();
  longestSilenceMs = 60_000;
  forcedIntervalSeconds = 0;
  private readonly processes: (() => Promise<void>)[] = [];
  private exchanging: { readonly bank: ScriptedBank; readonly grants: TokenGrants } | null = null;

  private constructor(
    readonly dataSource: DataSource,
    readonly spoolDir: string,
    private readonly clientId: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.consents = new ConsentRepository(dataSource);
  }

  static async build(givenSpoolDir?: string): Promise<ReplicasHarness> {
    const database = await createTestDatabase();
    const dataSource = await database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
    const clientId = randomUUID();
    await dataSource.query(
      `INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, 'test', '{consents:write}')`,
      [clientId],
    );
    const spoolDir = givenSpoolDir ?? (await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-')));
    return new ReplicasHarness(dataSource, spoolDir, clientId, () => database.drop());
  }

  /** Another machine: the same database and bank, a spool directory of its own. */
  static async onAnotherMachine(harness: ReplicasHarness): Promise<ReplicasHarness> {
    const spoolDir = await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-'));
    const other = new ReplicasHarness(harness.dataSource, spoolDir, harness.clientId, () =>
      Promise.resolve(),
    );
    return Object.assign(other, { vault: harness.vault, bank: harness.bank });
  }

  /** The machine goes; database and bank stay. */
  leave(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((die) => die()));
    await this.dropDatabase();
    await rm(this.spoolDir, { recursive: true, force: true });
  }

  replica(owner: string): Replica {
    const replica = buildReplica(this, owner);
    this.processes.push(() => replica.end());
    return replica;
  }

  /** The next settlement of a grant fails so often, by each way of writing it. */
  settlementFails(error: Error, times = 1): void {
    for (let n = 0; n < times; n++) {
      jest.spyOn(this.consents, 'refreshAll').mockRejectedValueOnce(error);
      // What cannot be written together is tried by itself; an outage fails both alike.
      if (!isDatabaseOutage(error)) jest.spyOn(this.consents, 'move').mockRejectedValueOnce(error);
    }
  }

  async authorizedConsent(psuRef: string = randomUUID()): Promise<string> {
    const id = randomUUID();
    const seal = (value: string, purpose: 'code_verifier' | 'authorization_code') =>
      this.vault.seal(new Secret(value), { consentId: id, purpose, generation: 0 });
    await this.dataSource.transaction(async (tx) => {
      const person = { brand: 'belfius', scope: 'AIS', psuRef, iban: null, language: null } as const;
      const link = { returnUrl: null, redirectUri: 'https://tpp.example/callback/belfius', linkSeconds: 900 };
      const leg = { callbackStateHash: randomBytes(32), codeVerifier: seal('verifier', 'code_verifier') };
      await this.consents.open(
        tx,
        { id, openedBy: this.clientId, ...person, ...link, ...leg },
        'client:test',
      );
      const data = { authorizationCode: seal('code', 'authorization_code'), validityDays: 180 };
      await this.consents.move(tx, id, { to: 'authorized', data, actor: 'psu' });
    });
    return id;
  }

  async liveConsent(psuRef?: string): Promise<string> {
    const id = await this.authorizedConsent(psuRef);
    // One process for all of them, with the bank of the moment.
    if (this.exchanging?.bank !== this.bank)
      this.exchanging = { bank: this.bank, grants: this.replica('harness').grants };
    await this.exchanging.grants.exchangeCode(id, LONG_WAIT);
    return id;
  }

  /** The first pair of a consent that was made without one; its values name it. */
  async givePair(consentId: string): Promise<void> {
    const seal = (purpose: 'access_token' | 'refresh_token') =>
      this.vault.seal(new Secret(`${purpose}-${consentId}`), { consentId, purpose, generation: 1 });
    await this.dataSource.query(
      `INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at,
              access_expires_at, last_used_at, refresh_due_at)
       SELECT id, brand, 1, $2, $3, 'k1', now(), now() + interval '1 hour', now(), now() FROM hub.consent WHERE id = $1`,
      [consentId, seal('access_token'), seal('refresh_token')],
    );
  }

  async stored(id: string): Promise<ConsentEntity> {
    const consent = await this.consents.find(id);
    if (!consent) throw new Error('no such consent');
    return consent;
  }

  async accessToken(id: string): Promise<string> {
    const { tokenPair } = await this.stored(id);
    const binding = {
      consentId: id,
      purpose: 'access_token',
      generation: tokenPair?.generation ?? 0,
    } as const;
    return this.vault.open(tokenPair?.accessToken ?? Buffer.alloc(0), binding).reveal();
  }

  journal(consentId: string): Promise<TokenRequestEntity[]> {
    return this.dataSource
      .getRepository(TokenRequestEntity)
      .find({ where: { consentId }, order: { sentAt: 'ASC' } });
  }

  async statuses(id: string): Promise<string[]> {
    return (await this.journal(id)).map(({ status }) => status);
  }

  async lastEvent(id: string) {
    const event = (await this.consents.events(id)).at(-1);
    if (!event) throw new Error('no event');
    return event;
  }

  /** What a standby has when the last commits never reached it. */
  async backup(): Promise<Record<string, object[]>> {
    const tables: Record<string, object[]> = {};
    for (const table of FORGETFUL) {
      const [row] = await this.dataSource.query<{ rows: object[] }[]>(
        `SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') AS rows FROM hub.${table} t`,
      );
      tables[table] = row?.rows ?? [];
    }
    return tables;
  }

  /** The standby takes over. The timeline is as short as it was then. */
  async restore(tables: Record<string, object[]>): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`);
      for (const table of [...FORGETFUL].reverse()) await tx.query(`DELETE FROM hub.${table}`);
      for (const table of FORGETFUL) {
        await tx.query(
          `INSERT INTO hub.${table} SELECT * FROM jsonb_populate_recordset(NULL::hub.${table}, $1)`,
          [JSON.stringify(tables[table])],
        );
      }
    });
  }

  async eventTypes(id: string): Promise<string[]> {
    return (await this.consents.events(id)).map(({ type }) => type);
  }

  /** Time passes for the requests of a consent: their leases have ended, and silent processes have been silent for long enough. */
  async leaseEnds(id: string): Promise<void> {
    const sql = `UPDATE hub.token_request SET lease_ends_at = now() - interval '1 second' WHERE consent_id = $1 RETURNING owner, status`;
    const [rows] = await this.dataSource.query<[{ owner: string; status: string }[]]>(sql, [id]);
    const owners = rows.filter(({ status }) => status === 'sent').map(({ owner }) => owner);
    const beats = await this.dataSource.query<{ owner: string; beat: string | null }[]>(
      `SELECT owner, beat FROM unnest($1::text[]) AS owner LEFT JOIN hub.instance USING (owner)`,
      [owners],
    );
    await new OpenRequestRepository(this.dataSource).takeFromSilent(beats, [], null);
  }
}
