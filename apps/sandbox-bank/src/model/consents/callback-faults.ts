import { Injectable } from '@nestjs/common';
import type { Brand } from '@consent-hub/psd2-protocol';
import type { CallbackParameters } from './callback.js';
import { FaultRepository } from '../faults/fault.repository.js';
import { CALLBACK, type FaultName } from '../faults/faults.js';

/** The faults of the browser's way back to the TPP. */
@Injectable()
export class CallbackFaults {
  constructor(private readonly faults: FaultRepository) {}

  /** What the browser carries back, after the fault that is set for it, if any. The decision itself stands. */
  async strike(brand: Brand, parameters: CallbackParameters): Promise<CallbackParameters> {
    const { state, ...explained } = parameters;
    const canLoseState = parameters.error !== undefined && state !== undefined;
    const names: FaultName[] = canLoseState ? ['bare_return', 'no_state_on_error'] : ['bare_return'];
    const [taken] = await this.faults.take({ endpoints: [CALLBACK], brand }, names, 1);
    switch (taken?.name) {
      case 'bare_return':
        return { state };
      case 'no_state_on_error':
        return explained;
      default:
        return parameters;
    }
  }
}
