import type { Brand } from '@consent-hub/psd2-protocol';

interface BrandProfile {
  /** Colours chosen for the sandbox; the main one is 7:1 or better on white. */
  readonly colours: { readonly main: string; readonly strong: string; readonly tint: string };
  /** Assumed: whether an account of the brand allows cross-border payments. */
  readonly paysAbroad: boolean;
}

/**
 * All that differs from brand to brand at the sandbox bank alone, apart from the customers (`accounts/customers`). The name and the
 * port are in the list of brands (`libs/psd2-protocol`).
 */
export const BRAND_PROFILES: Readonly<Record<Brand, BrandProfile>> = {
  belfius: {
    colours: { main: '#174a7c', strong: '#0f3559', tint: '#edf3f9' },
    paysAbroad: true,
  },
  banx: {
    colours: { main: '#1f5c3d', strong: '#14422b', tint: '#ecf5f0' },
    paysAbroad: false,
  },
};
