import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

export interface ClockReading {
  readonly now: Date;
  /** How far the bank's clock is ahead of the machine's. */
  readonly aheadSeconds: number;
}

/** A hundred years. Later dates would not fit into the date types of programs. */
const FURTHEST_AHEAD_SECONDS = 3_153_600_000;

const READING = `now() + ahead AS now, extract(epoch FROM ahead)::float8 AS "aheadSeconds"`;

/** The bank's clock, which dates everything that the bank issues. It runs with the machine's clock, and can be advanced. */
@Injectable()
export class ClockRepository {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<ClockReading> {
    const [reading] = await this.dataSource.query<[ClockReading]>(`SELECT ${READING} FROM bank.clock`);
    return reading;
  }

  /** The day in the bank's time zone, in ISO 8601. */
  async today(): Promise<string> {
    const [{ today }] = await this.dataSource.query<[{ today: string }]>(
      `SELECT bank.today()::text AS today`,
    );
    return today;
  }

  /** Null, and nothing has changed, when it would be more than 100 years ahead. */
  async advance(seconds: number): Promise<ClockReading | null> {
    const [reading] = await this.dataSource.query<ClockReading[]>(
      `WITH advanced AS (
         UPDATE bank.clock SET ahead = ahead + make_interval(secs => $1::float8)
          WHERE extract(epoch FROM ahead) + $1::float8 <= $2::float8
         RETURNING ahead
       )
       SELECT ${READING} FROM advanced`,
      [seconds, FURTHEST_AHEAD_SECONDS],
    );
    return reading ?? null;
  }

  /** Sets the bank's clock to the machine's. */
  async reset(within: EntityManager): Promise<void> {
    await within.query(`UPDATE bank.clock SET ahead = '0'`);
  }
}
