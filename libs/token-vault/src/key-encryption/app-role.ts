import { readFileSync } from 'node:fs';
import { VaultError } from '../vault-error.js';
import type { KekAnswer, KekConnection } from './kek-connection.js';

/** Where a token of the engine comes from. */
export interface TransitTokens {
  /** @throws VaultError `kek_unavailable` */
  current(): Promise<string>;
  /** The engine has refused it. @returns whether another one may be had at once */
  isReplaceable(token: string): boolean;
}

/** A file that an agent renews: read for each call. */
export class TokenFile implements TransitTokens {
  constructor(private readonly file: string) {}

  current(): Promise<string> {
    return Promise.resolve().then(() => secretIn(this.file));
  }

  isReplaceable(): boolean {
    return false;
  }
}

export interface AppRoleSettings {
  /** URL of the mount of the auth method, as `https://vault.example:8200/v1/auth/approle`; without a slash at its end. */
  readonly url: string;
  readonly roleIdFile: string;
  /** Read for each login, so that it may be renewed. */
  readonly secretIdFile: string;
}

interface Login {
  readonly token: string;
  readonly isRenewable: boolean;
  /** By the monotonic clock, milliseconds. */
  readonly at: number;
  /** How long the token lives from then, milliseconds; 0: without end. */
  readonly lifeMs: number;
}

/** A token is not used in the last part of its life: the call it is sent with must arrive within it. */
const LAST_PART = 0.1;
/** From here on it is renewed when it is needed. */
const RENEWED_AFTER = 0.5;

/**
 * Tokens by the auth method AppRole: logs in with a role id and a secret id when a token is needed and there is none that lives,
 * and renews one that lives and has spent half of its life. Calls that come together share one login.
 */
export class AppRoleTokens implements TransitTokens {
  private login: Login | null = null;
  private underWay: Promise<Login> | null = null;

  constructor(
    private readonly settings: AppRoleSettings,
    private readonly connection: KekConnection,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async current(): Promise<string> {
    const { login } = this;
    if (login && this.spentOf(login) < RENEWED_AFTER) return login.token;
    this.underWay ??= this.next(login).finally(() => (this.underWay = null));
    this.login = await this.underWay;
    return this.login.token;
  }

  isReplaceable(token: string): boolean {
    if (this.login?.token === token) this.login = null;
    return true;
  }

  private spentOf({ at, lifeMs }: Login): number {
    return lifeMs === 0 ? 0 : (this.now() - at) / lifeMs;
  }

  private async next(login: Login | null): Promise<Login> {
    if (login?.isRenewable && this.spentOf(login) < 1 - LAST_PART) {
      const renewed = await this.renew(login.token);
      if (renewed) return renewed;
    }
    return this.logIn();
  }

  /** @returns null where the engine refuses: the token may have reached its longest life */
  private async renew(token: string): Promise<Login | null> {
    const url = this.settings.url.replace(/\/auth\/.*$/, '/auth/token/renew-self');
    return this.loginIn(await this.send(url, {}, { 'x-vault-token': token }));
  }

  private async logIn(): Promise<Login> {
    const { url, roleIdFile, secretIdFile } = this.settings;
    const body = { role_id: secretIn(roleIdFile), secret_id: secretIn(secretIdFile) };
    const answer = await this.send(`${url}/login`, body);
    const login = this.loginIn(answer);
    if (!login) throw this.connection.unavailable(`login by AppRole, ${answer.status}`);
    return login;
  }

  private send(
    url: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<KekAnswer> {
    const all = { 'content-type': 'application/json', ...headers };
    return this.connection.send('POST', url, all, JSON.stringify(body));
  }

  private loginIn({ status, body }: KekAnswer): Login | null {
    const auth = body?.['auth'];
    if (status !== 200 || typeof auth !== 'object' || auth === null) return null;
    const { client_token: token, lease_duration: seconds, renewable } = auth as Record<string, unknown>;
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') return null;
    return { token, isRenewable: renewable === true, at: this.now(), lifeMs: seconds * 1000 };
  }
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new VaultError('kek_unavailable', `${file} cannot be read`);
  }
}
