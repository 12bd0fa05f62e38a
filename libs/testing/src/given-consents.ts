import { randomBytes } from 'node:crypto';
import { ConsentRepository, hashOfCallbackState, type NewConsent } from '@consent-hub/consent';
import { newId, PERMISSIONS, type Caller } from '@consent-hub/platform';
import { SCOPES, Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault, type SecretPurpose } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';

/** A pair as a test wants it stored. */
export interface GivenPair {
  readonly accessToken?: string;
  /** Negative: the access token has expired already. */
  readonly expiresInSeconds?: number;
  readonly logicalId?: string;
}

/** Consents in the state that a test begins with, brought there by the repository itself. */
export class GivenConsents {
  readonly vault = new TokenVault(KeyRing.parse(`test:${randomBytes(32).toString('base64')}`));
  readonly consents: ConsentRepository;

  constructor(private readonly dataSource: DataSource) {
    this.consents = new ConsentRepository(dataSource);
  }

  /** A new API client, without a key: by default it may do everything except see what others opened. */
  async caller(allowed: Partial<Pick<Caller, 'permissions' | 'tokenScopes'>> = {}): Promise<Caller> {
    const permissions = new Set(PERMISSIONS.filter((permission) => permission !== 'admin'));
    const id = newId();
    const caller: Caller = {
      id,
      name: `client-${id}`,
      permissions,
      tokenScopes: new Set(SCOPES),
      ...allowed,
    };
    await this.dataSource.query(
      `INSERT INTO hub.api_client (id, name, permissions, token_scopes) VALUES ($1, $2, $3, $4)`,
      [id, caller.name, [...caller.permissions], [...caller.tokenScopes]],
    );
    return caller;
  }

  /** Its link waits; the PSU would bring back this `state`. */
  async opened(by: Caller, wanted: Partial<NewConsent> = {}): Promise<{ id: string; state: string }> {
    const id = wanted.id ?? newId();
    const state = randomBytes(32).toString('base64url');
    const consent: NewConsent = {
      id,
      brand: 'belfius',
      scope: 'AIS',
      psuRef: newId(),
      iban: null,
      language: null,
      openedBy: by.id,
      returnUrl: null,
      redirectUri: 'https://hub.example/callback/belfius',
      callbackStateHash: hashOfCallbackState(new Secret(state)),
      codeVerifier: this.seal('verifier', id, 'code_verifier', 0),
      linkSeconds: 900,
      ...wanted,
    };
    await this.dataSource.transaction((tx) => this.consents.open(tx, consent, `client:${by.id}`));
    return { id, state };
  }

  /** The PSU came back with a code that was not exchanged yet. */
  async authorized(by: Caller, wanted: Partial<NewConsent> = {}): Promise<string> {
    const { id } = await this.opened(by, wanted);
    const data = { authorizationCode: this.seal('code', id, 'authorization_code', 0), validityDays: 180 };
    await this.dataSource.transaction((tx) =>
      this.consents.move(tx, id, { to: 'authorized', data, actor: 'psu' }),
    );
    return id;
  }

  /** Holds its first pair. */
  async live(by: Caller, wanted: Partial<NewConsent> = {}, pair: GivenPair = {}): Promise<string> {
    const id = await this.authorized(by, wanted);
    await this.store(id, 1, pair);
    return id;
  }

  /** Stores the next pair of a live consent, as a refresh does. */
  async refreshed(id: string, pair: GivenPair = {}): Promise<void> {
    const consent = await this.consents.find(id);
    await this.store(id, (consent?.tokenPair?.generation ?? 0) + 1, pair);
  }

  private async store(
    id: string,
    generation: number,
    { expiresInSeconds = 3600, ...pair }: GivenPair,
  ): Promise<void> {
    // An expiry in the past needs a pair that was issued long enough before it.
    const age = Math.max(0, 1 - expiresInSeconds);
    const tokens = {
      generation,
      accessToken: this.seal(pair.accessToken ?? `access-${generation}`, id, 'access_token', generation),
      refreshToken: this.seal(`refresh-${generation}`, id, 'refresh_token', generation),
      keyId: this.vault.currentKeyId,
      issuedAt: new Date(Date.now() - age * 1000),
      expiresInSeconds: expiresInSeconds + age,
      ...(pair.logicalId !== undefined && { logicalId: pair.logicalId }),
    };
    const to = generation === 1 ? 'active' : 'refreshed';
    const isStored = await this.dataSource.transaction((tx) =>
      this.consents.move(tx, id, { to, data: { tokens }, actor: 'hub:test' }),
    );
    if (!isStored) throw new Error(`generation ${generation} of consent ${id} was not stored`);
  }

  private seal(value: string, consentId: string, purpose: SecretPurpose, generation: number): Buffer {
    return this.vault.seal(new Secret(value), { consentId, purpose, generation });
  }
}
