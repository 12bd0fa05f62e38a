import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 12_288;

/** Ids of traces and spans (W3C Trace Context: 16 and 8 random bytes), drawn in blocks: a fraction of the price of the SDK's. */
export class IdPool {
  private readonly bytes = Buffer.alloc(POOL_BYTES);
  private digits = '';
  private next = 0;

  readonly generateTraceId = (): string => this.draw(16);
  readonly generateSpanId = (): string => this.draw(8);

  private draw(length: number): string {
    const end = this.next + 2 * length;
    if (end > this.digits.length) {
      this.digits = randomFillSync(this.bytes).toString('hex');
      this.next = 0;
      return this.draw(length);
    }
    const id = this.digits.slice(this.next, end);
    this.next = end;
    // All zeros would be no id.
    return /[1-9a-f]/.test(id) ? id : this.draw(length);
  }
}
