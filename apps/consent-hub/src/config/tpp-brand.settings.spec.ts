import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, readEnvironment } from '@consent-hub/platform';
import { openPageBrand } from './open-page-brand.js';
import { TppBrandSettings } from './tpp-brand.settings.js';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(64)]);
const SVG = '<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg"/>';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consent-hub-brand-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (env: NodeJS.ProcessEnv) => readEnvironment(TppBrandSettings, env);
const open = (content: string | Buffer) => {
  const file = join(folder, 'logo');
  writeFileSync(file, content);
  return openPageBrand(read({ HUB_BRAND_LOGO_FILE: file }), '/consents');
};
const faultOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults.join();
    throw error;
  }
  return '';
};

describe('the brand of the provider', () => {
  it('is nothing unless it is set', () => {
    const brand = openPageBrand(read({}), '');
    expect(brand).toMatchObject({ name: null, style: null, logo: null, logoUrl: null });
  });

  it.each([
    ['#0b5fff', '#ffffff'],
    ['#FFD100', '#1a1d23'],
    ['#000000', '#ffffff'],
  ])('has text on %s in %s, the easier to read', (accent, ink) => {
    expect(read({ HUB_BRAND_ACCENT: accent }).accent).toEqual({ colour: accent.toLowerCase(), ink });
  });

  it.each(['red', '#fff', '#0b5ff', '0b5fff', '#0b5fff; }'])('takes no accent %s', (accent) => {
    expect(faultOf(() => read({ HUB_BRAND_ACCENT: accent }))).toContain('six hexadecimal digits');
  });

  it('takes no accent on which no text can be read', () => {
    expect(faultOf(() => read({ HUB_BRAND_ACCENT: '#757a8c' }))).toContain('must be darker or lighter');
  });

  it.each(['', ' ', 'a\nb', 'x'.repeat(41)].slice(1))('takes no name %j', (name) => {
    expect(faultOf(() => read({ HUB_BRAND_NAME: name }))).toContain('1 to 40 printable characters');
  });

  it('knows SVG and PNG images by what they hold', () => {
    expect(open(SVG)).toMatchObject({ logo: { type: 'image/svg+xml' }, logoUrl: '/consents/my/logo' });
    expect(open(PNG).logo?.type).toBe('image/png');
  });

  it.each([
    ['a page', '<!doctype html><svg></svg>', 'SVG or PNG'],
    ['an empty file', '', 'SVG or PNG'],
    ['a file of more than 100 KiB', Buffer.concat([PNG, Buffer.alloc(100 * 1024)]), '100 KiB'],
  ])('takes no logo of %s', (_what, content, fault) => {
    expect(faultOf(() => open(content))).toContain(fault);
  });

  it('takes no logo that cannot be read', () => {
    const settings = read({ HUB_BRAND_LOGO_FILE: join(folder, 'missing') });
    expect(faultOf(() => openPageBrand(settings, ''))).toBe(
      'HUB_BRAND_LOGO_FILE must be a file that the hub can read',
    );
  });

  it('allows on the pages its own style, its logo and nothing else', () => {
    const plain = openPageBrand(read({}), '');
    const branded = openPageBrand(read({ HUB_BRAND_ACCENT: '#0b5fff' }), '');
    expect(plain.policy).toMatch(/^default-src 'none'; style-src 'sha256-[^ ]+'; base-uri/);
    expect(branded.policy).toMatch(/; style-src 'sha256-[^ ]+' 'sha256-[^ ]+'; base-uri/);
    expect(open(SVG).formPolicy).toMatch(/; img-src 'self'; base-uri 'none'; form-action 'self'; /);
    expect(open(SVG).policy).toMatch(/; form-action 'none'; /);
  });
});
