import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Caller } from '@consent-hub/platform';
import type { GivenConsents } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { CallbackHarness } from '../../testing/callback.harness.js';
import { PAGE_TEXTS } from './page-texts.js';

let harness: CallbackHarness;
let given: GivenConsents;
let app: NestFastifyApplication;
let caller: Caller;

beforeAll(async () => {
  harness = await CallbackHarness.build();
  ({ given, caller } = harness);
  app = await harness.serve();
});
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const visit = (query: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url: `/callback/belfius?${query}`, headers: { 'accept-language': 'nl', ...headers } });
const stateOf = async (id: string): Promise<string | undefined> => (await given.consents.find(id))?.state;

describe('the callback', () => {
  it('sends the PSU back to the application, without code and state', async () => {
    const { id, state } = await given.opened(caller, { returnUrl: 'https://app.example/done?session=42' });
    const answer = await visit(`code=the-code&state=${state}`);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers['location']).toBe(
      `https://app.example/done?session=42&consent_id=${id}&consent_state=authorized`,
    );
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(answer.body).toBe('');
  });

  it('shows a page where there is no return URL, without code and state', async () => {
    const { state } = await given.opened(caller, { language: 'fr' });
    const answer = await visit(`code=the-code&state=${state}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(answer.body).toContain(PAGE_TEXTS.fr.in_progress.title);
    expect(answer.body).not.toContain('the-code');
    expect(answer.body).not.toContain(state);
  });

  it.each([
    ['without a state', (_state: string) => 'code=c'],
    ['with a state given twice', (state: string) => `code=c&state=${state}&state=${state}`],
    ['with a code given twice', (state: string) => `code=c&code=c&state=${state}`],
    ['with code and error', (state: string) => `code=c&error=access_denied&state=${state}`],
  ])('refuses a return %s, and the link stays good', async (_fault, query) => {
    const { id, state } = await given.opened(caller);
    const answer = await visit(query(state));
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain(PAGE_TEXTS.nl.unreadable.title);
    expect(await stateOf(id)).toBe('initiated');
  });

  it('tolerates what else the bank sends along', async () => {
    const { id, state } = await given.opened(caller);
    expect((await visit(`code=c&state=${state}&iss=x&iss=y&session_state=z`)).statusCode).toBe(200);
    expect(await stateOf(id)).toBe('authorized');
  });

  it('keeps the link good when only a HEAD request came', async () => {
    const { id, state } = await given.opened(caller);
    const answer = await visit(`code=c&state=${state}`, {}, 'HEAD');
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } });
    expect(await stateOf(id)).toBe('initiated');
  });

  it.each([
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['purpose', 'preview'],
    ['x-moz', 'prefetch'],
  ])('keeps the link good when only a prefetch came (%s: %s)', async (name, value) => {
    const { id, state } = await given.opened(caller);
    expect((await visit(`code=c&state=${state}`, { [name]: value })).statusCode).toBe(503);
    expect(await stateOf(id)).toBe('initiated');
  });

  it('shows a page when the hub itself fails, and says nothing of why', async () => {
    jest.spyOn(app.get(DataSource), 'createQueryBuilder').mockImplementation(() => {
      throw new Error('the database said: secret');
    });
    const answer = await visit('code=c&state=s');
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(PAGE_TEXTS.nl.broken.title);
    expect(answer.body).not.toContain('secret');
  });

  it('does not exist without a brand', async () => {
    expect((await app.inject({ method: 'GET', url: '/callback' })).statusCode).toBe(404);
  });
});
