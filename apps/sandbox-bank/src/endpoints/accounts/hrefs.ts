/** Relative, as recorded. */
export const accountHref = (logicalId: string): string => `/accounts/${logicalId}`;

export const transactionsHref = (logicalId: string, next?: string): string =>
  `${accountHref(logicalId)}/transactions${next === undefined ? '' : `?next=${next}`}`;
