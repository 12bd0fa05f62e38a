import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { ConsentRevocationController } from './consent-revocation.controller.js';
import { ConsentRevocationModule } from './consent-revocation.module.js';
import { ConsentRevocationService } from './consent-revocation.service.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let world: TestingModule;
let revocations: ConsentRevocationController;
let owner: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  const providers = [{ provide: DataSource, useValue: dataSource }];
  @Global()
  @Module({ providers, exports: providers })
  class World {}
  world = await Test.createTestingModule({ imports: [World, ConsentRevocationModule] }).compile();
  revocations = world.get(ConsentRevocationController);
  owner = await given.caller();
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

const revoke = (caller: Caller, id: string) => revocations.revoke(caller, id, {});
const pairOf = async (id: string) => {
  const [row] = await dataSource.query<{ access_token: Buffer | null; refresh_token: Buffer | null }[]>(
    `SELECT access_token, refresh_token FROM hub.token_pair WHERE consent_id = $1`,
    [id],
  );
  return row;
};
const NO_PAIR = { access_token: null, refresh_token: null };

describe('withdrawing a consent for its person', () => {
  const withdraw = (id: string) => world.get(ConsentRevocationService).withdraw(id);

  it('ends it, destroys its pair and says who did it', async () => {
    const id = await given.live(owner);
    await withdraw(id);
    expect(await given.consents.find(id)).toMatchObject({
      state: 'revoked',
      stateReason: 'withdrawn_by_psu',
    });
    expect(await pairOf(id)).toEqual(NO_PAIR);
    const last = (await given.consents.events(id)).at(-1);
    expect(last).toMatchObject({ toState: 'revoked', reason: 'withdrawn_by_psu', actor: 'psu' });
  });

  it('changes nothing when it is repeated, or comes after the provider', async () => {
    const id = await given.live(owner);
    await revoke(owner, id);
    const before = await given.consents.events(id);
    await withdraw(id);
    expect(await given.consents.events(id)).toEqual(before);
  });

  it('is refused while its code is exchanged, and does not change a waiting link', async () => {
    for (const id of [await given.authorized(owner), (await given.opened(owner)).id]) {
      const before = await given.consents.find(id);
      await expect(withdraw(id)).rejects.toMatchObject({ code: 'consent_not_live' });
      expect(await given.consents.find(id)).toEqual(before);
    }
  });
});

describe('revoking a consent', () => {
  it('ends it and destroys its pair', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    const view = await revoke(owner, id);
    expect(view).toMatchObject({ id, state: 'revoked', state_reason: 'withdrawn_by_tpp', generation: 2 });
    expect(view.ended_at).not.toBeNull();
    expect(await pairOf(id)).toEqual(NO_PAIR);
  });

  it('names the client in the timeline', async () => {
    const id = await given.live(owner);
    await revoke(owner, id);
    const last = (await given.consents.events(id)).at(-1);
    expect(last).toMatchObject({
      toState: 'revoked',
      reason: 'withdrawn_by_tpp',
      actor: `client:${owner.id}`,
    });
  });

  it('changes nothing when it is repeated', async () => {
    const id = await given.live(owner);
    const first = await revoke(owner, id);
    const events = await given.consents.events(id);
    expect(await revoke(owner, id)).toEqual(first);
    expect(await given.consents.events(id)).toEqual(events);
  });

  it('is done once when two ask for it at once, and both are answered', async () => {
    const id = await given.live(owner);
    const views = await Promise.all([revoke(owner, id), revoke(owner, id)]);
    expect(views.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    expect(await given.consents.events(id)).toHaveLength(4);
  });

  it('accepts that the PSU was first', async () => {
    const id = await given.live(owner);
    const data = { reason: 'withdrawn_at_bank' } as const;
    await dataSource.transaction((tx) => given.consents.move(tx, id, { to: 'revoked', data, actor: 'psu' }));
    expect(await revoke(owner, id)).toMatchObject({ state: 'revoked', state_reason: 'withdrawn_at_bank' });
  });

  it('withdraws a link that still waits for its person, once', async () => {
    const { id } = await given.opened(owner);
    const first = await revoke(owner, id);
    expect(first).toMatchObject({ state: 'expired', state_reason: 'withdrawn_by_tpp' });
    expect(first.ended_at).not.toBeNull();
    expect(await given.consents.find(id)).toMatchObject({ codeVerifier: null });
    expect(await revoke(owner, id)).toEqual(first);
    expect(await given.consents.events(id)).toHaveLength(2);
  });

  it('is refused while the code is exchanged, since the answer of the bank is not known yet', async () => {
    const id = await given.authorized(owner);
    const refusal = { consentId: id, state: 'authorized', reason: null };
    await expect(revoke(owner, id)).rejects.toMatchObject({ code: 'consent_not_live', context: refusal });
    expect(await given.consents.find(id)).toMatchObject({ state: 'authorized' });
    expect(await given.consents.events(id)).toHaveLength(2);
  });

  it('is refused for one that ended otherwise, and says how', async () => {
    const psuRef = newId();
    const id = await given.live(owner, { psuRef });
    await given.live(owner, { psuRef });
    const error: unknown = await revoke(owner, id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'consent_not_live',
      context: { consentId: id, state: 'superseded', reason: 'replaced' },
    });
  });

  it('is refused for one that another client opened, as if it were not there', async () => {
    const id = await given.live(owner);
    const other = await given.caller();
    await expect(revoke(other, id)).rejects.toMatchObject({ code: 'consent_not_found' });
    expect(await given.consents.find(id)).toMatchObject({ state: 'active' });
    expect(await pairOf(id)).not.toEqual(NO_PAIR);
  });
});
