import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { CONSENT_ENTITIES, ConsentError, DEFAULT_SCHEDULE, TokenUseRepository } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { API_CLIENT_NAMES } from '../../testing/api-client-names.harness.js';
import { ConsentQueryController } from './consent-query.controller.js';
import { ConsentQueryModule } from './consent-query.module.js';

let database: TestDatabase;
let given: GivenConsents;
let world: TestingModule;
let consents: ConsentQueryController;
let owner: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  const dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  const providers = [{ provide: DataSource, useValue: dataSource }, API_CLIENT_NAMES];
  @Global()
  @Module({ providers, exports: providers })
  class World {}
  world = await Test.createTestingModule({ imports: [World, ConsentQueryModule] }).compile();
  consents = world.get(ConsentQueryController);
  owner = await given.caller();
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

const ADMIN = { permissions: new Set(['consents:read', 'admin'] as const) };
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const notFound = (id: string) => new ConsentError('consent_not_found', { consentId: id });

describe('reading a consent', () => {
  it('shows its state and dates, and no token', async () => {
    const id = await given.live(owner, { scope: 'CAF', iban: 'BE68539007547034', psuRef: 'customer-1' });
    await given.refreshed(id);
    const view = await consents.read(owner, id, {});
    expect(view).toMatchObject({
      id,
      scope: 'CAF',
      brand: 'belfius',
      psu_ref: 'customer-1',
      iban: 'BE68539007547034',
      state: 'refreshed',
      state_reason: null,
      generation: 2,
      superseded_by: null,
      ended_at: null,
    });
    for (const moment of [view.created_at, view.authorized_at, view.activated_at, view.refreshed_at]) {
      expect(moment).toMatch(MOMENT);
    }
    expect(JSON.stringify(view)).not.toMatch(/access-|refresh-|verifier/);
  });

  it('returns the timeline from its beginning', async () => {
    const id = await given.live(owner);
    const { items } = await consents.readEvents(owner, id, {});
    expect(items).toEqual([
      {
        seq: 1,
        at: expect.any(String),
        type: 'opened',
        from: null,
        to: 'initiated',
        reason: null,
        actor: `client:${owner.id}`,
        api_client: owner.name,
        data: { link_seconds: 900 },
      },
      expect.objectContaining({
        seq: 2,
        from: 'initiated',
        to: 'authorized',
        actor: 'psu',
        api_client: null,
      }),
      expect.objectContaining({ seq: 3, from: 'authorized', to: 'active', data: { generation: 1 } }),
    ]);
  });

  it('shows an admin who received its tokens, how often and when last', async () => {
    const id = await given.live(owner);
    const [admin, service] = [await given.caller(ADMIN), await given.caller()];
    expect(await consents.readTokenUses(admin, id, {})).toEqual({ items: [] });
    const writer = new TokenUseRepository(world.get(DataSource));
    const use = (by: Caller, uses: number, ageSeconds: number) => ({
      consentId: id,
      apiClientId: by.id,
      uses,
      ageSeconds,
    });
    await writer.write([use(owner, 3, 60), use(service, 1, 0)], DEFAULT_SCHEDULE);
    await writer.write([use(owner, 2, 30)], DEFAULT_SCHEDULE);
    const { items } = await consents.readTokenUses(admin, id, {});
    expect(items).toEqual([
      {
        api_client: service.name,
        api_client_id: service.id,
        count: 1,
        last_used_at: expect.stringMatching(MOMENT),
      },
      {
        api_client: owner.name,
        api_client_id: owner.id,
        count: 5,
        last_used_at: expect.stringMatching(MOMENT),
      },
    ]);
    const elsewhere = await given.live(owner);
    expect(await consents.readTokenUses(admin, elsewhere, {})).toEqual({ items: [] });
    const missing = newId();
    await expect(consents.readTokenUses(admin, missing, {})).rejects.toEqual(notFound(missing));
  });

  it('is refused for one that another client opened, as if it were not there', async () => {
    const id = await given.live(owner);
    const other = await given.caller();
    await expect(consents.read(other, id, {})).rejects.toEqual(notFound(id));
    await expect(consents.readEvents(other, id, {})).rejects.toEqual(notFound(id));
  });

  it('is refused for one that is not there', async () => {
    const id = newId();
    await expect(consents.read(owner, id, {})).rejects.toEqual(notFound(id));
    await expect(consents.readEvents(owner, id, {})).rejects.toEqual(notFound(id));
  });

  it('is open to an admin, for consents of any API client', async () => {
    const id = await given.live(owner);
    const admin = await given.caller(ADMIN);
    expect(await consents.read(admin, id, {})).toMatchObject({ id });
    expect((await consents.readEvents(admin, id, {})).items).toHaveLength(3);
  });
});
