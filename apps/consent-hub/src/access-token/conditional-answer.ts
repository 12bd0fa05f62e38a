import type { FastifyReply } from 'fastify';
import type { AccessToken } from './access-token.service.js';
import { toAccessTokenView, type AccessTokenView } from './access-token.view.js';

/**
 * Answers with the token, or with 304 when the caller holds it already (RFC 9110, section 13.1.2) and it lasts as long as
 * was asked. Nothing on the way may keep the answer.
 */
export function answerUnlessKnown(
  reply: FastifyReply,
  token: AccessToken,
  tag: string,
  ifNoneMatch: string | undefined,
): AccessTokenView | undefined {
  void reply.headers({ etag: `"${tag}"`, 'cache-control': 'no-store' });
  if (token.isValidLongEnough && isNamed(tag, ifNoneMatch)) {
    void reply.status(304);
    return undefined;
  }
  return toAccessTokenView(token);
}

/** Compares weakly, as RFC 9110, section 13.1.2 has it; our tags hold neither commas nor quotes. */
const isNamed = (tag: string, ifNoneMatch = ''): boolean =>
  ifNoneMatch.split(',').some((candidate) => {
    const named = candidate.trim().replace(/^W\//, '');
    return named === '*' || named === `"${tag}"`;
  });
