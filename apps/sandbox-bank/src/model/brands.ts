import { BRAND_NAMES, type Brand } from '@consent-hub/psd2-protocol';

interface BrandProfile {
  /** Of its machine API, unless the environment names another one. */
  readonly port: number;
  /** Of the sandbox's own choice; the main one is 7:1 or better on white. */
  readonly colours: { readonly main: string; readonly strong: string; readonly tint: string };
  /** Assumed: whether an account of the brand allows cross-border payments. */
  readonly paysAbroad: boolean;
}

/**
 * All that differs from brand to brand at the sandbox bank, beside the name (`BRAND_NAMES`) and the customers
 * (`accounts/customers`).
 */
export const BRAND_PROFILES: Readonly<Record<Brand, BrandProfile>> = {
  belfius: {
    port: 8443,
    colours: { main: '#174a7c', strong: '#0f3559', tint: '#edf3f9' },
    paysAbroad: true,
  },
  banx: {
    port: 8444,
    colours: { main: '#1f5c3d', strong: '#14422b', tint: '#ecf5f0' },
    paysAbroad: false,
  },
};

/** The names of all brands in a sentence. */
export const listBrands = (type: 'conjunction' | 'disjunction'): string =>
  new Intl.ListFormat('en-GB', { type }).format(Object.values(BRAND_NAMES));
