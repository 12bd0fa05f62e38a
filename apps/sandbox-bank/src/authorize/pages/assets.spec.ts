import { BRANDS } from '@consent-hub/psd2-protocol';
import { STYLESHEET } from './assets.js';

/** The variables of a rule by name. */
const variables = (selector: string): Record<string, string> => {
  const body = STYLESHEET.split(`${selector} {`)[1]?.split('}')[0] ?? '';
  const found = body.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6})/g);
  return Object.fromEntries([...found].map(([, name = '', colour = '']): [string, string] => [name, colour]));
};

/** WCAG 2.2, relative luminance. */
const luminance = (hex: string): number => {
  const digits = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(digits.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

describe.each([...BRANDS, 'none'])('the colours of %s', (brand) => {
  const colours: Record<string, string> = {
    white: '#fff',
    ...variables(':root'),
    ...variables(`[data-brand='${brand}']`),
  };

  it.each([
    ['ink', 'ground'],
    ['ink', 'brand-tint'],
    ['muted', 'ground'],
    ['muted', 'card'],
    ['muted', 'brand-tint'],
    ['brand', 'card'],
    ['brand', 'brand-tint'],
    ['brand-strong', 'card'],
    ['white', 'brand'],
    ['white', 'brand-strong'],
    ['danger', 'danger-tint'],
    ['danger', 'card'],
  ])('let %s on %s be read (WCAG 1.4.3)', (text, ground) => {
    expect(contrast(colours[text] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['edge', 'card'],
    ['brand', 'card'],
    ['brand', 'ground'],
  ])('let the edge %s on %s be seen (WCAG 1.4.11)', (edge, ground) => {
    expect(contrast(colours[edge] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(3);
  });
});

describe('the stylesheet', () => {
  it('loads nothing from elsewhere', () => {
    expect(STYLESHEET).not.toMatch(/url\(|@import/);
  });

  it('gives each brand a colour of its own', () => {
    const [one, other] = BRANDS.map((brand) => variables(`[data-brand='${brand}']`)['brand'] ?? '');
    expect(one).toMatch(/^#/);
    expect(other).not.toBe(one);
  });
});
