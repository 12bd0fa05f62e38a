import { ConsentExpirer, ConsentReminder, CONSENT_ENTITIES } from '@consent-hub/consent';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ConsentExpiryJob } from './consent-expiry.job.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let job: ConsentExpiryJob;

const newJob = () => new ConsentExpiryJob(new ConsentExpirer(dataSource), new ConsentReminder(dataSource));

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  job = newJob();
});
afterAll(() => database.drop());

const past = (column: 'link_expires_at' | 'consent_expires_at', ids: string[]) =>
  dataSource.query(`UPDATE hub.consent SET ${column} = now() - interval '1 second' WHERE id = ANY($1)`, [
    ids,
  ]);
const stored = (id: string) => given.consents.find(id);

describe('the end of a time', () => {
  it('ends a link from which no PSU returned, and deletes its verifier', async () => {
    const by = await given.caller();
    const [late, waiting] = [await given.opened(by), await given.opened(by)];
    await past('link_expires_at', [late.id]);
    await job.run();
    expect(await stored(late.id)).toMatchObject({
      state: 'expired',
      stateReason: 'link_timeout',
      codeVerifier: null,
      endedAt: expect.any(Date),
    });
    expect((await given.consents.events(late.id)).at(-1)).toMatchObject({
      fromState: 'initiated',
      toState: 'expired',
      actor: 'hub:consent-expiry',
    });
    expect(await stored(waiting.id)).toMatchObject({ state: 'initiated' });
  });

  it('ends a live consent and destroys its pair', async () => {
    const by = await given.caller();
    const [over, live] = [await given.live(by), await given.live(by)];
    await past('consent_expires_at', [over]);
    await job.run();
    expect(await stored(over)).toMatchObject({
      state: 'expired',
      stateReason: 'validity_ended',
      tokenPair: { generation: 1, accessToken: null, refreshToken: null },
    });
    expect(await stored(live)).toMatchObject({ state: 'active' });
  });

  it('destroys an SCA token after its hour, and keeps the pair of the same row', async () => {
    const id = await given.live(await given.caller());
    await dataSource.query(
      `UPDATE hub.token_pair SET sca_token = 'sealed', sca_token_expires_at = now() - interval '1 second'
        WHERE consent_id = $1`,
      [id],
    );
    const before = await stored(id);
    await job.run();
    const tokenPair = { ...before?.tokenPair, scaToken: null, scaTokenExpiresAt: null };
    expect(await stored(id)).toEqual({ ...before, tokenPair });
  });

  it('is written once into each timeline when several replicas check at the same moment', async () => {
    const by = await given.caller();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await given.opened(by)).id));
    await past('link_expires_at', ids);
    const replicas = Array.from({ length: 4 }, newJob);
    await Promise.all(replicas.map((replica) => replica.run()));
    for (const id of ids) {
      const ends = (await given.consents.events(id)).filter(({ toState }) => toState === 'expired');
      expect(ends).toHaveLength(1);
    }
  });
});
