import { InstanceHistory, type InstanceRun } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { Cached } from '../overview/cached.js';

/** The processes of the last day, as the pages show them. */
export interface InstanceRuns {
  readonly asOf: Date;
  readonly runs: readonly InstanceRun[];
}

const FRESH_MS = 2_000;

/** Reads the processes once for all who look. */
@Injectable()
export class InstanceRunsService {
  private readonly cached = new Cached(() => this.load(), FRESH_MS);

  constructor(private readonly history: InstanceHistory) {}

  read(): Promise<InstanceRuns> {
    return this.cached.read();
  }

  private async load(): Promise<InstanceRuns> {
    const asOf = new Date();
    return { asOf, runs: await this.history.runs() };
  }
}
