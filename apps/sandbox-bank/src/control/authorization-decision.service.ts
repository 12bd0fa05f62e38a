import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import type { Authorization } from '../model/consents/authorization.js';
import { AuthorizationRepository } from '../model/consents/authorization.repository.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import { PsuDecisionService, type Decided } from '../model/consents/psu-decision.service.js';
import type { AuthorizationDecisionRequest } from './control.request.js';
import { PsuChoiceService } from './psu-choice.service.js';

/** Plays the PSU: opens a link to the bank's pages, decides, and gives the address to which the bank sends the browser. */
@Injectable()
export class AuthorizationDecisionService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly choices: PsuChoiceService,
    private readonly decisions: PsuDecisionService,
    private readonly settings: BankSettings,
  ) {}

  async decide(wish: AuthorizationDecisionRequest): Promise<string> {
    if (!URL.canParse(wish.consent_uri)) throw unknownAuthorization();
    const { searchParams } = new URL(wish.consent_uri);
    const state = searchParams.get('state') || undefined;
    if (state === undefined && this.settings.assumptions.state === 'required') throw stateless();
    const appToken = new Secret(searchParams.get('apptoken') ?? '');
    const authorization = await this.authorizations.findByAppToken(appToken);
    if (!authorization) throw unknownAuthorization();
    const uri = await this.decisions.take(authorization, await this.decided(authorization, wish), state);
    if (!uri) throw notTaken((await this.authorizations.findByAppToken(appToken)) ?? authorization);
    return uri.reveal();
  }

  private async decided(authorization: Authorization, wish: AuthorizationDecisionRequest): Promise<Decided> {
    const { decision } = wish;
    return decision === 'approve'
      ? { decision, choice: await this.choices.choose(authorization, wish) }
      : { decision };
  }
}

const unknownAuthorization = (): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_authorization',
    detail: 'This bank did not give that consent URI, or was reset since.',
  });

const stateless = (): Problem =>
  new Problem({
    status: 409,
    code: 'state_required',
    detail: 'This bank is set up to open no link without a state.',
  });

function notTaken({ status, expired }: Authorization): Problem {
  if (status !== 'pending')
    return new Problem({ status: 409, code: 'authorization_decided', detail: 'The PSU has decided before.' });
  return expired
    ? new Problem({ status: 409, code: 'authorization_expired', detail: 'The consent URI is too old.' })
    : new Problem({
        status: 409,
        code: 'cannot_approve',
        detail: 'The bank cannot take this approval: the consent that it is about is over.',
      });
}
