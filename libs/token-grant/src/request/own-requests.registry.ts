import { Injectable } from '@nestjs/common';
import type { OpenRequest } from './reserved-request.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

interface Sent {
  readonly request: OpenRequest;
  /** When its answer came, by the monotonic clock; null before. */
  answeredAt: number | null;
  /** No call in this process works on it any more, and it is not settled. */
  isLeft: boolean;
}

/** ReservationService that were cut off and may yet turn up in the journal: more than any outage leaves. */
const MOST_CUT_OFF = 10_000;

/** The requests of this process that have not ended, and what it must remember of those that have. */
@Injectable()
export class OwnRequests {
  private readonly reserved = new Set<string>();
  private readonly sent = new Map<string, Sent>();
  /** Never sent: the statement that was to reserve or give back was cut off, and may have been carried out all the same. */
  private readonly cutOff = new Set<string>();
  private readonly doubts = new Map<string, { readonly request: OpenRequest; readonly since: number }>();

  /** With the name of this process in the journal, and the length of its leases. */
  constructor(readonly settings: TokenGrantSettings) {}

  /** Before the statement that reserves them. */
  reserve(ids: Iterable<string>): void {
    for (const id of ids) this.reserved.add(id);
  }

  /** The database has said that they are not reserved. */
  release(ids: Iterable<string>): void {
    for (const id of ids) this.reserved.delete(id);
  }

  /** Not sent, and what the database made of it is unknown. */
  abandon(ids: Iterable<string>): void {
    for (const id of ids) {
      this.reserved.delete(id);
      this.cutOff.add(id);
    }
    for (const id of this.cutOff) {
      if (this.cutOff.size <= MOST_CUT_OFF) break;
      this.cutOff.delete(id);
    }
  }

  /** Right before the call. */
  send(request: OpenRequest): void {
    this.reserved.delete(request.id);
    this.sent.set(request.id, { request, answeredAt: null, isLeft: false });
  }

  /** The bank has answered, and that is yet to be settled. */
  answered({ id }: Pick<OpenRequest, 'id'>): void {
    const sent = this.sent.get(id);
    if (sent) sent.answeredAt = performance.now();
  }

  settled({ id }: Pick<OpenRequest, 'id'>): void {
    this.sent.delete(id);
  }

  /** It has ended in doubt: until its lease ends, no process may spend its pair, on any server. */
  doubted(request: OpenRequest): void {
    this.sent.delete(request.id);
    this.doubts.set(request.id, { request, since: performance.now() });
  }

  /** Work on it has ended by an error: what it left is seen to by the next sweep. */
  leave({ id }: Pick<OpenRequest, 'id'>): void {
    this.reserved.delete(id);
    const sent = this.sent.get(id);
    if (sent) sent.isLeft = true;
  }

  /** Calls under way, and answers that are being settled. */
  underWay(): OpenRequest[] {
    return [...this.sent.values()].map(({ request }) => request);
  }

  /** Requests that ended in doubt, and whose leases run. */
  inDoubt(): OpenRequest[] {
    const oldest = performance.now() - this.settings.leaseSeconds * 1000;
    for (const [id, { since }] of this.doubts) if (since < oldest) this.doubts.delete(id);
    return [...this.doubts.values()].map(({ request }) => request);
  }

  /** Whether a call in this process works on it. */
  isWorkedOn(id: string): boolean {
    return this.reserved.has(id) || this.sent.get(id)?.isLeft === false;
  }

  /** Whether it is about to be sent, or was sent and is not settled. */
  isOpen(id: string): boolean {
    return this.reserved.has(id) || this.sent.has(id);
  }

  isCutOff(id: string): boolean {
    return this.cutOff.has(id);
  }

  /** Sent, not settled, and no call in this process works on it. */
  left(): OpenRequest[] {
    return [...this.sent.values()].filter(({ isLeft }) => isLeft).map(({ request }) => request);
  }

  /** Answers that are not settled yet: how many, and for how many seconds the oldest waits. */
  unsettled(): { count: number; oldestSeconds: number } {
    const since = [...this.sent.values()].flatMap(({ answeredAt }) => answeredAt ?? []);
    const oldest = since.length > 0 ? performance.now() - Math.min(...since) : 0;
    return { count: since.length, oldestSeconds: oldest / 1000 };
  }
}
