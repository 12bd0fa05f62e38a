/** The URL, for sessions that may do what this role may and cannot become another one. */
export function asRole(url: string, role: string): string {
  const [address, query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('options', `${parameters.get('options') ?? ''} -c role=${role}`.trimStart());
  return `${address}?${parameters}`.replaceAll('+', '%20');
}

/** As hubs reach their database. */
export const asHub = (url: string): string => asRole(url, 'consent_hub_app');
