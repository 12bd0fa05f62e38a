import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { BankModel } from '../../testing/bank-model.harness.js';
import { PageSessionRepository } from './page-session.repository.js';

const UNKNOWN_ID = '0198c3a0-0000-7000-8000-000000000000';

describe('the sessions of the pages', () => {
  let database: TestDatabase;
  let source: DataSource;
  let store: PageSessionRepository;
  let authorizationId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await database.open();
    store = new PageSessionRepository(source);
    const bank = new BankModel(source);
    await bank.enrolCustomers();
    authorizationId = (await bank.open(await bank.registerTpp())).id;
  });
  afterAll(() => database.drop());

  const progressOf = async ({ id, key }: { id: string; key: Secret }): Promise<unknown> =>
    (await store.find(id, key))?.progress;

  it('are found again by id and key, in another process too', async () => {
    const opened = await store.open(authorizationId, 'the state');
    const elsewhere = new PageSessionRepository(await database.open());
    expect(await elsewhere.find(opened.id, opened.key)).toMatchObject({
      id: opened.id,
      authorizationId,
      callbackState: 'the state',
      progress: { step: 'unknown' },
    });
  });

  it.each([
    ['another key', (id: string) => store.find(id, new Secret('another'))],
    ['another id', (_id: string, key: Secret) => store.find(UNKNOWN_ID, key)],
    ['no id at all', (_id: string, key: Secret) => store.find("' OR true --", key)],
  ])('are not found by %s', async (_what, find) => {
    const { id, key } = await store.open(authorizationId, null);
    expect(await find(id, key)).toBeNull();
  });

  it('leave no key in the database', async () => {
    const { key } = await store.open(authorizationId, null);
    expect(await dumpDatabase(database.url)).not.toContain(key.reveal());
  });

  it('are authenticated by the right code, once', async () => {
    const session = await store.open(authorizationId, null);
    await store.challenge(session.id, 'jan-peeters', '012345');
    expect(await progressOf(session)).toEqual({
      step: 'challenged',
      psuId: 'jan-peeters',
      oneTimeCode: '012345',
    });
    expect(await store.authenticate(session.id, 'jan-peeters', '543210')).toBe(false);
    expect(await store.authenticate(session.id, 'marie-dubois', '012345')).toBe(false);
    expect(await progressOf(session)).toMatchObject({ step: 'challenged' });
    const both = await Promise.all([
      store.authenticate(session.id, 'jan-peeters', '012345'),
      store.authenticate(session.id, 'jan-peeters', '012345'),
    ]);
    expect(both.sort()).toEqual([false, true]);
    expect(await progressOf(session)).toEqual({ step: 'authenticated', psuId: 'jan-peeters' });
  });

  it('are no longer authenticated when another customer is chosen', async () => {
    const session = await store.open(authorizationId, null);
    await store.challenge(session.id, 'jan-peeters', '012345');
    await store.authenticate(session.id, 'jan-peeters', '012345');
    await store.challenge(session.id, 'marie-dubois', '111111');
    expect(await progressOf(session)).toMatchObject({ step: 'challenged', psuId: 'marie-dubois' });
  });

  it('store the address of a decision, sealed, for the browser that took it and for a short time', async () => {
    const [{ id, key }, other] = [
      await store.open(authorizationId, null),
      await store.open(authorizationId, null),
    ];
    const uri = new Secret('https://tpp.example/callback?code=the-code');
    await store.storeAnswer(id, key, 'approve', uri);
    expect((await store.findAnswer(id, key, 'approve'))?.reveal()).toBe(uri.reveal());
    expect(await store.findAnswer(id, key, 'refuse')).toBeNull();
    expect(await store.findAnswer(id, other.key, 'approve')).toBeNull();
    expect(await store.findAnswer(other.id, other.key, 'approve')).toBeNull();
    expect(await dumpDatabase(database.url)).not.toContain('the-code');
    await source.query(
      `UPDATE bank.page_session SET answered_at = now() - interval '61 seconds' WHERE id = $1`,
      [id],
    );
    expect(await store.findAnswer(id, key, 'approve')).toBeNull();
  });

  it('are deleted a day later, when the next one begins', async () => {
    const [old, fresh] = [await store.open(authorizationId, null), await store.open(authorizationId, null)];
    await source.query(`UPDATE bank.page_session SET opened_at = now() - interval '25 hours' WHERE id = $1`, [
      old.id,
    ]);
    await store.open(authorizationId, null);
    expect(await store.find(old.id, old.key)).toBeNull();
    expect(await store.find(fresh.id, fresh.key)).not.toBeNull();
  });
});
