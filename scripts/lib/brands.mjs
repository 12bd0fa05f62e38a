import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths.mjs';

/** The list of brands that the apps are built with, by id: read, not imported, since old Node versions import no JSON. */
const TABLE = JSON.parse(
  fs.readFileSync(path.join(ROOT, 'libs', 'psd2-protocol', 'src', 'brands.json'), 'utf8'),
);

export const BRANDS = Object.entries(TABLE).map(([id, { name, sandboxPort }]) => ({
  id,
  name,
  sandboxPort,
  portVariable: `SANDBOX_${id.toUpperCase()}_PORT`,
}));

/** One value for each brand, by its id. */
export const perBrand = (make) => Object.fromEntries(BRANDS.map((brand) => [brand.id, make(brand)]));
