import { randomBytes } from 'node:crypto';
import { NONCE_BYTES } from './envelope.js';

/** One draw costs about as much as an encryption, for any length. */
const DRAWN_AT_ONCE = 256;

/** Random nonces, drawn many at a time; none is given twice. */
export class Nonces {
  private drawn = Buffer.alloc(0);
  private used = 0;

  next(): Buffer {
    if (this.used === this.drawn.length) {
      // A new one each time: those that were given away still lie in the last.
      this.drawn = randomBytes(DRAWN_AT_ONCE * NONCE_BYTES);
      this.used = 0;
    }
    return this.drawn.subarray(this.used, (this.used += NONCE_BYTES));
  }
}
