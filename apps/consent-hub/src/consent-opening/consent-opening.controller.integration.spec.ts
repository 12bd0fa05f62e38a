import { Global, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { BankClient } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import {
  createValidationPipe,
  newId,
  readEnvironment,
  type AuthenticatedRequest,
  type Caller,
} from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';
import { HttpSettings } from '../config/http.settings.js';
import { ConsentOpeningModule } from './consent-opening.module.js';

let database: TestDatabase;
let given: GivenConsents;
let app: NestFastifyApplication;
let caller: Caller;

/** Lets the caller of the test in, as the guard of the hub does. */
class TestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<AuthenticatedRequest>().caller = caller;
    return true;
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  const dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  const providers = [
    { provide: DataSource, useValue: dataSource },
    {
      provide: HttpSettings,
      useValue: readEnvironment(HttpSettings, { HUB_PUBLIC_URL: 'https://hub.example' }),
    },
    { provide: ConsentSettings, useValue: readEnvironment(ConsentSettings, { HUB_BIND_BROWSER: 'off' }) },
    { provide: TokenVault, useValue: given.vault },
    { provide: BankClient, useValue: new ScriptedBank() },
  ];
  @Global()
  @Module({ providers, exports: providers })
  class World {}
  const world = await Test.createTestingModule({ imports: [World, ConsentOpeningModule] }).compile();
  app = world.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalGuards(new TestGuard());
  await app.init();
  caller = await given.caller();
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const post = (payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/v1/consents', payload, headers });

describe('POST /v1/consents', () => {
  it('answers 201 with the consent, its place and the ways to the bank', async () => {
    const psuRef = newId();
    const answer = await post({
      scope: 'AIS',
      brand: 'belfius',
      psu_ref: psuRef,
      return_url: 'https://app.example',
    });
    expect(answer.statusCode).toBe(201);
    const body = answer.json<{ id: string; consent_uris: { language: string; uri: string }[] }>();
    expect(answer.headers['location']).toBe(`/v1/consents/${body.id}`);
    expect(body).toMatchObject({
      scope: 'AIS',
      brand: 'belfius',
      psu_ref: psuRef,
      state: 'initiated',
      state_reason: null,
      generation: 0,
      supersedes: null,
    });
    expect(body.consent_uris.map(({ language }) => language)).toEqual(['fr', 'nl']);
    for (const { uri } of body.consent_uris) expect(uri).toMatch(/[?&]state=[\w-]{43}$/);
    expect(body).not.toHaveProperty('payment_authorization');
    expect(body).not.toHaveProperty('iban');
  });

  it.each([
    ['in print format', 'BE83 0631 5478 0915'],
    ['with no-break spaces', 'BE83\u00a00631\u00a05478\u00a00915'],
    ['with zero-width characters', '\ufeffBE83\u200b0631\u20605478\u200b0915'],
  ])('opens a CAF consent for an account %s', async (_form, iban) => {
    const answer = await post({ scope: 'CAF', brand: 'banx', psu_ref: newId(), iban });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ scope: 'CAF', iban: 'BE83063154780915' });
  });

  it('is not disturbed by an Idempotency-Key', async () => {
    const body = { scope: 'PIS', brand: 'belfius', psu_ref: newId() };
    const answer = await post(body, { 'idempotency-key': 'order-17' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toHaveProperty('payment_authorization.code_challenge_method', 'S256');
    expect(answer.json()).not.toHaveProperty('consent_uris');
  });
});
