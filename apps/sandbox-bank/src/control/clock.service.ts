import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { ClockRepository, type ClockReading } from '../model/clock/clock.repository.js';

export interface ClockBody {
  readonly now: string;
  readonly ahead_seconds: number;
}

/** Lets the bank's time pass. */
@Injectable()
export class ClockService {
  constructor(private readonly clock: ClockRepository) {}

  async show(): Promise<ClockBody> {
    return toBody(await this.clock.read());
  }

  /** @throws Problem when it would be too far ahead */
  async advance(seconds: number): Promise<ClockBody> {
    const reading = await this.clock.advance(seconds);
    if (reading) return toBody(reading);
    throw new Problem({
      status: 409,
      code: 'clock_too_far',
      detail: 'The bank’s clock can be 100 years ahead and no more. POST /sandbox/reset sets it back.',
    });
  }
}

const toBody = ({ now, aheadSeconds }: ClockReading): ClockBody => ({
  now: now.toISOString(),
  ahead_seconds: aheadSeconds,
});
