import { Injectable } from '@nestjs/common';
import { BANK_ERROR, HEADER } from '@consent-hub/psd2-protocol';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { readCodeChallenge } from '../../machine-api/pkce.js';
import { readRedirectUri } from '../../machine-api/redirect-uri.js';
import { Refusal, scaRequired } from '../../machine-api/refusal.error.js';
import { AuthorizationRepository } from '../../model/consents/authorization.repository.js';
import { PsuPagesService } from '../../model/consents/psu-pages.service.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import type { PaymentProduct } from '../../model/payments/payment.js';
import type { Assumptions } from '../../model/settings/assumptions.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { optionalAccessOf, readLanguage } from './payment-access.js';
import { PaymentCheckService } from './payment-check.service.js';
import { PAYMENT_INITIATION_VERSIONS, type PaymentInitiationVersion } from './payment-initiation-versions.js';

/** A payment that waits for its PSU. */
export interface InitiatedPayment {
  readonly paymentId: string;
  /** Where the TPP sends the PSU, after adding its `state`. */
  readonly url: string;
}

/** No payment is made without the PSU's signature: the bank knows no exemption (bank page "flows": payments). */
@Injectable()
export class PaymentInitiationService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly tokens: TokenRepository,
    private readonly checks: PaymentCheckService,
    private readonly pages: PsuPagesService,
    private readonly settings: BankSettings,
  ) {}

  /** @throws Refusal also for a payment that was received, in a version that answers SCA_REQUIRED then */
  async initiate(call: MachineCall, wantedProduct: string): Promise<InitiatedPayment> {
    const version = call.versionOf(PAYMENT_INITIATION_VERSIONS);
    const initiated = await this.open(call, version, productOf(version, wantedProduct));
    if (version.answer === 'location') return initiated;
    const { url, paymentId } = initiated;
    // Assumed: the bank's page does not say how the TPP learns the id of the payment.
    throw scaRequired({ url, scope: 'PIS', fields: { payment_id: paymentId } }, this.settings.assumptions);
  }

  private async open(
    call: MachineCall,
    version: PaymentInitiationVersion,
    product: PaymentProduct,
  ): Promise<InitiatedPayment> {
    const { request, tpp } = call;
    const { assumptions } = this.settings;
    const language = readLanguage(call);
    const redirectUri = readRedirectUri(call, assumptions);
    checkSignature(request, assumptions);
    const access = await optionalAccessOf(call, this.tokens);
    // A TPP that has a pair needs no code, and so no challenge (bank page "reference": payments).
    const challenge = access ? { codeChallenge: null } : readCodeChallenge(request, assumptions);
    const order = version.readOrder(request.json(), product);
    const boundPsuId = access?.psuId ?? null;
    await this.checks.require(tpp.brand, product, order, boundPsuId);
    const { paymentId, links } = await this.authorizations.openPayment(
      {
        tppId: tpp.id,
        redirectUri,
        ...challenge,
        iban: order.debtorIban,
        languages: [language],
        boundPsuId,
        returnsCode: !access,
      },
      { product, instruction: order.instruction },
    );
    const [link] = links;
    if (!link) throw new Error('The payment was opened without a link');
    return { paymentId, url: this.pages.launcherUri({ brand: tpp.brand, scope: 'PIS', ...link }) };
  }
}

function productOf({ products }: PaymentInitiationVersion, wanted: string): PaymentProduct {
  const product = products.find((each) => each === wanted);
  if (!product) throw new Refusal(BANK_ERROR.invalidInput, { input: 'payment-product' });
  return product;
}

/** Three parts as in a JWS (RFC 7515 section 7.1); a known client writes them in the base64 of RFC 4648 section 4. */
const SIGNATURE = /^[A-Za-z0-9+/_-]+={0,2}\.([A-Za-z0-9+/_-]+={0,2})\.[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Assumed: a signature is optional unless the bank is set up to require it. Then it must be of this body. Whether the TPP's
 * seal made it is not checked, because no seal is registered here.
 */
export function checkSignature(request: MachineRequest, assumptions: Assumptions): void {
  if (assumptions.payment_signature === 'tolerated') return;
  const [, payload = ''] = SIGNATURE.exec(request.header(HEADER.signature, SIGNATURE)) ?? [];
  // Node decodes both alphabets of base64.
  if (!request.json().equals(Buffer.from(payload, 'base64').toString()))
    throw new Refusal(BANK_ERROR.securityParameters);
}
