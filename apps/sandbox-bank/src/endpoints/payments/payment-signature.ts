import { BANK_ERROR, HEADER } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../../model/settings/assumptions.js';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';

/** Three parts as of a JWS (RFC 7515 section 7.1); a known client writes them in the base64 of RFC 4648 section 4. */
const SIGNATURE = /^[A-Za-z0-9+/_-]+={0,2}\.([A-Za-z0-9+/_-]+={0,2})\.[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Assumed: a signature is not asked for unless the bank is set up so. Then it must sign this body. That it was made by the
 * TPP's seal is not looked at: nobody registers a seal here.
 */
export function checkSignature(request: MachineRequest, assumptions: Assumptions): void {
  if (assumptions.payment_signature === 'tolerated') return;
  const [, payload = ''] = SIGNATURE.exec(request.header(HEADER.signature, SIGNATURE)) ?? [];
  // Node reads both alphabets of base64.
  if (!request.json().equals(Buffer.from(payload, 'base64').toString()))
    throw new Refusal(BANK_ERROR.securityParameters);
}
