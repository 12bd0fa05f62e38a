import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test, type TestingModule } from '@nestjs/testing';
import { BankClient, BankError, type TokenAnswer, type TokenRequest } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, ConsentModule, type NewConsent } from '@consent-hub/consent';
import { createLogger, NestLogger } from '@consent-hub/platform';
import { perBrand, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { createTestDatabase, GivenConsents, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { TOKEN_GRANT_ENTITIES, TokenGrantModule, TokenGrantSettings } from '@consent-hub/token-grant';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { RefreshSettings } from '../src/config/refresh.settings.js';
import { RefreshCircuitBreaker } from '../src/token-refresh/refresh-circuit-breaker.service.js';
import { RefreshJob } from '../src/token-refresh/refresh.job.js';
import { TokenRefreshModule } from '../src/token-refresh/token-refresh.module.js';

type Mood = (rotate: () => TokenAnswer) => Promise<TokenAnswer>;

/** Answers at once. */
export const WELL: Mood = (rotate) => Promise.resolve(rotate());
/** Rotates, and says 500. */
export const BURNS: Mood = (rotate) => {
  rotate();
  return Promise.reject(new BankError('outcome_unknown', { httpStatus: 500, callIsOver: true }));
};

/** Something before the bank answers with a page; the pair stays as it is. */
export const MAINTENANCE: Mood = () =>
  Promise.resolve({
    httpStatus: 200,
    body: new Secret('<!DOCTYPE html><title>Maintenance</title>'),
    responseIdMatches: false,
  });

/** A bank that keeps one live pair for each consent, at each brand in its mood. */
export class BankOfPairs extends ScriptedBank {
  readonly mood: Record<Brand, Mood> = perBrand(() => WELL);
  /** Calls by consent. */
  readonly calls = new Map<string, number>();
  replays = 0;
  private readonly live = new Map<string, number>();

  /** Their pairs are invalid, as those of a person who has connected once more: there is one live pair for each person. */
  replace(consents: readonly string[]): void {
    for (const id of consents) this.live.set(id, 0);
  }

  callsTo(consents: readonly string[]): number {
    return consents.reduce((sum, id) => sum + (this.calls.get(id) ?? 0), 0);
  }

  override requestToken(request: TokenRequest): Promise<TokenAnswer> {
    if (request.grantType !== 'refresh_token') return super.requestToken(request);
    const [id = '', number = ''] = request.refreshToken.reveal().split('/');
    this.calls.set(id, (this.calls.get(id) ?? 0) + 1);
    const generation = Number(number);
    if (generation !== (this.live.get(id) ?? 1)) {
      this.replays++;
      const words = { error: 'FAILED_SECURITY_VALIDATION', errorCode: 'GEN-1203-100004' };
      return Promise.reject(new BankError('refresh_token_refused', { httpStatus: 401, ...words }));
    }
    return this.mood[request.brand](() => {
      this.live.set(id, generation + 1);
      const pair = {
        access_token: `access ${id}`,
        refresh_token: `${id}/${generation + 1}`,
        expires_in: 3600,
      };
      return { httpStatus: 200, body: new Secret(JSON.stringify(pair)), responseIdMatches: true };
    });
  }
}

/** One process of the hub, as far as it refreshes. Its job runs when the test says so. */
export interface Replica {
  readonly job: RefreshJob;
  readonly breaker: RefreshCircuitBreaker;
  readonly world: TestingModule;
}

/** A database with consents that are due, a bank, and as many replicas as a test wants. */
export class DueConsents {
  readonly bank = new BankOfPairs();
  private readonly worlds: TestingModule[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly given: GivenConsents,
    private readonly spoolDir: string,
  ) {}

  static async build(): Promise<DueConsents> {
    const database = await createTestDatabase();
    const dataSource = await database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
    const spoolDir = await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-'));
    return new DueConsents(database, dataSource, new GivenConsents(dataSource), spoolDir);
  }

  async close(): Promise<void> {
    for (const world of this.worlds) await world.close();
    await this.database.drop();
    await rm(this.spoolDir, { recursive: true, force: true });
  }

  /** Live consents whose refresh is due; the bank knows their pairs. */
  async due(count: number, brand: Brand = 'belfius', wanted: Partial<NewConsent> = {}): Promise<string[]> {
    const by = await this.given.caller();
    const ids = [];
    for (let made = 0; made < count; made++) ids.push(await this.given.live(by, { brand, ...wanted }));
    const sealed = ids.map((consentId) =>
      this.given.vault.seal(new Secret(`${consentId}/1`), {
        consentId,
        purpose: 'refresh_token',
        generation: 1,
      }),
    );
    await this.dataSource.query(
      `UPDATE hub.token_pair t SET refresh_token = given.token, refresh_due_at = now() - interval '1 second'
         FROM unnest($1::uuid[], $2::bytea[]) AS given (id, token) WHERE t.consent_id = given.id`,
      [ids, sealed],
    );
    return ids;
  }

  async replica({ concurrency = 32, canaryMs = 60_000 } = {}): Promise<Replica> {
    const { given, bank, spoolDir } = this;
    const dataSource = await this.database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
    const grants = new TokenGrantSettings({
      owner: randomUUID(),
      tokenTimeoutMs: 5_000,
      spoolDir,
      spoolRetentionMinutes: 30,
    });
    const settings = Object.assign(new RefreshSettings(), {
      // Longer than any test: the tests themselves are the clock.
      REFRESH_SWEEP_SECONDS: 3600,
      REFRESH_CONCURRENCY: concurrency,
      REFRESH_GUARD_CANARY_SECONDS: canaryMs / 1000,
    });
    const providers = [
      { provide: RefreshSettings, useValue: settings },
      { provide: TokenGrantSettings, useValue: grants },
      { provide: DataSource, useValue: dataSource },
      { provide: TokenVault, useValue: given.vault },
      { provide: BankClient, useValue: bank },
    ];
    @Global()
    @Module({ providers, exports: providers })
    class World {}
    const world = await Test.createTestingModule({
      imports: [
        World,
        ConsentModule,
        ScheduleModule.forRoot(),
        TokenGrantModule.register(grants),
        TokenRefreshModule,
      ],
    })
      .setLogger(new NestLogger(createLogger('test', 'silent')))
      .compile();
    await world.init();
    this.worlds.push(world);
    return { world, job: world.get(RefreshJob), breaker: world.get(RefreshCircuitBreaker) };
  }

  /** How many of these hold each generation. */
  async generations(ids: readonly string[]): Promise<Record<string, number>> {
    const rows = await this.dataSource.query<{ generation: number; count: number }[]>(
      `SELECT generation, count(*)::int AS count FROM hub.token_pair WHERE consent_id = ANY($1) GROUP BY generation`,
      [ids],
    );
    return Object.fromEntries(rows.map(({ generation, count }) => [generation, count]));
  }

  async circuitBreakerOf(brand: Brand): Promise<{ status: string; allowance: number; underWay: number }> {
    const [row] = await this.dataSource.query<{ status: string; allowance: number; under_way: object }[]>(
      `SELECT status, allowance, under_way FROM hub.refresh_circuit_breaker WHERE brand = $1`,
      [brand],
    );
    if (!row) throw new Error('no circuit breaker');
    const held = Object.values(row.under_way) as { count: number }[];
    return {
      status: row.status,
      allowance: row.allowance,
      underWay: held.reduce((sum, { count }) => sum + count, 0),
    };
  }
}

/** Waits for a condition, and no longer than any test may take. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 50_000; !(await condition()); await delay(10)) {
    if (Date.now() > deadline) throw new Error('the condition never came true');
  }
}
