import { BRANDS, perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const STEP_SECONDS = 1_800;
/** Half hours of a day. */
const DUE_STEPS = 48;

/** How many pairs become due in each half hour of the next day. What is due already is not among them. */
export interface DueCurve {
  readonly asOf: Date;
  readonly stepSeconds: number;
  /** By brand, one count a step. */
  readonly counts: Readonly<Record<Brand, readonly number[]>>;
}

/** Of each brand one stretch of the index of due times. */
export const DUE_CURVE = `
  SELECT now() AS "asOf", b.brand, due.step, coalesce(due.count, 0) AS count
    FROM unnest($1::text[]) AS b (brand)
    LEFT JOIN LATERAL (
      SELECT least(floor(extract(epoch FROM t.refresh_due_at - now()) / ${STEP_SECONDS}), ${DUE_STEPS - 1})::integer AS step,
             count(*)::double precision AS count
        FROM hub.token_pair t
       WHERE t.brand = b.brand AND t.refresh_due_at > now()
         AND t.refresh_due_at <= now() + make_interval(secs => ${STEP_SECONDS * DUE_STEPS})
       GROUP BY 1
    ) due ON true`;

interface Row {
  readonly asOf: Date;
  readonly brand: Brand;
  readonly step: number | null;
  readonly count: number;
}

/** Reads every due time of the next day from the index: ask it rarely. */
@Injectable()
export class DueCurveQuery {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<DueCurve> {
    const rows = await this.dataSource.query<Row[]>(DUE_CURVE, [BRANDS]);
    const countsOf = (brand: Brand): number[] => {
      const counts = Array<number>(DUE_STEPS).fill(0);
      for (const row of rows) if (row.brand === brand && row.step !== null) counts[row.step] = row.count;
      return counts;
    };
    return {
      asOf: rows[0]?.asOf ?? new Date(),
      stepSeconds: STEP_SECONDS,
      counts: perBrand(countsOf),
    };
  }
}
