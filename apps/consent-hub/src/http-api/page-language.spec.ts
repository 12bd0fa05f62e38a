import { preferredLanguage } from './page-language.js';

describe('the language of a page', () => {
  it.each([
    ['fr', 'fr'],
    ['nl-BE', 'nl'],
    ['FR-be,fr;q=0.9,en;q=0.8', 'fr'],
    ['de-DE,de;q=0.9,nl;q=0.8,en;q=0.7', 'de'],
    ['es-ES,es;q=0.9,nl;q=0.8,en;q=0.7', 'nl'],
    ['en;q=0.5, nl;q=0.7', 'nl'],
    ['fr;q=0, nl;q=0.1', 'nl'],
    ['en-GB,fr;q=0.9', 'en'],
    ['de', 'de'],
    ['es', 'en'],
    ['frisian', 'en'],
    ['*', 'en'],
    ['fr;q=high', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('for %j is %s', (accepted, language) => {
    expect(preferredLanguage(accepted)).toBe(language);
  });
});
