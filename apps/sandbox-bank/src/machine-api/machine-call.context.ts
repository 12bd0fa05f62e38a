import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import {
  BANK_ERROR,
  HEADER,
  ROLE_OF_SCOPE,
  Secret,
  type PspRole,
  type Scope,
} from '@consent-hub/psd2-protocol';
import type { AccessGrant } from '../model/consents/token-pair.js';
import type { TokenRepository } from '../model/consents/token.repository.js';
import type { CallingTpp } from '../model/tpps/tpp.repository.js';
import type { EndpointVersion, EndpointVersions } from './endpoint.js';
import type { MachineRequest } from './machine.request.js';
import { Refusal } from './refusal.error.js';

/** One call of an identified TPP. */
export class MachineCall {
  constructor(
    readonly request: MachineRequest,
    readonly tpp: CallingTpp,
    /** The scopes that the chosen version serves. */
    readonly scopes: readonly Scope[],
    private readonly version: string,
    private readonly roles: readonly PspRole[],
  ) {}

  /** The row of the version that was chosen; the endpoint is declared with the same table. */
  versionOf<Version extends EndpointVersion>(versions: EndpointVersions<Version>): Version {
    const version = versions[this.version];
    if (!version) throw new Error(`The endpoint is not declared with version ${this.version}`);
    return version;
  }

  /** The bearer token (RFC 6750 section 2.1), or null when the header holds something else. */
  accessToken(): Secret | null {
    const authorization = this.request.header(HEADER.authorization);
    const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
    return token === undefined ? null : new Secret(token);
  }

  /** Those of the scopes that the caller's certificate allows; refused when it allows none. */
  permittedScopes(scopes: readonly Scope[]): Scope[] {
    const permitted = scopes.filter((scope) => this.roles.includes(ROLE_OF_SCOPE[scope]));
    // Assumed, the bank's page is silent: a TPP without the role is refused like one that is not active.
    if (permitted.length === 0) throw new Refusal(BANK_ERROR.noActiveTpp);
    return permitted;
  }
}

const calls = new WeakMap<object, MachineCall>();

export const setCall = (context: ExecutionContext, call: MachineCall): void =>
  void calls.set(context.switchToHttp().getRequest<object>(), call);

/** The call of a `@MachineEndpoint`, after its caller was admitted. */
export function callOf(context: ExecutionContext): MachineCall {
  const call = calls.get(context.switchToHttp().getRequest<object>());
  if (!call) throw new Error('The route is not declared as a machine endpoint');
  return call;
}

/** Binds the call to a parameter of a controller method. */
export const Call = createParamDecorator((_data: unknown, context: ExecutionContext) => callOf(context));

/** The access of a call's access token, if its scope is one that the chosen version serves (bank page "error codes"). */
export async function accessOf(call: MachineCall, tokens: TokenRepository): Promise<AccessGrant> {
  const scopes = call.permittedScopes(call.scopes);
  const [scope] = scopes;
  const accessToken = call.accessToken();
  const access = accessToken && (await tokens.findAccess(call.tpp.id, accessToken));
  if (access === 'withdrawn') throw new Refusal(BANK_ERROR.noActiveConsent, scope && { scope });
  if (!access || !scopes.includes(access.scope)) throw new Refusal(BANK_ERROR.invalidAccessToken);
  return access;
}
