import { Injectable } from '@nestjs/common';
import { ErasureError, PersonEraser, type PersonsConsent } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { ErasureRequest } from './erasure.request.js';
import { toErasedConsentView } from './erasure.view.js';
import { ERASURE_PROBLEMS } from './erasure.problems.js';

/** Forgets a person on behalf of an admin. */
@Injectable()
export class ErasureService {
  constructor(private readonly eraser: PersonEraser) {}

  /**
   * @returns the consents that were erased, as they were found
   * @throws Problem `person_unknown`, `consents_not_ended`, `call_under_way`
   */
  async erase(
    caller: Caller,
    { psu_ref, brand, revoke }: ErasureRequest,
  ): Promise<readonly PersonsConsent[]> {
    const actor = `client:${caller.id}` as const;
    const erasure = { psuRef: psu_ref, mayEnd: revoke, actor, ...(brand && { brand }) };
    return this.eraser.erase(erasure).catch((error: unknown) => {
      throw error instanceof ErasureError ? problemOf(error) : error;
    });
  }
}

const problemOf = ({ code, consents }: ErasureError): Problem =>
  new Problem({
    ...ERASURE_PROBLEMS[code],
    ...(consents.length > 0 && { extensions: { consents: consents.map(toErasedConsentView) } }),
  });
