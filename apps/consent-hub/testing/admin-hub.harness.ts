import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { newId, newRequestId, type Caller, type Permission } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { TokenVault } from '@consent-hub/token-vault';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from '../src/api-client/api-client.module.js';
import { ApiClientService, type NewApiClient } from '../src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../src/bootstrap.js';

const PERMISSIONS: readonly Permission[] = ['admin', 'consents:read', 'consents:write'];

/** A hub that listens and does nothing by the clock, its database, and an admin's key. */
export class AdminHub {
  readonly bank = new ScriptedBank();
  hub: RunningHub;
  dataSource: DataSource;
  clients: ApiClientService;
  given: GivenConsents;
  /** Id of the admin. */
  adminId: string;
  adminKey: string;
  /** An API client that opens consents. */
  owner: Caller;

  private constructor(readonly database: TestDatabase) {}

  /** @param settings variables of the hub in addition to the usual ones */
  static async start(settings: NodeJS.ProcessEnv = {}): Promise<AdminHub> {
    const admin = new AdminHub(await createTestDatabase());
    await admin.begin(settings);
    return admin;
  }

  private async begin(settings: NodeJS.ProcessEnv): Promise<void> {
    const env = hubEnvironment(this.database.url, { HUB_PORT: '0', HUB_LOG_LEVEL: 'silent', ...settings });
    this.hub = await startHub(env, { bankClient: this.bank });
    const timers = this.hub.app.get(SchedulerRegistry);
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
    this.dataSource = await this.database.open([...CONSENT_ENTITIES, ...API_CLIENT_ENTITIES]);
    this.clients = new ApiClientService(this.dataSource);
    this.given = new GivenConsents(this.dataSource);
    this.owner = await this.given.caller();
    const { key, client } = await this.clients.create({ name: 'admin', permissions: PERMISSIONS });
    this.adminId = client.id;
    this.adminKey = key.reveal();
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.database.drop();
  }

  /** What the command line reads. */
  get env(): NodeJS.ProcessEnv {
    return { CONSENT_HUB_URL: this.hub.url, CONSENT_HUB_API_KEY: this.adminKey };
  }

  async keyOf(
    name: string,
    permissions: readonly Permission[],
    more: Partial<NewApiClient> = {},
  ): Promise<string> {
    return (await this.clients.create({ name, permissions, ...more })).key.reveal();
  }

  async call(method: 'GET' | 'POST', path: string, body?: object, key = this.adminKey) {
    const answer = await fetch(this.hub.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** Leaves a refresh behind whose answer could not be read. @returns its Request-ID */
  async keepAnswer(consentId: string, answer: string): Promise<string> {
    const vault = this.hub.app.get(TokenVault);
    const binding = { consentId, purpose: 'token_answer', generation: 1 } as const;
    return this.request(consentId, 'received', vault.seal(new Secret(answer), binding));
  }

  /** @returns the Request-ID */
  async request(consentId: string, status: string, answer: Buffer | null = null): Promise<string> {
    const requestId = newRequestId();
    await this.dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              lease_ends_at, settled_at, raw_answer, outcome, http_status)
       VALUES ($1, $2, 'belfius', 'refresh_token', $3, 1, $4, 'hub-1', now(),
               CASE WHEN $3 NOT IN ('sent', 'received', 'in_doubt') THEN now() END, $5,
               CASE WHEN $5::bytea IS NOT NULL THEN 'unreadable_answer' END, 200)`,
      [newId(), consentId, status, requestId, answer],
    );
    return requestId;
  }

  /** As a superuser of the database can. */
  tamper(sql: string, id: string): Promise<unknown> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(sql, [id]);
    });
  }
}
