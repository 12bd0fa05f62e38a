import { randomFillSync } from 'node:crypto';
import { NONCE_BYTES } from './envelope.js';

/** One draw costs about as much as an encryption, whatever its length. */
const DRAWN_AT_ONCE = 256;

/** Random nonces, drawn many at a time; none is given twice. */
export class Nonces {
  private readonly drawn = Buffer.alloc(DRAWN_AT_ONCE * NONCE_BYTES);
  private used = this.drawn.length;

  /** A copy: the next draw overwrites this one's place. */
  next(): Buffer {
    if (this.used === this.drawn.length) {
      randomFillSync(this.drawn);
      this.used = 0;
    }
    const nonce = Buffer.from(this.drawn.subarray(this.used, this.used + NONCE_BYTES));
    this.used += NONCE_BYTES;
    return nonce;
  }
}
