import { Injectable, NotFoundException } from '@nestjs/common';
import { createValidationPipe, Problem } from '@consent-hub/platform';
import { Matches } from 'class-validator';
import { BankResetService } from '../../model/bank-reset.service.js';
import { ClockRequest, WithdrawalRequest } from '../control.request.js';
import { ControlService } from '../control.service.js';
import { CustomersService } from '../customers.service.js';
import { FaultRequest } from '../fault.request.js';
import { FaultsService } from '../faults.service.js';
import { isFormName, type FormName, type RefusedForm } from './control-page.js';

/** Which fault; none for all. */
class ClearForm {
  @Matches(/^\d{0,18}$/)
  fault: string = '';
}

class WithdrawalForm extends WithdrawalRequest {
  @Matches(/^[a-z0-9-]+$/)
  psu: string;
}

class ResetForm {}

/** Carries out the forms of the page, by the same rules as the JSON calls. */
@Injectable()
export class ControlFormsService {
  private readonly validation = createValidationPipe();

  constructor(
    private readonly faults: FaultsService,
    private readonly control: ControlService,
    private readonly customers: CustomersService,
    private readonly bank: BankResetService,
  ) {}

  /** Null when the form was taken; else what is wrong with it. */
  async submit(form: string, body: unknown): Promise<RefusedForm | null> {
    if (!isFormName(form)) throw new NotFoundException();
    const values = filledIn(body);
    try {
      await this.act(form, values);
      return null;
    } catch (error) {
      if (!(error instanceof Problem) || error.details.status >= 500) throw error;
      const { detail, errors = [] } = error.details;
      return { form, values, detail, errors };
    }
  }

  private async act(form: FormName, values: Record<string, unknown>): Promise<unknown> {
    switch (form) {
      case 'faults':
        return this.faults.set(await this.read(FaultRequest, values));
      case 'clear': {
        const { fault } = await this.read(ClearForm, values);
        return this.faults.clear(fault === '' ? {} : { id: fault });
      }
      case 'clock':
        return this.control.advanceClock((await this.read(ClockRequest, values)).advance_seconds);
      case 'withdrawals': {
        const { psu, ...which } = await this.read(WithdrawalForm, values);
        return this.customers.withdraw(psu, which);
      }
      case 'reset':
        await this.read(ResetForm, values);
        return this.bank.empty();
    }
  }

  private read<Form>(metatype: new () => Form, values: Record<string, unknown>): Promise<Form> {
    return this.validation.transform(values, { type: 'body', metatype }) as Promise<Form>;
  }
}

const NUMBERS = ['times', 'delay_ms', 'advance_seconds'];

/** A field that is left empty is left out, and the fields that are numbers are read as such. */
function filledIn(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  const pairs = Object.entries(body).filter(([, value]) => value !== '');
  return Object.fromEntries(pairs.map(([name, value]) => [name, valueOf(name, value)]));
}

const valueOf = (name: string, value: unknown): unknown =>
  NUMBERS.includes(name) && typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
