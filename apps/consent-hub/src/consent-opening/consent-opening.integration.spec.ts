import { createHash } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BankClient, BankError } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, ConsentOpening, findLinkStart, type WantedConsent } from '@consent-hub/consent';
import { newId, readEnvironment, RequestTrace, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  dumpDatabase,
  GivenConsents,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { TokenVault, type SecretBinding } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';
import { HttpSettings } from '../config/http.settings.js';
import { ConsentOpeningService, type OpenedConsent } from './consent-opening.service.js';
import { ConsentOpeningModule } from './consent-opening.module.js';
import { toOpenedConsentView } from './opened-consent.view.js';
import type { Opening } from './opening.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let world: TestingModule;
let openings: ConsentOpeningService;
let caller: Caller;
const opener = () => ({ caller, trace: new RequestTrace('order-17') });
const bank = new ScriptedBank();
const openConsent = jest.spyOn(bank, 'openConsent');

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  const providers = [
    { provide: DataSource, useValue: dataSource },
    {
      provide: HttpSettings,
      useValue: readEnvironment(HttpSettings, { HUB_PUBLIC_URL: 'https://hub.example' }),
    },
    { provide: ConsentSettings, useValue: readEnvironment(ConsentSettings, { HUB_BIND_BROWSER: 'off' }) },
    { provide: TokenVault, useValue: given.vault },
    { provide: BankClient, useValue: bank },
  ];
  @Global()
  @Module({ providers, exports: providers })
  class World {}
  world = await Test.createTestingModule({ imports: [World, ConsentOpeningModule] }).compile();
  openings = world.get(ConsentOpeningService);
  caller = await given.caller();
});
afterAll(async () => {
  await world.close();
  await database.drop();
});
beforeEach(() => openConsent.mockClear());

const wanted = (fields: Partial<Opening> = {}): Opening => ({
  subject: { scope: 'AIS', iban: null },
  purpose: null,
  brand: 'belfius',
  psuRef: newId(),
  language: null,
  returnUrl: null,
  ...fields,
});
const states = async (psuRef: string): Promise<string[]> => {
  const rows = await dataSource.query<{ state: string }[]>(
    `SELECT state FROM hub.consent WHERE psu_ref = $1 ORDER BY state`,
    [psuRef],
  );
  return rows.map(({ state }) => state);
};
const askedOfBank = () => {
  const [request] = openConsent.mock.calls[0] ?? [];
  if (!request) throw new Error('the bank was not asked');
  return request;
};
const paymentOf = ({ way }: OpenedConsent) => {
  if (way.kind !== 'payment') throw new Error('not a payment');
  return way;
};

