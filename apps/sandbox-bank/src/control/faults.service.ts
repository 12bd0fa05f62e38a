import { Injectable } from '@nestjs/common';
import { Problem, type InputFault } from '@consent-hub/platform';
import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import { FaultRepository, type Fault } from '../model/faults/fault.repository.js';
import { endpointOf, MACHINE_ENDPOINTS } from '../model/faults/fault-endpoints.js';
import { LedgerRepository } from '../model/consents/ledger.repository.js';
import {
  ANY_ENDPOINT,
  CALLBACK,
  FAULT_NAMES,
  FAULTS,
  TOKEN_ENDPOINT,
  type FaultName,
} from '../model/faults/faults.js';
import type { FaultRequest } from './fault.request.js';

const SLOW_MS = 5_000;

/** One fault as the control calls show it. */
export interface FaultBody {
  readonly name: FaultName;
  readonly endpoint: string;
  readonly brand: Brand | null;
  readonly grant_type: GrantType | null;
  readonly delay_ms: number | null;
  readonly field: string | null;
  /** Null: until it is deleted. */
  readonly times: number | null;
  /** How often it will still be applied; null: until it is deleted. */
  readonly remaining: number | null;
  readonly struck: number;
}

export interface FaultListBody {
  readonly items: readonly FaultBody[];
}

/** A kind of fault, and its outcome. */
export interface FaultOutcomeBody {
  readonly name: FaultName;
  readonly does: string;
  readonly expected: string;
  /** Whether it waits for a call. */
  readonly is_set: boolean;
  /** How often it was applied. */
  readonly strikes: number;
  /** Since it was applied first. */
  readonly double_spends: number;
  readonly probes: number;
}

export interface OutcomesBody {
  readonly double_spends: number;
  readonly probes_after_lost_answer: number;
  /** Of all faults together. */
  readonly strikes: number;
  readonly faults: readonly FaultOutcomeBody[];
}

/** Sets and clears the faults of the bank. */
@Injectable()
export class FaultsService {
  constructor(
    private readonly faults: FaultRepository,
    private readonly ledger: LedgerRepository,
  ) {}

  async list(): Promise<FaultListBody> {
    return { items: (await this.faults.list()).map(toBody) };
  }

  /** @throws Problem that lists the allowed values, when the fault cannot be set at this endpoint or with these options */
  async set(request: FaultRequest): Promise<FaultListBody> {
    const kind = FAULTS[request.name];
    const endpoint = request.endpoint === undefined ? kind.endpoint : endpointOf(request.endpoint);
    if (endpoint === null || !placesOf(request.name).accepts(endpoint)) {
      throw refusal([{ field: 'endpoint', detail: `must be ${placesOf(request.name).text}` }]);
    }
    const faults = misplacedOptions(request, endpoint);
    if (faults.length > 0) throw refusal(faults);
    await this.faults.set({
      name: request.name,
      endpoint,
      brand: request.brand ?? null,
      grantType: request.grant_type ?? null,
      times: request.times ?? null,
      delayMs: request.delay_ms ?? (request.name === 'slow' ? SLOW_MS : null),
      field: request.field ?? null,
    });
    return this.list();
  }

  /** Every kind of fault, the ones that were applied with what was counted since. */
  async outcomes(): Promise<OutcomesBody> {
    const [set, outcomes, totals] = await Promise.all([
      this.faults.list(),
      this.faults.outcomes(),
      this.ledger.totals(),
    ]);
    const waiting = new Set(set.filter(({ remaining }) => remaining !== 0).map(({ name }) => name));
    const known = new Map(outcomes.map((each) => [each.name, each]));
    return {
      double_spends: totals.doubleSpends,
      probes_after_lost_answer: totals.probesAfterLostAnswer,
      strikes: outcomes.reduce((sum, { strikes }) => sum + strikes, 0),
      faults: FAULT_NAMES.map((name) => ({
        ...{ name, does: FAULTS[name].does, expected: FAULTS[name].expected, is_set: waiting.has(name) },
        strikes: known.get(name)?.strikes ?? 0,
        double_spends: known.get(name)?.doubleSpends ?? 0,
        probes: known.get(name)?.probes ?? 0,
      })),
    };
  }

  async clear(which: { name?: FaultName; id?: string } = {}): Promise<FaultListBody> {
    await this.faults.clear(which);
    return this.list();
  }
}

interface Places {
  readonly text: string;
  accepts(endpoint: string): boolean;
}

function placesOf(name: FaultName): Places {
  const { endpoint, elsewhere } = FAULTS[name];
  return elsewhere
    ? {
        text: `one of ${[ANY_ENDPOINT, ...MACHINE_ENDPOINTS].join(', ')}`,
        accepts: (each) => each !== CALLBACK,
      }
    : { text: endpoint, accepts: (each) => each === endpoint };
}

function misplacedOptions(
  { name, grant_type, delay_ms, field }: FaultRequest,
  endpoint: string,
): InputFault[] {
  const faults: InputFault[] = [];
  if (grant_type !== undefined && endpoint !== TOKEN_ENDPOINT && endpoint !== ANY_ENDPOINT)
    faults.push({ field: 'grant_type', detail: `belongs to ${TOKEN_ENDPOINT} only` });
  if (delay_ms !== undefined && FAULTS[name].moment === 'return')
    faults.push({ field: 'delay_ms', detail: 'belongs to the faults of machine endpoints only' });
  if (field !== undefined && name !== 'missing_field')
    faults.push({ field: 'field', detail: 'belongs to missing_field only' });
  return faults;
}

const refusal = (errors: readonly InputFault[]): Problem =>
  new Problem({
    status: 400,
    code: 'invalid_input',
    detail: `The fault cannot be set: ${errors.map(({ field, detail }) => `${field} ${detail}`).join('; ')}.`,
    errors,
  });

const toBody = (fault: Fault): FaultBody => ({
  name: fault.name,
  endpoint: fault.endpoint,
  brand: fault.brand,
  grant_type: fault.grantType,
  delay_ms: fault.delayMs,
  field: fault.field,
  times: fault.times,
  remaining: fault.remaining,
  struck: fault.struck,
});
