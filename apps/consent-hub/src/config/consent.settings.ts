import { BROWSER_BINDINGS, type BrowserBinding } from '@consent-hub/consent';
import { IsIn } from 'class-validator';
import { WholeNumber } from './validators.js';

/** How a consent is given, and how long it and the link to give it hold. */
export class ConsentSettings {
  @WholeNumber(1, 3650)
  BANK_CONSENT_VALIDITY_DAYS: number = 180;

  @WholeNumber(1, 86_400)
  CONSENT_LINK_SECONDS: number = 900;

  @IsIn(BROWSER_BINDINGS, { message: `$property must be one of ${BROWSER_BINDINGS.join(', ')}` })
  HUB_BIND_BROWSER: BrowserBinding = 'preferred';
}