describe('opening a consent', () => {
  it('writes a consent that waits for its PSU, with one entry in its timeline', async () => {
    const opening = wanted({ language: 'nl', returnUrl: 'https://app.example/done' });
    const { consent, supersedes } = await openings.open(opener(), opening);
    expect(consent).toMatchObject({
      state: 'initiated',
      scope: 'AIS',
      brand: 'belfius',
      psuRef: opening.psuRef,
      openedBy: caller.id,
      language: 'nl',
      returnUrl: 'https://app.example/done',
      redirectUri: 'https://hub.example/callback/belfius',
      iban: null,
    });
    expect(supersedes).toBeNull();
    const linkSeconds = (consent.linkExpiresAt?.getTime() ?? 0) - consent.createdAt.getTime();
    expect(linkSeconds).toBe(900_000);
    const events = await given.consents.events(consent.id);
    expect(events).toMatchObject([{ type: 'opened', toState: 'initiated', actor: `client:${caller.id}` }]);
  });

  it('keeps what the access is used for', async () => {
    const { consent } = await openings.open(opener(), wanted({ purpose: 'Your budget across banks' }));
    expect(consent.purpose).toBe('Your budget across banks');
  });

  it('asks the bank for the brand, scope and language, and hands its links on', async () => {
    const { way } = await openings.open(opener(), wanted({ brand: 'banx', language: 'fr' }));
    const asked = askedOfBank();
    expect(asked).toMatchObject({
      brand: 'banx',
      scope: 'AIS',
      language: 'fr',
      redirectUri: 'https://hub.example/callback/banx',
    });
    expect(asked).not.toHaveProperty('iban');
    expect(way).toEqual({
      kind: 'links',
      uris: [{ language: 'fr', uri: expect.stringContaining(`state=${asked.state.reveal()}`) }],
    });
  });

  it('names the account to the bank for CAF', async () => {
    const iban = 'BE68539007547034';
    const { consent } = await openings.open(opener(), wanted({ subject: { scope: 'CAF', iban } }));
    expect(askedOfBank()).toMatchObject({ scope: 'CAF', iban });
    expect(consent).toMatchObject({ scope: 'CAF', iban });
  });

  it('stores the state as its SHA-256 and the verifier sealed, neither in the clear', async () => {
    const { consent } = await openings.open(opener(), wanted());
    const { state, pkce } = askedOfBank();
    expect(state.reveal()).toMatch(/^[\w-]{43}$/);
    expect(consent.callbackStateHash).toEqual(createHash('sha256').update(state.reveal()).digest());
    const dump = await dumpDatabase(database.url);
    for (const secret of [state, pkce.verifier]) {
      expect(dump).not.toContain(secret.reveal());
      expect(dump).not.toContain(Buffer.from(secret.reveal()).toString('hex'));
    }
  });

  it('seals the verifier for this consent and purpose alone', async () => {
    const { consent } = await openings.open(opener(), wanted());
    const binding: SecretBinding = { consentId: consent.id, purpose: 'code_verifier', generation: 0 };
    const open = (other: Partial<SecretBinding>): Secret =>
      given.vault.open(consent.codeVerifier ?? Buffer.alloc(0), { ...binding, ...other });
    expect(open({}).reveal()).toBe(askedOfBank().pkce.verifier.reveal());
    expect(() => open({ consentId: newId() })).toThrow();
    expect(() => open({ purpose: 'authorization_code' })).toThrow();
    expect(() => open({ generation: 1 })).toThrow();
  });

  it('gives every consent a state and a challenge of its own', async () => {
    await openings.open(opener(), wanted());
    await openings.open(opener(), wanted());
    const asked = openConsent.mock.calls.map(([request]) => request);
    expect(new Set(asked.map(({ state }) => state.reveal())).size).toBe(2);
    expect(new Set(asked.map(({ pkce }) => pkce.challenge)).size).toBe(2);
    expect(new Set(asked.map(({ requestId }) => requestId)).size).toBe(2);
  });

  it('writes nothing when the bank fails, and leaves an older link alone', async () => {
    const opening = wanted();
    await openings.open(opener(), opening);
    openConsent.mockRejectedValueOnce(new BankError('not_sent'));
    await expect(openings.open(opener(), opening)).rejects.toMatchObject({ code: 'not_sent' });
    expect(await states(opening.psuRef)).toEqual(['initiated']);
  });

  it('holds no transaction while the bank is asked', async () => {
    let openTransactions: unknown;
    openConsent.mockImplementationOnce(async () => {
      openTransactions = await dataSource.query(
        `SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
      );
      return [{ language: 'fr', uri: 'https://bank.example/' }];
    });
    await openings.open(opener(), wanted());
    expect(openTransactions).toEqual([]);
  });
});

describe('a payment consent', () => {
  it('is opened without a call of the bank, with what the initiation of the caller needs', async () => {
    const opened = await openings.open(opener(), wanted({ subject: { scope: 'PIS', iban: null } }));
    expect(openConsent).not.toHaveBeenCalled();
    const { pkce, state } = paymentOf(opened);
    expect(toOpenedConsentView(opened)).toMatchObject({
      scope: 'PIS',
      state: 'initiated',
      payment_authorization: {
        redirect_uri: 'https://hub.example/callback/belfius',
        code_challenge: createHash('sha256').update(pkce.verifier.reveal()).digest('base64url'),
        code_challenge_method: 'S256',
        state: state.reveal(),
      },
    });
    expect(opened.consent.callbackStateHash).toEqual(createHash('sha256').update(state.reveal()).digest());
  });

  it('keeps its verifier to itself', async () => {
    const opened = await openings.open(opener(), wanted({ subject: { scope: 'PIS', iban: null } }));
    expect(JSON.stringify(toOpenedConsentView(opened))).not.toContain(
      paymentOf(opened).pkce.verifier.reveal(),
    );
  });
});

describe('a person with a consent already', () => {
  it('keeps only the newest link', async () => {
    const opening = wanted();
    const { consent: older } = await openings.open(opener(), opening);
    const { consent: newer } = await openings.open(opener(), opening);
    expect(await given.consents.find(older.id)).toMatchObject({ state: 'expired', stateReason: 'replaced' });
    expect(await given.consents.find(newer.id)).toMatchObject({ state: 'initiated' });
  });

  it('keeps the links of other scopes and brands', async () => {
    const opening = wanted();
    await openings.open(opener(), opening);
    await openings.open(opener(), { ...opening, brand: 'banx' });
    await openings.open(opener(), { ...opening, subject: { scope: 'PIS', iban: null } });
    expect(await states(opening.psuRef)).toEqual(['initiated', 'initiated', 'initiated']);
  });

  it('learns which live consent will be taken over, and that one stays live', async () => {
    const opening = wanted();
    const live = await given.live(caller, { psuRef: opening.psuRef });
    const { supersedes } = await openings.open(opener(), opening);
    expect(supersedes).toBe(live);
    expect(await given.consents.find(live)).toMatchObject({ state: 'active' });
  });

  it('has exactly one waiting link after ten openings at once', async () => {
    const opening = wanted();
    await Promise.all(Array.from({ length: 10 }, () => openings.open(opener(), opening)));
    expect(await states(opening.psuRef)).toEqual([...Array<string>(9).fill('expired'), 'initiated']);
  });
});

describe('a person in the console', () => {
  const admin = { actor: 'admin:link:otto', adminAction: newId() } as const;
  const open = (fields: Partial<WantedConsent>, alongside: (id: string) => Promise<void>): Promise<void> =>
    world.get(ConsentOpening).open(
      {
        ...{ openedBy: caller.id, brand: 'banx', scope: 'AIS', iban: null, psuRef: newId(), language: 'nl' },
        ...fields,
      },
      admin,
      new RequestTrace('console-1'),
      (_tx, id) => alongside(id),
    );

  it('opens a consent of an API client, which the timeline says, and whose link begins at the start page', async () => {
    const psuRef = newId();
    const { consent: older } = await openings.open(opener(), wanted({ brand: 'banx', psuRef }));
    let id = '';
    await open({ psuRef }, (opened) => Promise.resolve(void (id = opened)));
    expect(await given.consents.find(id)).toMatchObject({
      ...{ state: 'initiated', brand: 'banx', scope: 'AIS', psuRef, language: 'nl', openedBy: caller.id },
    });
    expect(await findLinkStart(dataSource, id)).toBeInstanceOf(Buffer);
    const [replaced] = (await given.consents.events(older.id)).slice(-1);
    for (const event of [replaced, ...(await given.consents.events(id))])
      expect(event).toMatchObject({ actor: admin.actor, data: { admin_action: admin.adminAction } });
  });

  it('writes no consent where what is written with it fails', async () => {
    const psuRef = newId();
    await expect(open({ psuRef }, () => Promise.reject(new Error('no audit')))).rejects.toThrow('no audit');
    expect(await states(psuRef)).toEqual([]);
  });

  it('is refused an account that does not belong to the scope', async () => {
    const psuRef = newId();
    const nothing = () => Promise.resolve();
    await expect(open({ psuRef, scope: 'CAF' }, nothing)).rejects.toMatchObject({
      details: { code: 'iban_required' },
    });
    await expect(open({ psuRef, iban: 'BE83063154780915' }, nothing)).rejects.toMatchObject({
      details: { code: 'iban_not_allowed' },
    });
    expect(await states(psuRef)).toEqual([]);
  });
});
