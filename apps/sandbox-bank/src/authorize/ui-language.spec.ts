import { preferredLanguage } from './ui-language.js';

describe('the language of a page whose address names none', () => {
  it.each([
    ['nl-BE,nl;q=0.9,fr;q=0.8', 'nl'],
    ['de,fr;q=0.5', 'fr'],
    ['FR', 'fr'],
    ['de', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('%j asks for it: %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });
});
