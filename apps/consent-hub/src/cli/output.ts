/** Characters that could move the cursor or colour a terminal, written so that they cannot. */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Columns as wide as their widest cell; null is a dash. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const lines = [
    titles,
    ...rows.map((row) => row.map((cell) => (cell === null ? '-' : printable(String(cell))))),
  ];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** One fact a line; what is not known is left out. */
export function facts(of: Readonly<Record<string, string | number | null | undefined>>): string {
  const known = Object.entries(of).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}\n`).join('');
}

/** "1 consent", "2 consents". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
