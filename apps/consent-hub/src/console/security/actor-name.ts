/** Who it was, for people: `client:…` by its name, `admin:…` by the subject, a part of the hub as such. */
export function actorName(actor: string | null, clients: ReadonlyMap<string, string>): string {
  if (actor === null) return 'not known any more';
  const [kind, ...rest] = actor.split(':');
  const id = rest.join(':');
  if (kind === 'client') return `API client ${clients.get(id) ?? id}`;
  if (kind === 'hub') return 'the hub itself';
  return kind === 'admin' ? id : actor;
}
