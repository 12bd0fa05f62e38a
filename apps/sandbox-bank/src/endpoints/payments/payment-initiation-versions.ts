import type { EndpointVersion } from '../../model/settings/contract.js';
import { PAYMENT_PRODUCTS, type PaymentProduct } from '../../model/payments/payment.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';
import { readOrderOfVersion1 } from './order-version-1.js';
import { readOrderOfVersion3 } from './order-version-3.js';
import type { ReadOrder } from './payment-order.js';

export interface PaymentInitiationVersion extends EndpointVersion {
  readonly products: readonly PaymentProduct[];
  readonly readOrder: ReadOrder;
  /** How the TPP learns where to send the PSU. */
  readonly answer: 'sca_required' | 'location';
}

/** The versions of POST /payments/{payment-product}; nothing is known of the one between. */
export const PAYMENT_INITIATION_VERSIONS: EndpointVersions<PaymentInitiationVersion> = {
  '1': {
    today: [],
    before: ['PIS'],
    errors: 'numeric',
    products: ['sepa-credit-transfers'],
    readOrder: readOrderOfVersion1,
    answer: 'location',
  },
  '3': {
    today: ['PIS'],
    errors: 'current',
    products: PAYMENT_PRODUCTS,
    readOrder: readOrderOfVersion3,
    answer: 'sca_required',
  },
};
