import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@consent-hub/psd2-protocol';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether the header `Authorization` carries this token; the comparison takes as long for every other one. */
export const carriesToken = (authorization: string | undefined, token: Secret): boolean => {
  const sent = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(sent), digest(token.reveal()));
};
