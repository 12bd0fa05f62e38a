import type { FastifyReply } from 'fastify';
import type { AccessToken } from './token-hand-out.service.js';
import { toAccessTokenView, type AccessTokenView } from './access-token.view.js';

/** For the description of the API: the header ETag of an answer with a token. */
export const entityTag = (description: string, example: string) => ({
  ETag: {
    description: `${description}. Send it as \`If-None-Match\` next time.`,
    required: true,
    schema: { type: 'string', example },
  },
});

/** For the description of the API: the request header that makes 304 possible. */
export const IF_NONE_MATCH = {
  name: 'If-None-Match',
  required: false,
  description: 'ETag of the token that you hold; several, joined by commas; or `*`',
  schema: { type: 'string', example: '"3"' },
};

/** For the description of the API: the answer 304. */
export const NOT_MODIFIED = {
  status: 304,
  description: 'The token that you hold is still the one, and lasts as long as asked',
};

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
