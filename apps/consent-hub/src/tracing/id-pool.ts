import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 12_288;

/** Ids of traces and spans (W3C Trace Context: 16 and 8 random bytes), drawn in blocks: a third of the price of the SDK's. */
export class IdPool {
  private readonly bytes = Buffer.alloc(POOL_BYTES);
  private next = POOL_BYTES;

  readonly generateTraceId = (): string => this.draw(16);
  readonly generateSpanId = (): string => this.draw(8);

  private draw(length: number): string {
    if (this.next + length > POOL_BYTES) {
      randomFillSync(this.bytes);
      this.next = 0;
    }
    const id = this.bytes.toString('hex', this.next, this.next + length);
    this.next += length;
    // All zeros would be no id.
    return /[1-9a-f]/.test(id) ? id : this.draw(length);
  }
}
