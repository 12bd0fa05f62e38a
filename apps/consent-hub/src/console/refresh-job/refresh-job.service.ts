import { DueCurveQuery, HubFigures, type DueCurve, type Figures } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { InstanceRunsService, type InstanceRuns } from '../instances/instance-runs.service.js';
import { Cached } from '../overview/cached.js';

export interface RefreshJobFigures {
  readonly figures: Figures;
  readonly curve: DueCurve;
  readonly instances: InstanceRuns;
}

/** Every due time of the next day is read for the curve. */
const CURVE_FRESH_MS = 60_000;
const CURVE_STALE_MS = 3_600_000;

/** What the scheduled refreshes have to do, read once for all who look. */
@Injectable()
export class RefreshJobService {
  private readonly curve = new Cached(() => this.due.read(), CURVE_FRESH_MS, CURVE_STALE_MS);

  constructor(
    private readonly figures: HubFigures,
    private readonly due: DueCurveQuery,
    private readonly instances: InstanceRunsService,
  ) {}

  async read(): Promise<RefreshJobFigures> {
    const [figures, curve, instances] = await Promise.all([
      this.figures.read(),
      this.curve.read(),
      this.instances.read(),
    ]);
    return { figures, curve, instances };
  }
}
