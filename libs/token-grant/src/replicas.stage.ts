import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONSENT_ENTITIES, ConsentRepository, type ConsentEntity } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, ScriptedBank } from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerSpool } from './answer-spool.js';
import { GrantFailures } from './grant-failures.js';
import { GrantSealer } from './grant-sealer.js';
import { SpoolReplay } from './spool-replay.js';
import { TokenCall } from './token-call.js';
import { TOKEN_GRANT_ENTITIES } from './token-grant.module.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';
import { TokenJournal } from './token-journal.js';
import { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

export const PATIENT = { waitMs: 30_000 };

/** One process of the hub. Two of them on one database are two replicas. */
export interface Replica {
  readonly grants: TokenGrants;
  readonly journal: TokenJournal;
  readonly spool: AnswerSpool;
  readonly replay: SpoolReplay;
}

/** A database, a spool directory, a scripted bank, and as many replicas as a test wants. */
export class Stage {
  readonly vault = new TokenVault(KeyRing.parse(`k1:${randomBytes(32).toString('base64')}`));
  readonly consents: ConsentRepository;
  bank = new ScriptedBank();
  private readonly spools: AnswerSpool[] = [];

  private constructor(
    readonly dataSource: DataSource,
    readonly spoolDir: string,
    private readonly clientId: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.consents = new ConsentRepository(dataSource);
  }

  static async build(givenSpoolDir?: string): Promise<Stage> {
    const database = await createTestDatabase();
    const dataSource = await database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
    const clientId = randomUUID();
    await dataSource.query(
      `INSERT INTO hub.api_client (id, name, key_hash, permissions) VALUES ($1, 'test', $2, '{consents:write}')`,
      [clientId, randomBytes(32)],
    );
    const spoolDir = givenSpoolDir ?? (await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-')));
    return new Stage(dataSource, spoolDir, clientId, () => database.drop());
  }

  async strike(): Promise<void> {
    await Promise.all(this.spools.map((spool) => spool.onApplicationShutdown()));
    await this.dropDatabase();
    await rm(this.spoolDir, { recursive: true, force: true });
  }

  replica(owner: string): Replica {
    const { spoolDir, dataSource, consents, bank } = this;
    const settings = new TokenGrantSettings({
      owner,
      tokenTimeoutMs: 120_000,
      spoolDir,
      spoolRetentionMinutes: 30,
    });
    const journal = new TokenJournal(dataSource, consents, settings);
    const sealer = new GrantSealer(this.vault);
    const settlement = new TokenSettlement(dataSource, consents, journal, sealer);
    const spool = new AnswerSpool(settings);
    this.spools.push(spool);
    const call = new TokenCall(sealer, bank, settlement, spool);
    return {
      grants: new TokenGrants(journal, call, new GrantFailures(journal, consents)),
      replay: new SpoolReplay(spool, journal, call),
      journal,
      spool,
    };
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
    await this.replica('stage').grants.exchangeCode(id, PATIENT);
    return id;
  }

  async stored(id: string): Promise<ConsentEntity> {
    const consent = await this.consents.find(id);
    if (!consent) throw new Error('no such consent');
    return consent;
  }

  async accessToken(id: string): Promise<string> {
    const { tokenSet } = await this.stored(id);
    const binding = {
      consentId: id,
      purpose: 'access_token',
      generation: tokenSet?.generation ?? 0,
    } as const;
    return this.vault.open(tokenSet?.accessToken ?? Buffer.alloc(0), binding).reveal();
  }

  journal(consentId: string): Promise<TokenRequestEntity[]> {
    return this.dataSource
      .getRepository(TokenRequestEntity)
      .find({ where: { consentId }, order: { sentAt: 'ASC' } });
  }

  async statuses(id: string): Promise<string[]> {
    return (await this.journal(id)).map(({ status }) => status);
  }

  async eventTypes(id: string): Promise<string[]> {
    return (await this.consents.events(id)).map(({ type }) => type);
  }

  /** Time passes for the requests of a consent: their leases are over. */
  async leaseEnds(id: string): Promise<void> {
    const sql = `UPDATE hub.token_request SET lease_ends_at = now() - interval '1 second' WHERE consent_id = $1`;
    await this.dataSource.query(sql, [id]);
  }
}
