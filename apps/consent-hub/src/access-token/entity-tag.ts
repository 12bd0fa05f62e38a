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
