import { readFileSync } from 'node:fs';
import { EnvironmentError, PageBrand, type BrandLogo } from '@consent-hub/platform';
import type { TppBrandSettings } from './tpp-brand.settings.js';

const MOST_BYTES = 100 * 1024;
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** The root element, after a declaration, comments and a document type. */
const SVG_ROOT = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*|<!DOCTYPE svg[^>[]*>\s*)*<svg[\s>]/i;

/**
 * Reads the logo, where there is one.
 *
 * @param base path under which browsers reach the hub
 * @throws EnvironmentError when the file cannot be read, is too large or no image
 */
export function openPageBrand(settings: TppBrandSettings, base: string): PageBrand {
  const { HUB_BRAND_NAME: name, HUB_BRAND_LOGO_FILE: file, accent } = settings;
  return new PageBrand(name ?? null, accent, file === undefined ? null : readLogo(file), base);
}

function readLogo(file: string): BrandLogo {
  const content = read(file);
  if (content.length > MOST_BYTES) throw fault(`must be a file of at most ${MOST_BYTES / 1024} KiB`);
  if (content.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return { type: 'image/png', content };
  if (SVG_ROOT.test(content.toString('utf8'))) return { type: 'image/svg+xml', content };
  throw fault('must be an SVG or PNG image');
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw fault('must be a file that the hub can read');
  }
}

const fault = (text: string): EnvironmentError => new EnvironmentError([`HUB_BRAND_LOGO_FILE ${text}`]);
