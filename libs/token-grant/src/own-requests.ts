import { Injectable } from '@nestjs/common';
import type { OpenRequest } from './reserved-request.js';

interface Sent {
  readonly request: OpenRequest;
  /** When its answer came, by the monotonic clock; null before. */
  answeredAt: number | null;
  /** Nobody in this process works on it any more, and it is not settled. */
  isLeft: boolean;
}

/**
 * The requests of this process that have not ended. What stands in the journal under this process's name and is not among
 * them was never sent: a reservation whose statement was cut off, or that could not be given back.
 */
@Injectable()
export class OwnRequests {
  private readonly reserved = new Set<string>();
  private readonly sent = new Map<string, Sent>();

  /** Before the statement that reserves them. */
  reserve(ids: Iterable<string>): void {
    for (const id of ids) this.reserved.add(id);
  }

  /** Not reserved after all, or given back. */
  release(ids: Iterable<string>): void {
    for (const id of ids) this.reserved.delete(id);
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

  /** Whether somebody in this process works on it. */
  isWorkedOn(id: string): boolean {
    return this.reserved.has(id) || this.sent.get(id)?.isLeft === false;
  }

  ids(): string[] {
    return [...this.reserved, ...this.sent.keys()];
  }

  /** Sent, not settled, and worked on by nobody. */
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
