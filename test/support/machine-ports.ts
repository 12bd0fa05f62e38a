import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';

/** The variables of the sandbox bank for the port of each brand; port 0 is any free one. */
export const machinePorts = (portOf: (brand: Brand) => number): Record<string, string> =>
  Object.fromEntries(BRANDS.map((brand) => [`SANDBOX_${brand.toUpperCase()}_PORT`, String(portOf(brand))]));
