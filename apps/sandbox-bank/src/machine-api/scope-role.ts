import type { PspRole, Scope } from '@consent-hub/psd2-protocol';

/** What a TPP must be authorised for (ETSI TS 119 495 clause 4.2.1) to ask for a scope. */
export const SCOPE_ROLE = {
  AIS: 'PSP_AI',
  CAF: 'PSP_IC',
  PIS: 'PSP_PI',
} as const satisfies Record<Scope, PspRole>;
