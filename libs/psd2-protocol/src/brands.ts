import table from './brands.json' with { type: 'json' };

/**
 * A brand of the bank that speaks the Consent API, on a host of its own. `brands.json` is the one list of them: the apps, the
 * tests and `npm start` read it. ARCHITECTURE.md says what else a new brand needs.
 */
export type Brand = keyof typeof table;
export const BRANDS = Object.keys(table) as readonly Brand[];

/** One value for each brand, made from it. */
export const perBrand = <Value>(make: (brand: Brand) => Value): Record<Brand, Value> =>
  Object.fromEntries(BRANDS.map((brand) => [brand, make(brand)])) as Record<Brand, Value>;

/** The names that people know. */
export const BRAND_NAMES = perBrand((brand) => table[brand].name);

/** The port of a brand's machine API at the sandbox bank, unless the environment names another one. */
export const SANDBOX_PORTS = perBrand((brand) => table[brand].sandboxPort);

/** The brand of the examples. */
export const EXAMPLE_BRAND = BRANDS[0] as Brand;

/** The names of all brands in a sentence: "A and B" or "A or B". */
export const listBrands = (type: 'conjunction' | 'disjunction'): string =>
  new Intl.ListFormat('en-GB', { type }).format(Object.values(BRAND_NAMES));
