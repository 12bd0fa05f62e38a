import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { BANK_ERROR, type PspRole, type Scope } from '@consent-hub/psd2-protocol';
import type { Tpp } from '../books/tpp-book.js';
import type { MachineRequest } from './machine-request.js';
import { Refusal } from './refusal.js';
import { SCOPE_ROLE } from './scope-role.js';

/** One call of a TPP that is who it says it is. */
export class MachineCall {
  constructor(
    readonly request: MachineRequest,
    readonly tpp: Tpp,
    private readonly roles: readonly PspRole[],
  ) {}

  /** Of these scopes, those that the caller's certificate allows; refused when it allows none. */
  permittedScopes(scopes: readonly Scope[]): Scope[] {
    const permitted = scopes.filter((scope) => this.roles.includes(SCOPE_ROLE[scope]));
    // Assumed, the bank's page is silent: to a TPP without the role, the same as to one that is not active.
    if (permitted.length === 0) throw new Refusal(BANK_ERROR.noActiveTpp);
    return permitted;
  }
}

const calls = new WeakMap<object, MachineCall>();

export const keepCall = (context: ExecutionContext, call: MachineCall): void =>
  void calls.set(context.switchToHttp().getRequest<object>(), call);

/** Binds the call to a parameter of a controller method; the method is a `@MachineEndpoint`. */
export const Call = createParamDecorator((_data: unknown, context: ExecutionContext): MachineCall => {
  const call = calls.get(context.switchToHttp().getRequest<object>());
  if (!call) throw new Error('Only a machine endpoint has a call');
  return call;
});
