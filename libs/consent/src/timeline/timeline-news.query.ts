import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A consent, and the moment up to which its timeline is known. */
export interface KnownTimeline {
  readonly consentId: string;
  /** ISO 8601 in UTC, with microseconds: the entry of what was done at that moment may be a few of them older. */
  readonly until: string;
}

/** The timeline is divided by time: of each consent only what is later is looked at. */
const WITH_NEWS = `
  SELECT given.consent_id FROM unnest($1::uuid[], $2::timestamptz[]) AS given (consent_id, until)
   WHERE EXISTS (SELECT FROM hub.consent_event e
                  WHERE e.consent_id = given.consent_id AND e.at > given.until AND e.at > $3::timestamptz OFFSET 0)`;

/** Tells in whose timelines something new stands. */
@Injectable()
export class TimelineNews {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns those of the consents that have a later entry */
  async since(known: readonly KnownTimeline[]): Promise<ReadonlySet<string>> {
    if (known.length === 0) return new Set();
    const [oldest] = known.map(({ until }) => until).sort();
    const rows = await this.dataSource.query<{ consent_id: string }[]>(WITH_NEWS, [
      known.map(({ consentId }) => consentId),
      known.map(({ until }) => until),
      oldest,
    ]);
    return new Set(rows.map(({ consent_id: id }) => id));
  }
}
