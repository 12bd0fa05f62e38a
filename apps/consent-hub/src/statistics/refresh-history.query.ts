import { RefreshHistory, type RefreshCount } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const OF_LAST = `
  SELECT hour, brand, outcome, count::double precision AS count FROM hub.refresh_tally
   WHERE hour > now() - make_interval(hours => $1) ORDER BY hour, brand, outcome`;

/** Refreshes as they were added up by the hour. */
@Injectable()
export class RefreshHistoryQuery extends RefreshHistory {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override ofLast(hours: number): Promise<readonly RefreshCount[]> {
    return this.dataSource.query<RefreshCount[]>(OF_LAST, [hours]);
  }
}
