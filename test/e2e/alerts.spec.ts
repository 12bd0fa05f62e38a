import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SchedulerRegistry } from '@nestjs/schedule';
import { BankClient } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, HubFigures } from '@consent-hub/consent';
import { createCertificateAuthority, issueClientCertificate } from '@consent-hub/eidas';
import { newId, newRequestId } from '@consent-hub/platform';
import { BRANDS, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { createTestDatabase, GivenConsents, hubEnvironment, type TestDatabase } from '@consent-hub/testing';
import { GrantStatus, SpoolHealth } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { createHub } from '../../apps/consent-hub/src/bootstrap.js';
import { RequestDurationsHook } from '../../apps/consent-hub/src/metrics/request-durations.hook.js';
import { checkMetrics, checkRules, describeWithPromtool, whetherFires } from '../support/promtool.js';

const DAY_MS = 86_400_000;
/** No server listens there. */
const NO_BANK = 'https://127.0.0.1:9';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-alerts-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** The settings of a brand: its client certificate holds for so many days, and no server answers at its address. */
async function bankOf(brand: Brand, days: number): Promise<NodeJS.ProcessEnv> {
  const validity = (until: number) => ({
    notBefore: new Date(Date.now() - 100 * DAY_MS),
    notAfter: new Date(Date.now() + until * DAY_MS),
  });
  const authority = await createCertificateAuthority({ commonName: 'Test CA', ...validity(3650) });
  const subject = { commonName: 'TPP', ...validity(days) };
  const client = await issueClientCertificate(authority, { ...subject, roles: ['PSP_AI'] });
  const prefix = `BANK_${brand.toUpperCase()}_`;
  const bank: NodeJS.ProcessEnv = { [`${prefix}API_URL`]: NO_BANK };
  const files = { CERT: client.certificate, KEY: client.key, CA: authority.certificate };
  for (const [kind, content] of Object.entries(files)) {
    const file = path.join(directory, `${newId()}.pem`);
    await writeFile(file, content);
    bank[`${prefix}TLS_${kind}_FILE`] = file;
  }
  return bank;
}

/** @param days for which the certificate of the first brand holds; the others are well */
async function environment(database: TestDatabase, days: number): Promise<NodeJS.ProcessEnv> {
  const banks = await Promise.all(BRANDS.map((brand, index) => bankOf(brand, index === 0 ? days : 365)));
  const spool = { HUB_SPOOL_DIR: path.join(directory, newId()), HUB_INSTANCE: 'hub-1' };
  return hubEnvironment(database.url, { ...(Object.assign({}, ...banks) as NodeJS.ProcessEnv), ...spool });
}

/** A hub that does nothing by the clock but move its heartbeat. */
class Scene {
  private constructor(
    readonly hub: NestFastifyApplication,
    readonly env: NodeJS.ProcessEnv,
    readonly dataSource: DataSource,
    private readonly database: TestDatabase,
  ) {}

  static async begin(days = 365): Promise<Scene> {
    const database = await createTestDatabase();
    const env = await environment(database, days);
    const hub = await Scene.hubWith(env);
    return new Scene(hub, env, await database.open(CONSENT_ENTITIES), database);
  }

  static async hubWith(env: NodeJS.ProcessEnv): Promise<NestFastifyApplication> {
    const hub = await createHub(env, { logDestination: { write: () => undefined } });
    const timers = hub.get(SchedulerRegistry);
    // Jobs are listed by the names of their classes, the heartbeat is not.
    for (const name of timers.getIntervals()) if (/^[A-Z]\w+$/.test(name)) timers.deleteInterval(name);
    return hub;
  }

  get spool(): string {
    return this.env['HUB_SPOOL_DIR'] ?? '';
  }

  async scrape(hub = this.hub): Promise<string> {
    // The figures of the database answer for two seconds; the next ones are wanted at once.
    Object.assign(hub.get(HubFigures), { latest: null });
    return (await hub.inject({ url: '/metrics' })).body;
  }

  async consent(): Promise<string> {
    const given = new GivenConsents(this.dataSource);
    return given.live(await given.caller());
  }

  note(requests: number, status: number, seconds: number): void {
    const { durations } = this.hub.get(RequestDurationsHook);
    const route = '/v1/consents/:id/access-token';
    for (let index = 0; index < requests; index++)
      durations.note('GET', route, 'payments', { status, seconds });
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.database.drop();
  }
}

/** The metrics with another value of this figure: for states that take minutes or a disk of their own to produce. */
const withFigure = (scrape: string, name: string, value: number): string =>
  scrape.replace(new RegExp(`^${name} .*$`, 'm'), `${name} ${value}`);

interface Fault {
  play?(scene: Scene): Promise<unknown>;
  /** What is not played is written into the scrape. */
  change?(scrape: string): string;
  undo?(scene: Scene): Promise<unknown>;
}

const breaker = (status: string) => (scene: Scene) =>
  scene.dataSource.query(`UPDATE hub.refresh_circuit_breaker SET status = $1 WHERE brand = 'belfius'`, [
    status,
  ]);

/** What brings each alert about. */
const FAULTS: Readonly<Record<string, Fault>> = {
  DatabaseNoWrites: {
    change: (scrape) => withFigure(scrape, 'consent_hub_seconds_since_database_write', 45),
  },
  SpoolNotWritable: {
    async play({ spool, hub }) {
      await rm(spool, { recursive: true });
      await writeFile(spool, 'no directory');
      await hub.get(SpoolHealth).check();
    },
    async undo({ spool, hub }) {
      await rm(spool);
      await hub.get(SpoolHealth).check();
    },
  },
  SpoolDiskLow: {
    change: (scrape) => withFigure(scrape, 'consent_hub_spool_free_bytes', 300 * 1024 * 1024),
  },
  UnsettledAnswersOld: {
    change: (scrape) => withFigure(scrape, 'consent_hub_oldest_unsettled_answer_seconds', 90),
  },
  RefreshesPaused: { play: breaker('open'), undo: breaker('closed') },
  RefreshesOverdue: {
    async play(scene) {
      const id = await scene.consent();
      await scene.dataSource.query(
        `UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 hour' WHERE consent_id = $1`,
        [id],
      );
    },
    undo: ({ dataSource }) =>
      dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() + interval '1 hour'`),
  },
  TokenRequestsInDoubt: {
    async play(scene) {
      await scene.dataSource.query(
        `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, lease_ends_at)
         VALUES ($1, $2, 'belfius', 'refresh_token', 'in_doubt', 1, $3, 'a-hub-that-is-gone', now())`,
        [newId(), await scene.consent(), newRequestId()],
      );
    },
    undo: ({ dataSource }) => dataSource.query(`DELETE FROM hub.token_request`),
  },
  BankUnavailable: {
    async play({ hub }) {
      const call = { brand: 'belfius', accessToken: new Secret('at'), requestId: newRequestId() } as const;
      await expect(hub.get(BankClient).listAccounts(call)).rejects.toMatchObject({ code: 'not_sent' });
    },
  },
  PairsOfUnknownKeys: {
    play: ({ hub }) => Promise.resolve(hub.get(GrantStatus).notePairsOfUnknownKeys(3)),
    undo: ({ hub }) => Promise.resolve(hub.get(GrantStatus).notePairsOfUnknownKeys(0)),
  },
  TimelineUnpartitioned: {
    change: (scrape) => withFigure(scrape, 'consent_hub_timeline_unpartitioned', 1),
  },
  HighErrorRate: { play: (scene) => Promise.resolve(scene.note(10, 503, 0.01)) },
  TokenReadLatency: { play: (scene) => Promise.resolve(scene.note(10, 200, 0.8)) },
};

describeWithPromtool('the alerts', () => {
  it('are rules that Prometheus understands', () => {
    expect(checkRules()).toBeNull();
  });

  it('are played here without exception', async () => {
    const rules = await readFile(
      path.join(import.meta.dirname, '../../deploy/prometheus/alerts.yml'),
      'utf8',
    );
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    const elsewhere = ['ConsentHubDown', 'CertificateExpired', 'CertificateExpiresSoon', 'DuplicateInstance'];
    expect([...Object.keys(FAULTS), ...elsewhere].sort()).toEqual(alerts.sort());
  });

  describe('of a hub', () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await Scene.begin();
      scene.note(100, 200, 0.002);
    }, 60_000);
    afterAll(() => scene.close());

    it.each(Object.entries(FAULTS))(
      '%s fires under its fault, alone, and nothing fires before',
      async (name, fault) => {
        const before = await scene.scrape();
        expect(whetherFires([], [before, before])).toBeNull();
        await fault.play?.(scene);
        const after = await scene.scrape();
        expect(whetherFires([name], [before, fault.change?.(after) ?? after])).toBeNull();
        await fault.undo?.(scene);
      },
    );

    it('would be seen missing: one that fires and is not named is reported', async () => {
      const scrape = await scene.scrape();
      const broken = withFigure(scrape, 'consent_hub_spool_writable', 0);
      expect(whetherFires([], [broken, broken])).toContain('SpoolNotWritable');
      expect(whetherFires(['SpoolDiskLow'], [broken, broken])).toContain('SpoolNotWritable');
    });

    it('go by figures that Prometheus understands, without a warning about metrics of the hub', async () => {
      const complaints = (checkMetrics(await scene.scrape()) ?? '').split('\n');
      expect(complaints.filter((line) => !/^(nodejs|process)_/.test(line) && line !== '')).toEqual([]);
    });
  });

  it.each([
    ['CertificateExpired', -1],
    ['CertificateExpiresSoon', 20],
  ])('%s fires, alone, for a certificate that ends in %i days', async (name, days) => {
    const scene = await Scene.begin(days);
    try {
      const scrape = await scene.scrape();
      expect(whetherFires([name], [scrape, scrape])).toBeNull();
    } finally {
      await scene.close();
    }
  });

  it('DuplicateInstance fires, alone, for the second hub of a name, and ConsentHubDown for one that does not answer', async () => {
    const scene = await Scene.begin();
    const second = await Scene.hubWith(scene.env);
    try {
      const scrape = await scene.scrape(second);
      expect(whetherFires(['DuplicateInstance'], [scrape, scrape])).toBeNull();
      expect(whetherFires(['ConsentHubDown'], [scrape, scrape], false)).toBeNull();
    } finally {
      await second.close();
      await scene.close();
    }
  });
});
