import { createHash } from 'node:crypto';
import type { Brand } from '@consent-hub/psd2-protocol';
import { STYLESHEET } from './stylesheet.js';

/** One colour a brand, of the sandbox's own choice; 7:1 or better on white. The stylesheet names the same two. */
const ICON_COLOUR: Readonly<Record<Brand, string>> = { belfius: '#174a7c', banx: '#1f5c3d' };

const icon = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/><path d="M9 11h14M9 16h14M9 21h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;

interface Asset {
  readonly type: string;
  readonly body: string;
}

const named = (stem: string, extension: string, body: string): string =>
  `${stem}-${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${extension}`;

const stylesheetName = named('pages', 'css', STYLESHEET);
const icons = { belfius: icon(ICON_COLOUR.belfius), banx: icon(ICON_COLOUR.banx), none: icon('#3b444d') };
const iconName = (brand: Brand | null): string => named('icon', 'svg', icons[brand ?? 'none']);

/** Files of the pages by name. The name holds the content's hash, so that a browser may keep each for ever. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  [stylesheetName, { type: 'text/css; charset=utf-8', body: STYLESHEET }],
  ...Object.values(icons).map((body): [string, Asset] => [
    named('icon', 'svg', body),
    { type: 'image/svg+xml', body },
  ]),
]);

export const STYLESHEET_PATH = `/authorize/assets/${stylesheetName}`;
export const iconPath = (brand: Brand | null): string => `/authorize/assets/${iconName(brand)}`;
