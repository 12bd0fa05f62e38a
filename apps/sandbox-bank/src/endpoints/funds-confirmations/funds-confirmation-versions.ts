import type { EndpointVersion } from '../../model/settings/contract.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';

/** The answer of POST /funds-confirmations (bank page "reference": funds). */
export interface FundsConfirmationBody {
  readonly funds_available: boolean;
}

export interface FundsConfirmationVersion extends EndpointVersion {
  toBody(isAvailable: boolean): FundsConfirmationBody;
}

/** The one version of POST /funds-confirmations. Of the GET form before it not even the path is known: it is not served. */
export const FUNDS_CONFIRMATION_VERSIONS: EndpointVersions<FundsConfirmationVersion> = {
  '1': { today: ['CAF'], errors: 'current', toBody: (funds_available) => ({ funds_available }) },
};
