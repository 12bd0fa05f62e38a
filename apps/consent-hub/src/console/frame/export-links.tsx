import type { JSX } from 'preact';
import { EXPORT_FORMATS, type ExportFormat } from './export.js';

/** A link for each format of an export. */
export const ExportLinks = ({
  addressOf,
}: {
  readonly addressOf: (format: ExportFormat) => string;
}): JSX.Element => (
  <>
    {(Object.keys(EXPORT_FORMATS) as ExportFormat[]).map((format) => (
      <a key={format} class="chip" href={addressOf(format)}>
        Export {format.toUpperCase()}
      </a>
    ))}
  </>
);
