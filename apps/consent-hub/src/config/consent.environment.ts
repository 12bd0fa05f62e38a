import { WholeNumber } from './whole-number.js';

/** How long a consent and the link to give it hold. */
export class ConsentEnvironment {
  @WholeNumber(1, 3650)
  BANK_CONSENT_VALIDITY_DAYS: number = 180;

  @WholeNumber(1, 86_400)
  CONSENT_LINK_SECONDS: number = 900;
}
