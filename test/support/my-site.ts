import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { DataSource } from 'typeorm';
import { ApiClientService } from '../../apps/consent-hub/src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../../apps/consent-hub/src/bootstrap.js';

export const PURPOSE = 'Your budget across banks';
export const RETURN_URL = 'https://app.example/settings';
/** Last four digits of the accounts of the consent that ends soon, and of a former one. */
export const DIGITS = ['4171', '7034'] as const;
const IBANS = ['BE49068223114171', 'BE68539007547034'] as const;

export interface SharedConsents {
  /** AIS at Belfius, of two accounts, in nine days at its end; it was renewed once. */
  readonly endingId: string;
  /** CAF at Banx, far from its end. */
  readonly fundsId: string;
}

/** A hub with one person who shares several accounts. */
export class MySite {
  readonly bank = new ScriptedBank();
  private hub: RunningHub;
  private dataSource: DataSource;
  private key: string;
  given: GivenConsents;
  caller: Caller;

  private constructor(private readonly database: TestDatabase) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<MySite> {
    const site = new MySite(await createTestDatabase());
    const settings = { HUB_PORT: '0', HUB_LOG_LEVEL: 'silent', HUB_BRAND_NAME: 'Kompas', ...env };
    site.hub = await startHub(hubEnvironment(site.database.url, settings), { bankClient: site.bank });
    site.dataSource = await site.database.open(CONSENT_ENTITIES);
    site.given = new GivenConsents(site.dataSource);
    const clients = site.hub.app.get(ApiClientService, { strict: false });
    const { key, client } = await clients.create({ name: 'app', permissions: ['consents:write'] });
    site.key = key.reveal();
    site.caller = { ...(await site.given.caller()), id: client.id };
    return site;
  }

  get url(): string {
    return this.hub.url;
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.database.drop();
  }

  /** Gives a person the consents of the tests. */
  async share(psuRef: string): Promise<SharedConsents> {
    const wanted = { psuRef, purpose: PURPOSE };
    const former = await this.given.live(this.caller, wanted);
    const endingId = await this.given.live(this.caller, wanted);
    for (const id of [former, endingId]) await this.list(id);
    await this.endIn(endingId, 9);
    const fundsId = await this.given.live(this.caller, {
      ...{ psuRef, brand: 'banx', scope: 'CAF', iban: 'BE83063154780915', purpose: 'Fuel card' },
    });
    return { endingId, fundsId };
  }

  private async endIn(id: string, days: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.consent SET consent_expires_at = now() + make_interval(days => $2) WHERE id = $1`,
      [id, days],
    );
  }

  private async list(id: string): Promise<void> {
    await this.dataSource.transaction((tx) =>
      this.given.consents.replaceAccounts(
        tx,
        id,
        IBANS.map((iban, at) => ({ iban, logicalId: `logical-${at}` })),
      ),
    );
    await this.dataSource.query(`UPDATE hub.consent SET accounts_due_at = NULL WHERE id = $1`, [id]);
  }

  /** Many that have ended. */
  async shareMany(psuRef: string, count: number): Promise<void> {
    for (let at = 0; at < count; at++) {
      const id = await this.given.live(this.caller, { psuRef, purpose: `Purpose number ${at}` });
      await this.dataSource.transaction((tx) =>
        this.given.consents.move(tx, id, {
          ...{ to: 'revoked', data: { reason: 'withdrawn_at_bank' }, actor: 'psu' },
        }),
      );
    }
  }

  async link(psuRef: string, language = 'en'): Promise<string> {
    const answer = await fetch(`${this.url}/v1/psu-sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ psu_ref: psuRef, language, return_url: RETURN_URL }),
    });
    return ((await answer.json()) as { url: string }).url;
  }

  /** A page of the person's, opened by its link, in a browser of its own, by default without scripts. */
  async visit(
    browser: Browser,
    psuRef: string,
    { language = 'en', ...options }: BrowserContextOptions & { language?: string } = {},
  ): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    await page.goto(await this.link(psuRef, language));
    await page.locator('main button').click();
    return page;
  }
}
