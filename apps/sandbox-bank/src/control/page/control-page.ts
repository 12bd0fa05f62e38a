import type { InputFault } from '@consent-hub/platform';
import type { Fault, FaultOutcome } from '../../model/faults/fault.repository.js';
import type { LedgerTotals, LivePair } from '../../model/consents/ledger.repository.js';
import type { AssumptionsBody, ClockBody } from '../control.service.js';
import type { CustomerBody } from '../customers.service.js';

/** The forms of the page; each has a path of its own. */
export const FORMS = ['faults', 'clear', 'clock', 'withdrawals', 'reset'] as const;
export type FormName = (typeof FORMS)[number];

/** Where the page's script is. */
export const LIVE_SCRIPT_PATH = '/sandbox/page/live.js';

export const formPath = (form: FormName): string => `/sandbox/page/${form}`;

/** The notice after a form was carried out. */
export const NOTICES = {
  faults: 'The fault is set.',
  clear: 'Cleared.',
  clock: 'The clock is put forward.',
  withdrawals: 'The consents are withdrawn: the next call of the TPP learns of it.',
  reset: 'The bank is empty.',
} as const satisfies Record<FormName, string>;

/** A form that was refused, with what was typed in. */
export interface RefusedForm {
  readonly form: FormName;
  readonly values: Readonly<Record<string, unknown>>;
  readonly detail: string;
  readonly errors: readonly InputFault[];
}

/** What the control page shows. */
export interface ControlPage {
  /** The origin of the bank, for the commands on the page. */
  readonly origin: string;
  readonly customers: readonly CustomerBody[];
  readonly pairs: readonly LivePair[];
  readonly totals: LedgerTotals;
  readonly faults: readonly Fault[];
  readonly outcomes: readonly FaultOutcome[];
  readonly clock: ClockBody;
  readonly assumptions: AssumptionsBody;
  /** The form that was just carried out. */
  readonly done: FormName | null;
  readonly refused: RefusedForm | null;
}

export const isFormName = (name: unknown): name is FormName => FORMS.some((each) => each === name);
