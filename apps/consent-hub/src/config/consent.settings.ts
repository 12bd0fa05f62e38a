import { BROWSER_BINDINGS, type BrowserBinding } from '@consent-hub/consent';
import { IsIn, ValidateBy } from 'class-validator';
import { WholeNumber } from './validators.js';

/** How a consent is given, and how long it and the link to give it hold. */
export class ConsentSettings {
  @WholeNumber(1, 3650)
  BANK_CONSENT_VALIDITY_DAYS: number = 180;

  @WholeNumber(1, 86_400)
  CONSENT_LINK_SECONDS: number = 900;

  /** From the end of a consent; 0: without end. */
  @ValidateBy({
    name: 'consentRetention',
    validator: {
      validate: (value: unknown) =>
        Number.isInteger(value) && (value === 0 || (Number(value) >= 30 && Number(value) <= 36_500)),
      defaultMessage: () => '$property must be 0 or a whole number from 30 to 36500',
    },
  })
  CONSENT_RETENTION_DAYS: number = 1825;

  @IsIn(BROWSER_BINDINGS, { message: `$property must be one of ${BROWSER_BINDINGS.join(', ')}` })
  HUB_BIND_BROWSER: BrowserBinding = 'preferred';
}
