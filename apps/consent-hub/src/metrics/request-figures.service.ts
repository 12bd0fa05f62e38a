import { RequestFigures, type CountedRequests } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { RequestDurationsHook } from './request-durations.hook.js';

@Injectable()
export class RequestFiguresService extends RequestFigures {
  constructor(private readonly requests: RequestDurationsHook) {
    super();
  }

  override byClient(): ReadonlyMap<string, CountedRequests> {
    return this.requests.durations.countsByClient();
  }
}
