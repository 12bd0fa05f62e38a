import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';

/** Whether the PSU asked for it just now; an empty parameter means no (bank page "reference": accounts). */
export function isPsuInvolved(request: MachineRequest): boolean {
  const input = 'psu_involved';
  const value = request.optionalQuery(input)?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') throw new Refusal(BANK_ERROR.invalidInput, { input });
  return value === 'true';
}
