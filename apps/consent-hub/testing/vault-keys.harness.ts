import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { newId, newRequestId, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from '../src/api-client/api-client.module.js';
import { ApiClientService } from '../src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../src/bootstrap.js';
import { KeyRotationJob } from '../src/vault-keys/key-rotation.job.js';
import type { VaultKeyListView, VaultKeyView } from '../src/vault-keys/vault-key.view.js';
import { until } from './due-consents.harness.js';

export const LISTED_KEYS = `old:${Buffer.alloc(32, 'old').toString('base64')}`;

/** A database with values that a key of HUB_VAULT_KEYS has sealed, and as many hubs as a test wants, by their clocks. */
export class VaultKeysHarness {
  readonly bank = new ScriptedBank();
  readonly hubs: RunningHub[] = [];
  readonly log: string[] = [];
  given: GivenConsents;
  owner: Caller;
  private key: string;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    private readonly directory: string,
  ) {}

  static async build(): Promise<VaultKeysHarness> {
    const database = await createTestDatabase();
    const dataSource = await database.open([...CONSENT_ENTITIES, ...API_CLIENT_ENTITIES]);
    const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-keys-'));
    const harness = new VaultKeysHarness(database, dataSource, directory);
    harness.given = Object.assign(new GivenConsents(dataSource), {
      vault: new TokenVault(KeyRing.parse(LISTED_KEYS)),
    });
    harness.owner = await harness.given.caller();
    const { key } = await new ApiClientService(dataSource).create({
      name: 'admin',
      permissions: ['admin', 'tokens:read', 'consents:read', 'consents:write'],
    });
    harness.key = key.reveal();
    return harness;
  }

  async close(): Promise<void> {
    for (const hub of this.hubs.splice(0)) await hub.close();
    await this.database.drop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async start(overrides: NodeJS.ProcessEnv = {}): Promise<RunningHub> {
    const hub = await startHub(
      hubEnvironment(this.database.url, {
        HUB_PORT: '0',
        HUB_VAULT_KEYS: LISTED_KEYS,
        HUB_SPOOL_DIR: path.join(this.directory, newId()),
        ...overrides,
      }),
      { bankClient: this.bank, logDestination: { write: (line) => void this.log.push(line) } },
    );
    this.hubs.push(hub);
    return hub;
  }

  /** Directory of a hub that must differ from others. */
  get spoolDir(): string {
    return path.join(this.directory, 'spool');
  }

  /** @returns the path of a file with this text */
  async write(text: string): Promise<string> {
    const file = path.join(this.directory, newId());
    await writeFile(file, text);
    return file;
  }

  /** From now on the hub does nothing by itself. */
  stopClock(hub: RunningHub): void {
    const timers = hub.app.get(SchedulerRegistry);
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
  }

  /** Reads the keys once more. */
  turn(hub: RunningHub): Promise<void> {
    return hub.app.get(KeyRotationJob).run();
  }

  async call<T = Record<string, unknown>>(hub: RunningHub, method: string, at: string, body?: object) {
    const answer = await fetch(hub.url + at, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  /** What the command line reads. */
  envOf(hub: RunningHub): NodeJS.ProcessEnv {
    return { CONSENT_HUB_URL: hub.url, CONSENT_HUB_API_KEY: this.key };
  }

  async list(hub: RunningHub, uses = false): Promise<VaultKeyListView> {
    return (await this.call<VaultKeyListView>(hub, 'GET', `/v1/vault-keys?uses=${uses}`)).body;
  }

  /** @returns the id of the key that is current then */
  async rotate(hub: RunningHub): Promise<string> {
    const { id } = (await this.call<VaultKeyView>(hub, 'POST', '/v1/vault-keys/rotate')).body;
    await until(async () =>
      (await this.list(hub)).items.some((key) => key.id === id && key.state === 'current'),
    );
    return id;
  }

  async reseal(hub: RunningHub): Promise<VaultKeyListView> {
    await this.call(hub, 'POST', '/v1/vault-keys/reseal');
    await until(async () => (await this.list(hub)).reseal?.state === 'ended');
    return this.list(hub, true);
  }

  /** One value of every kind, sealed with the key of HUB_VAULT_KEYS. @returns consents with a live pair */
  async seal(pairs: number): Promise<string[]> {
    const live = [];
    for (let n = 0; n < pairs; n++)
      live.push(await this.given.live(this.owner, {}, { accessToken: `access-${n}` }));
    const [first = ''] = live;
    const { vault } = this.given;
    const seal = (
      purpose: 'sca_token' | 'token_answer' | 'link_start',
      consentId: string,
      generation: number,
    ) => vault.seal(new Secret('value'), { consentId, purpose, generation });
    await this.dataSource.query(
      `UPDATE hub.token_pair SET sca_token = $2, sca_token_expires_at = now() + interval '1 hour' WHERE consent_id = $1`,
      [first, seal('sca_token', first, 1)],
    );
    const { id: waiting } = await this.given.opened(this.owner);
    await this.dataSource.query(
      `UPDATE hub.consent SET link_start = $2, browser_key_hash = sha256('key') WHERE id = $1`,
      [waiting, seal('link_start', waiting, 0)],
    );
    await this.dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              lease_ends_at, settled_at, raw_answer, outcome, http_status)
       VALUES ($1, $2, 'belfius', 'refresh_token', 'overtaken', 1, $3, 'hub-1', now(), now(), $4, 'unreadable_answer', 200)`,
      [newId(), first, newRequestId(), seal('token_answer', first, 1)],
    );
    await this.dataSource.query(
      `INSERT INTO hub.idempotency_key (api_client_id, key, request_hash, lease_ends_at, expires_at, consent_id, answer)
       VALUES ($1, 'key', sha256('request'), now(), now() + interval '1 day', $2, $3)`,
      [
        this.owner.id,
        waiting,
        vault.seal(new Secret('{}'), { consentId: waiting, purpose: 'idempotency_answer', generation: 0 }),
      ],
    );
    return live;
  }

  async tokenOf(hub: RunningHub, consentId: string) {
    const { status, body } = await this.call(hub, 'GET', `/v1/consents/${consentId}/access-token`);
    return status === 200 ? body['access_token'] : status;
  }
}
