import { randomBytes } from 'node:crypto';
import {
  ConsentError,
  ScaTokenQuery,
  TokenUse,
  type ConsentState,
  type ScaTokenRow,
  type VisibleConsents,
} from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { SCOPES, Secret, type Scope } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import { ScaTokenService } from './sca-token.service.js';
import { ScopeRefusalService } from './scope-refusal.service.js';

const ID = newId();
const EXPIRES_AT = new Date('2026-01-01T12:00:00Z');
const vault = new TokenVault(KeyRing.parse(`test:${randomBytes(32).toString('base64')}`));
const sealed = vault.seal(new Secret('sca'), { consentId: ID, purpose: 'sca_token', generation: 1 });

/** No client may see the consent, only its tokens. */
const visible: Pick<VisibleConsents, 'get'> = {
  get: (_caller, consentId) => Promise.reject(new ConsentError('consent_not_found', { consentId })),
};
const refusal = new ScopeRefusalService(visible as VisibleConsents);

class Uses extends TokenUse {
  readonly recorded: [string, string][] = [];
  override record(consentId: string, apiClientId: string): void {
    this.recorded.push([consentId, apiClientId]);
  }
}

const reader = (scopes: readonly Scope[] = SCOPES): Caller => ({
  id: newId(),
  name: 'reader',
  permissions: new Set(['tokens:read']),
  tokenScopes: new Set(scopes),
});
const row = (state: ConsentState, token: Buffer | null): ScaTokenRow => ({
  scope: 'AIS',
  state,
  reason: null,
  token,
  expiresAt: token && EXPIRES_AT,
});

describe('handing out an SCA token', () => {
  const uses = new Uses();
  const handOut = (caller: Caller, found: ScaTokenRow | null) => {
    const query: Pick<ScaTokenQuery, 'byConsent'> = { byConsent: () => Promise.resolve(found) };
    return new ScaTokenService(query as ScaTokenQuery, vault, uses, refusal).forConsent(caller, ID);
  };
  beforeEach(() => void uses.recorded.splice(0));

  it('opens it, and counts it as a use by that client', async () => {
    const caller = reader();
    const { value, expiresAt } = await handOut(caller, row('active', sealed));
    expect(value.reveal()).toBe('sca');
    expect(expiresAt).toBe(EXPIRES_AT);
    expect(uses.recorded).toEqual([[ID, caller.id]]);
  });

  it.each([
    ['there is no consent', reader(), null, 'consent_not_found'],
    ['its scope is not granted', reader(['PIS']), row('active', sealed), 'consent_not_found'],
    ['the consent has ended', reader(), row('revoked', sealed), 'consent_not_live'],
  ])('is refused when %s, and counts nothing', async (_why, caller, found, code) => {
    await expect(handOut(caller, found)).rejects.toMatchObject({ code });
    expect(uses.recorded).toEqual([]);
  });

  it('is refused when its hour has passed, and counts nothing', async () => {
    await expect(handOut(reader(), row('active', null))).rejects.toMatchObject({
      details: { status: 404, code: 'no_sca_token' },
    });
    expect(uses.recorded).toEqual([]);
  });
});
