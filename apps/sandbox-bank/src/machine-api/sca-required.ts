import { BANK_ERROR, type BankErrorRow, type Scope } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../model/settings/assumptions.js';
import { Refusal } from './refusal.error.js';

interface ScaUrl {
  readonly url: string;
  readonly scope: Scope;
  /** Whether the description names it too, whatever the bank is set up to. */
  readonly isDescribed?: boolean;
  /** Further fields of the body. */
  readonly fields?: Readonly<Record<string, string>>;
}

const describing = (row: BankErrorRow, url: string): BankErrorRow => {
  const description = `${row.description} ${url}`;
  return { ...row, description, ...(row.numeric && { numeric: { ...row.numeric, description } }) };
};

/** The refusal that says where to send the PSU; the TPP adds its `state` there (bank pages "flows": accounts, payments). */
export function scaRequired(
  { url, scope, isDescribed = false, fields = {} }: ScaUrl,
  assumptions: Assumptions,
): Refusal {
  const isField = assumptions.sca_url === 'url_field';
  const row = isDescribed || !isField ? describing(BANK_ERROR.scaRequired, url) : BANK_ERROR.scaRequired;
  return new Refusal(row, { scope, fields: { ...(isField && { url }), ...fields } });
}
