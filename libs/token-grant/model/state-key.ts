import type { State } from './state.js';

/** Only whether heartbeats differ, and which is later, matters: small numbers make states equal that differ in nothing else. */
export function normalise({ server, hubs, bank }: State): void {
  const { database, behind } = server;
  const byOwner = new Map<number, { heartbeat: number }[]>();
  const add = (row: { readonly owner: number; heartbeat: number }) => {
    if (row.heartbeat < 0) return;
    const rows = byOwner.get(row.owner);
    if (rows) rows.push(row);
    else byOwner.set(row.owner, [row]);
  };
  database.instances.forEach(add);
  behind?.instances.forEach(add);
  for (const { seen } of hubs) seen.forEach(add);
  for (const rows of byOwner.values()) {
    rows.sort((a, b) => a.heartbeat - b.heartbeat);
    let [rank, last] = [-1, -1];
    for (const row of rows) {
      if (row.heartbeat !== last) rank++;
      last = row.heartbeat;
      row.heartbeat = rank;
    }
  }
  database.requests.sort(byId);
  database.instances.sort(byOwnerName);
  bank.calls.sort(byId);
  for (const { seen, calls } of hubs) {
    seen.sort(byOwnerName);
    calls.sort(byId);
  }
}

const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;
const byOwnerName = (a: { readonly owner: number }, b: { readonly owner: number }): number =>
  a.owner - b.owner;

/** The same for equal states, and for no others. */
export function keyOf(state: State): string {
  const values: string[] = [];
  write(state, values);
  return values.join(',');
}

/** Names are left out: they are the same in every state. */
function write(value: unknown, to: string[]): void {
  if (typeof value === 'number') to.push(String(value));
  else if (typeof value === 'boolean') to.push(value ? 't' : 'f');
  else if (typeof value === 'string') to.push(value);
  else if (value === null) to.push('-');
  else if (Array.isArray(value)) {
    to.push('[');
    for (const each of value) write(each, to);
    to.push(']');
  } else {
    const object = value as Record<string, unknown>;
    for (const name in object) write(object[name], to);
  }
}

/** A number that no request has now. */
export function freeId({ server, hubs, spools, bank }: State): number {
  const used = new Set<number>();
  for (const { id } of [...server.database.requests, ...(server.behind?.requests ?? []), ...bank.calls])
    used.add(id);
  for (const answers of spools) for (const { id } of answers) used.add(id);
  for (const { calls } of hubs) for (const { id, probeOf } of calls) used.add(id).add(probeOf);
  let id = 1;
  while (used.has(id)) id++;
  return id;
}
