/** For the description of the API: an answer for a person. */
export const describedPage = (status: number, description: string) => ({
  status,
  description: `A page in the language of the PSU: ${description}`,
  content: { 'text/html': { schema: { type: 'string', example: '<!doctype html>' } } },
});

export const METHOD_REFUSED_PAGE = {
  ...describedPage(405, 'Asked by HEAD, as scanners of links do; nothing was used up'),
  headers: { Allow: { $ref: '#/components/headers/Allow' } },
};
