import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { PsuRepository, type Psu } from '../model/accounts/psu.repository.js';
import type { Authorization, PsuChoice } from '../model/consents/authorization.js';
import { AuthorizationRepository } from '../model/consents/authorization.repository.js';
import { PsuDecisionService, type Decided } from '../model/consents/psu-decision.service.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import type { AuthorizationDecisionRequest } from './control.request.js';

/**
 * Plays the PSU: opens a link to the bank's pages, takes the decision, and returns the address to which the bank sends the
 * browser.
 */
@Injectable()
export class AuthorizationDecisionService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly psus: PsuRepository,
    private readonly decisions: PsuDecisionService,
    private readonly settings: BankSettings,
  ) {}

  async decide(request: AuthorizationDecisionRequest): Promise<string> {
    if (!URL.canParse(request.consent_uri)) throw unknownAuthorization();
    const { searchParams } = new URL(request.consent_uri);
    const state = searchParams.get('state') || undefined;
    if (state === undefined && this.settings.assumptions.state === 'required') throw stateless();
    const appToken = new Secret(searchParams.get('apptoken') ?? '');
    const authorization = await this.authorizations.findByAppToken(appToken);
    if (!authorization) throw unknownAuthorization();
    const uri = await this.decisions.take(authorization, await this.decided(authorization, request), state);
    if (!uri) throw notTaken((await this.authorizations.findByAppToken(appToken)) ?? authorization);
    return uri.reveal();
  }

  private async decided(
    authorization: Authorization,
    request: AuthorizationDecisionRequest,
  ): Promise<Decided> {
    const { decision } = request;
    return decision === 'approve'
      ? { decision, choice: await this.choose(authorization, request) }
      : { decision };
  }

  /**
   * The named PSU, or else the first of the brand, with the named accounts, or else all that may be opened (for a payment
   * the first). Where the TPP's token names the PSU, no other PSU can be chosen.
   *
   * @throws Problem when there is no such PSU, or none who could open these accounts
   */
  private async choose(
    authorization: Authorization,
    { psu, ibans }: AuthorizationDecisionRequest,
  ): Promise<PsuChoice> {
    const { brand, iban, purpose } = authorization;
    const wanted = ibans ?? (iban === null ? [] : [iban]);
    for (const candidate of await this.candidates(authorization, psu)) {
      if (purpose === 'sca') return { psuId: candidate.id, ibans: [] };
      const accounts = await this.psus.accountsOf(brand, candidate.id);
      const eligible = accounts.filter((account) => account.eligible).map((account) => account.iban);
      if (eligible.length === 0 || !wanted.every((each) => eligible.includes(each))) continue;
      if (purpose === 'payment' && wanted.length > 1) continue;
      const all = purpose === 'payment' ? eligible.slice(0, 1) : eligible;
      return { psuId: candidate.id, ibans: wanted.length > 0 ? wanted : all };
    }
    throw new Problem({
      status: 409,
      code: 'no_eligible_account',
      detail: 'No such customer can open such accounts: payment accounts, not blocked. The list is at /.',
    });
  }

  private async candidates({ brand, boundPsuId }: Authorization, psu: string | undefined): Promise<Psu[]> {
    const wanted = psu ?? boundPsuId;
    if (wanted === null) return this.psus.listPsus(brand);
    const found = await this.psus.findPsu(brand, wanted);
    if (!found) throw unknownPsu(brand);
    if (boundPsuId !== null && boundPsuId !== found.id) throw otherPsu();
    return [found];
  }
}

const unknownAuthorization = (): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_authorization',
    detail: 'This bank did not issue that consent URI, or has been reset since.',
  });

const stateless = (): Problem =>
  new Problem({
    status: 409,
    code: 'state_required',
    detail: 'This bank is set up to require a state in every link.',
  });

const unknownPsu = (brand: string): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_psu',
    detail: `No such customer of ${brand}. The list is at /.`,
  });

const otherPsu = (): Problem =>
  new Problem({
    status: 409,
    code: 'other_psu',
    detail: 'The access token of the TPP names another customer, who alone can approve this.',
  });

function notTaken({ status, expired }: Authorization): Problem {
  if (status !== 'pending')
    return new Problem({ status: 409, code: 'authorization_decided', detail: 'The PSU has decided before.' });
  return expired
    ? new Problem({ status: 409, code: 'authorization_expired', detail: 'The consent URI is too old.' })
    : new Problem({
        status: 409,
        code: 'cannot_approve',
        detail: 'The bank cannot take this approval: the consent that it is about has ended.',
      });
}
