import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { AuthorizationBook, type Authorization } from '../books/authorization-book.js';
import { CALLBACK_ERROR, callbackUri, type CallbackParameters } from '../books/callback.js';
import type { AuthorizationDecisionDto } from './authorization-decision.dto.js';
import { PsuChoiceService } from './psu-choice.service.js';

/** Plays the PSU: opens a consent URI, decides, and gives the address to which the bank sends the browser. */
@Injectable()
export class AuthorizationDecisionService {
  constructor(
    private readonly authorizations: AuthorizationBook,
    private readonly choices: PsuChoiceService,
  ) {}

  async decide(wish: AuthorizationDecisionDto): Promise<string> {
    if (!URL.canParse(wish.consent_uri)) throw unknownAuthorization();
    const { searchParams } = new URL(wish.consent_uri);
    const state = searchParams.get('state') ?? undefined;
    const authorization = await this.authorizations.findByAppToken(
      new Secret(searchParams.get('apptoken') ?? ''),
    );
    if (!authorization) throw unknownAuthorization();
    const outcome = await this.outcome(authorization, wish, state);
    if (!outcome) throw notPending(authorization);
    return callbackUri(authorization.redirectUri, { ...outcome, state });
  }

  /** Null when it was decided before, or is too old. */
  private async outcome(
    authorization: Authorization,
    wish: AuthorizationDecisionDto,
    state: string | undefined,
  ): Promise<CallbackParameters | null> {
    switch (wish.decision) {
      case 'approve': {
        const choice = await this.choices.choose(authorization, wish);
        return this.authorizations.approve(authorization.id, { ...choice, state });
      }
      case 'refuse':
        return (await this.authorizations.refuse(authorization.id)) ? CALLBACK_ERROR.refused : null;
      case 'fail':
        return (await this.authorizations.fail(authorization.id)) ? CALLBACK_ERROR.failed : null;
    }
  }
}

const unknownAuthorization = (): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_authorization',
    detail: 'This bank did not give that consent URI, or was reset since.',
  });

const notPending = ({ status, expired }: Authorization): Problem =>
  status === 'pending' && expired
    ? new Problem({ status: 409, code: 'authorization_expired', detail: 'The consent URI is too old.' })
    : new Problem({ status: 409, code: 'authorization_decided', detail: 'The PSU has decided before.' });
