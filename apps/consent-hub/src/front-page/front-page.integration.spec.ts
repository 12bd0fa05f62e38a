import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PageBrand } from '@consent-hub/platform';
import { perBrand } from '@consent-hub/psd2-protocol';
import { GrantEvents } from '@consent-hub/token-grant';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { createHub } from '../bootstrap.js';
import { ConsoleSettings } from '../config/console.settings.js';
import { renderFrontPage } from './front-page.js';
import { FrontPageService } from './front-page.service.js';

jest.setTimeout(60_000);
let database: TestDatabase;
let dataSource: DataSource;
let bank: ScriptedBank;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  bank = new ScriptedBank();
  app = await createHub(hubEnvironment(database.url), {
    bankClient: bank,
    logDestination: { write: () => undefined },
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const read = (accept?: string) =>
  app.inject({ method: 'GET', url: '/', headers: accept === undefined ? {} : { accept } });
/** Figures answer everybody for two seconds. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
};
const ended = (outcome: 'committed' | 'not_sent' | 'in_doubt'): void =>
  app.get(GrantEvents).emit({
    type: 'request_ended',
    ...{ consentId: 'c', brand: 'banx', grantType: 'refresh_token', outcome, reason: null },
    ...{ isProbe: false, isScheduled: true, seconds: 1 },
  });

describe('the front page', () => {
  it('is a page for browsers, which loads nothing and names no person, client or machine', async () => {
    const { statusCode, headers, body } = await read(BROWSER);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'Accept' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const there of [
      'Consent Hub',
      'Belfius',
      'Banx',
      'href="docs"',
      'href="docs/guides"',
      'href="console"',
      'href="health/ready"',
    ])
      expect(body).toContain(there);
    expect(body).not.toMatch(/<script|src=|127\.0\.0\.1|postgres/);
  });

  it.each([undefined, '*/*', 'application/json'])('is data for who accepts %s', async (accept) => {
    const { headers, ...answer } = await read(accept);
    expect(headers['content-type']).toContain('application/json');
    expect(answer.json()).toEqual({
      service: 'consent-hub',
      brands: perBrand(() => ({ refreshes: 'running', bank: 'unknown' })),
      links: {
        documentation: 'docs',
        errors: 'docs/errors',
        guides: 'docs/guides',
        console: 'console',
        description: 'openapi.json',
        live: 'health/live',
        ready: 'health/ready',
      },
    });
  });

  it('tells of a brand whose refreshes the circuit breaker has paused, and when they begin again', async () => {
    for (const [status, refreshes, text] of [
      ['open', 'paused', 'the circuit breaker is open'],
      ['half_open', 'resuming', 'begin again'],
      ['closed', 'running', 'refreshed on schedule'],
    ] as const) {
      await dataSource.query(
        `UPDATE hub.refresh_circuit_breaker SET status = $1, next_canary_at = CASE WHEN $1 = 'open' THEN now() + interval '1 hour' END
          WHERE brand = 'belfius'`,
        [status],
      );
      await until(async () => (await read()).json<Answer>().brands.belfius.refreshes === refreshes);
      const { body } = await read(BROWSER);
      expect(body.slice(body.indexOf('id="belfius"'), body.indexOf('id="banx"'))).toContain(text);
      expect((await read()).json<Answer>().brands.banx.refreshes).toBe('running');
    }
  });

  it('says whether the bank answered the last call for tokens, and makes no call for it', async () => {
    for (const [outcome, contact, text] of [
      ['not_sent', 'unreachable', 'did not answer the last call'],
      ['committed', 'reachable', 'answered the last call'],
      ['in_doubt', 'unreachable', 'did not answer the last call'],
    ] as const) {
      ended(outcome);
      expect((await read()).json<Answer>().brands).toMatchObject({
        banx: { bank: contact },
        belfius: { bank: 'unknown' },
      });
      expect((await read(BROWSER)).body).toContain(text);
    }
    expect(bank.requests).toEqual([]);
  });

  it('is there without its database, and says what it cannot know', async () => {
    const figures = { read: jest.fn().mockRejectedValue(new Error('the database is away')) };
    const page = new FrontPageService(figures, { of: () => 'unknown' } as never, new ConsoleSettings());
    expect((await page.read()).brands.banx).toEqual({ refreshes: 'unknown', bank: 'unknown' });
  });

  it('leads to the console where it is on, and to the sandbox bank where the bank is one', async () => {
    const linksOf = async (console: Partial<ConsoleSettings>) => {
      const figures = { read: () => Promise.reject(new Error('not needed')) };
      const settings = Object.assign(new ConsoleSettings(), console);
      return (await new FrontPageService(figures, { of: () => 'unknown' } as never, settings).read()).links;
    };
    const off = await linksOf({ HUB_CONSOLE: 'off' });
    expect([off.console, off.sandbox]).toEqual([undefined, undefined]);
    const on = await linksOf({ HUB_SANDBOX_URL: 'http://127.0.0.1:8080//' });
    expect([on.console, on.sandbox]).toEqual(['console', 'http://127.0.0.1:8080/']);
    const page = renderFrontPage(
      {
        ...(await new FrontPageService(
          { read: () => Promise.reject(new Error('not needed')) },
          { of: () => 'unknown' } as never,
          new ConsoleSettings(),
        ).read()),
        links: on,
      },
      new PageBrand('Kompas'),
    );
    expect(page).toContain('href="http://127.0.0.1:8080/"');
    expect(page).toContain('the services of Kompas');
  });

  it('is no call that changes anything', async () => {
    const posted = await app.inject({ method: 'POST', url: '/' });
    expect({ status: posted.statusCode, allow: posted.headers['allow'] }).toEqual({
      status: 405,
      allow: 'GET, HEAD',
    });
  });
});

interface Answer {
  readonly brands: Record<'belfius' | 'banx', { readonly refreshes: string; readonly bank: string }>;
}
