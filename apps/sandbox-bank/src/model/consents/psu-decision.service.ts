import { Injectable } from '@nestjs/common';
import { Secret, type Brand } from '@consent-hub/psd2-protocol';
import { FaultRepository } from '../faults/fault.repository.js';
import { CALLBACK, type FaultName } from '../faults/faults.js';
import { BankSettings } from '../settings/bank.settings.js';
import type { Authorization, PsuChoice } from './authorization.js';
import { AuthorizationRepository } from './authorization.repository.js';
import { callbackError, callbackUri, type CallbackParameters } from './callback.js';

export const DECISIONS = ['approve', 'refuse', 'fail'] as const;
export type Decision = (typeof DECISIONS)[number];

/** The decision on an authorization: the PSU approves or refuses, or the bank fails. */
export type Decided =
  | { readonly decision: 'approve'; readonly choice: Omit<PsuChoice, 'state'> }
  | { readonly decision: 'refuse' | 'fail' };

/** Takes decisions, from the PSU's pages or from the control call, and returns the address of the TPP. */
@Injectable()
export class PsuDecisionService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly faults: FaultRepository,
    private readonly settings: BankSettings,
  ) {}

  /**
   * @param state the TPP's own, from the opened link
   * @returns the address to which the browser returns; null, and nothing has changed, when the decision cannot be taken
   */
  async take(
    authorization: Authorization,
    decided: Decided,
    state: string | undefined,
  ): Promise<Secret | null> {
    const outcome = await this.outcome(authorization.id, decided, state);
    if (!outcome) return null;
    const parameters = await this.withFault(authorization.brand, { ...outcome, state });
    const query = this.settings.assumptions.redirect_query;
    return new Secret(callbackUri(authorization.redirectUri, parameters, query));
  }

  private async outcome(
    id: string,
    decided: Decided,
    state: string | undefined,
  ): Promise<CallbackParameters | null> {
    const { assumptions } = this.settings;
    switch (decided.decision) {
      case 'approve':
        return this.authorizations.approve(id, { ...decided.choice, state });
      case 'refuse':
        return (await this.authorizations.refuse(id)) ? callbackError('refused', assumptions) : null;
      case 'fail':
        return (await this.authorizations.fail(id)) ? callbackError('failed', assumptions) : null;
    }
  }

  /** The parameters of the return, after the fault that is set for it, if any. The decision itself does not change. */
  private async withFault(brand: Brand, parameters: CallbackParameters): Promise<CallbackParameters> {
    const { state, ...explained } = parameters;
    const canLoseState = parameters.error !== undefined && state !== undefined;
    const names: FaultName[] = canLoseState ? ['bare_return', 'no_state_on_error'] : ['bare_return'];
    const [taken] = await this.faults.take({ endpoints: [CALLBACK], brand }, names, 1);
    switch (taken?.name) {
      case 'bare_return':
        return { state };
      case 'no_state_on_error':
        return explained;
      default:
        return parameters;
    }
  }
}
