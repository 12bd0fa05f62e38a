import { Injectable, Logger } from '@nestjs/common';
import * as oidc from 'openid-client';
import { ConsoleSettings } from '../../config/console.settings.js';
import type { ConsolePerson } from '../access/console-role.js';
import { ConsoleSite } from '../access/console-site.js';
import { failureOfProvider, NO_ROLE, NO_SUBJECT, NOT_CONFIGURED, PROVIDER_AWAY } from './oidc.failures.js';
import { RoleClaims, type Claims } from './role-claims.js';
import type { SignInAttempt } from './sign-in-attempt.js';

const CALLBACK = '/console/oidc/callback';
const TIMEOUT_SECONDS = 10;
/** As the column of the audit wants it. */
const SUBJECT = /^[!-~]{1,255}$/;

/** Signs people in at an identity provider: OpenID Connect with the code flow and PKCE. */
@Injectable()
export class OidcService {
  private readonly logger = new Logger(OidcService.name);
  private readonly roles: RoleClaims;
  private known: Promise<oidc.Configuration> | null = null;

  constructor(
    private readonly settings: ConsoleSettings,
    private readonly site: ConsoleSite,
  ) {
    this.roles = new RoleClaims(settings);
  }

  get isConfigured(): boolean {
    return this.settings.CONSOLE_OIDC_ISSUER !== undefined;
  }

  /**
   * @param to where the person goes in the end
   * @returns where the browser goes now, and what it must remember
   * @throws ConsoleFailure
   */
  async begin(to: string): Promise<{ url: string; attempt: SignInAttempt }> {
    const provider = await this.provider();
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      to,
    };
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: this.site.publicUrl + CALLBACK,
      scope: this.settings.CONSOLE_OIDC_SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  /**
   * @param query with which the browser came back
   * @returns who the provider says it is
   * @throws ConsoleFailure
   */
  async complete(query: string, attempt: SignInAttempt): Promise<ConsolePerson> {
    const provider = await this.provider();
    const claims = await this.claims(provider, query, attempt).catch((error: unknown) => {
      throw this.logged(error, failureOfProvider(error));
    });
    const { sub, name, preferred_username: username } = claims;
    if (typeof sub !== 'string' || !SUBJECT.test(sub)) throw NO_SUBJECT;
    const roles = this.roles.rolesOf(claims);
    if (roles.length === 0) {
      this.logger.warn({ msg: 'sign-in refused: no role', subject: sub });
      throw NO_ROLE;
    }
    const shown = [name, username, sub].find(
      (one): one is string => typeof one === 'string' && one.trim() !== '',
    );
    return { subject: sub, name: (shown ?? sub).trim().slice(0, 200), roles };
  }

  /** Of the id token, which is validated; and of the user info of the same subject, where providers put groups too. */
  private async claims(provider: oidc.Configuration, query: string, attempt: SignInAttempt): Promise<Claims> {
    const tokens = await oidc.authorizationCodeGrant(
      provider,
      new URL(`${this.site.publicUrl}${CALLBACK}?${query}`),
      {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      },
    );
    const idToken: Claims = tokens.claims() ?? {};
    if (typeof idToken['sub'] !== 'string' || provider.serverMetadata().userinfo_endpoint === undefined)
      return idToken;
    const info = await oidc.fetchUserInfo(provider, tokens.access_token, idToken['sub']);
    return { ...info, ...idToken };
  }

  /** Asked once; where it fails, once more with the next sign-in. */
  private provider(): Promise<oidc.Configuration> {
    const {
      CONSOLE_OIDC_ISSUER: issuer,
      CONSOLE_OIDC_CLIENT_ID: id,
      CONSOLE_OIDC_CLIENT_SECRET: secret,
    } = this.settings;
    if (issuer === undefined || id === undefined || secret === undefined) throw NOT_CONFIGURED;
    this.known ??= discover(issuer, id, secret.reveal()).catch((error: unknown) => {
      this.known = null;
      throw this.logged(error, PROVIDER_AWAY);
    });
    return this.known;
  }

  private logged<T>(error: unknown, failure: T): T {
    const { name, message, code } = error as Partial<Record<'name' | 'message' | 'code', unknown>>;
    this.logger.warn({ msg: 'sign-in at the identity provider failed', name, code, reason: message });
    return failure;
  }
}

const discover = (issuer: string, clientId: string, secret: string): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(issuer), clientId, undefined, authentication(secret), {
    timeout: TIMEOUT_SECONDS,
    execute: [
      // The signature of the id token is checked, though it comes by TLS from the provider itself.
      oidc.enableNonRepudiationChecks,
      // For a provider on the same machine; settings allow no other.
      ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
    ],
  });

/** The method that every provider must know (OpenID Connect Core 1.0, section 9), unless its description leaves it out. */
function authentication(secret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}
