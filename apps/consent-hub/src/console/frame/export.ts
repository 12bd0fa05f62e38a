import { csvLine } from './csv.js';

/** Media type of each format; its name is the ending of the file. */
export const EXPORT_FORMATS = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

export const isExportFormat = (text: unknown): text is ExportFormat =>
  typeof text === 'string' && Object.hasOwn(EXPORT_FORMATS, text);

/** A row by the names of its columns. In CSV an object is a cell of JSON. */
export type ExportedRow = Readonly<Record<string, string | number | object | null>>;

/** The lines of an export, as its rows are read. */
export async function* exportLines(
  columns: readonly string[],
  batches: AsyncIterable<readonly ExportedRow[]>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns);
  for await (const rows of batches)
    yield rows
      .map((row) =>
        format === 'csv' ? csvLine(columns.map((column) => cellOf(row[column]))) : `${JSON.stringify(row)}\n`,
      )
      .join('');
}

const cellOf = (value: ExportedRow[string] = null): string | number | null =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

const LONGEST_NAME = 120;

/** `consents_state-failed_ended-from-2026-11-27t00-00.csv`: what is in the file, by the filter that found it. */
export function exportName(what: string, filter: Iterable<[string, string]>, format: ExportFormat): string {
  const parts = [what, ...[...filter].map(([name, value]) => `${name}-${value}`)];
  const name = parts
    .map((part) =>
      part
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, ''),
    )
    .join('_');
  return `${name.slice(0, LONGEST_NAME)}.${format}`;
}
