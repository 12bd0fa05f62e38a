import { UI_LANGUAGES } from '../ui-language.js';
import { TEXTS } from './dictionaries.js';

/** Every text with its place; a text with blanks is filled with the names of the blanks. */
const texts = (node: unknown, place = ''): [string, string][] => {
  if (typeof node === 'string') return [[place, node]];
  if (typeof node === 'function') return texts(filled(node), place);
  return Object.entries(node as object).flatMap(([name, value]) => texts(value, `${place}/${name}`));
};
const filled = (text: unknown): unknown => (text as (...blanks: string[]) => string)('{first}', '{second}');

const THE_SAME_IN_SEVERAL = /^\/(steps\/1|lastStep\/payment|logIn\/holdsAccount|payment\/labels\/bic)$/;

describe('the texts of the pages', () => {
  it.each(UI_LANGUAGES)('are all there in %s, without blanks at their ends', (language) => {
    for (const [place, text] of texts(TEXTS[language])) {
      if (place === '/errorPrefix') continue;
      expect([place, text.trim()]).toEqual([place, text]);
      expect([place, text.length]).not.toEqual([place, 0]);
    }
  });

  it('are translated: no text is the same in two languages', () => {
    const [fr, nl, en] = UI_LANGUAGES.map((language) => new Map(texts(TEXTS[language])));
    for (const [place, text] of fr ?? []) {
      if (THE_SAME_IN_SEVERAL.test(place)) continue;
      expect([place, text]).not.toEqual([place, nl?.get(place)]);
      expect([place, text]).not.toEqual([place, en?.get(place)]);
    }
  });

  it('fill in the same blanks in every language', () => {
    const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    const [first, ...others] = UI_LANGUAGES.map((language) =>
      texts(TEXTS[language]).map(([place, text]) => [place, blanks(text)]),
    );
    for (const other of others) expect(other).toEqual(first);
  });
});
