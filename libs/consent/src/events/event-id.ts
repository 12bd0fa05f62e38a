/** An event, by its place and the first bytes of its hash: of an event that a database has lost, the place may be taken by another. */
export interface EventKey {
  readonly position: number;
  /** Eight hexadecimal digits. */
  readonly mark: string;
}

const EVENT_ID = /^evt_(0|[1-9]\d{0,15})_([0-9a-f]{8})$/;

/** The id of an event, in SQL. Opaque to clients. */
export const EVENT_ID_SQL = (position: string, hash: string): string =>
  `'evt_' || ${position} || '_' || encode(substring(${hash} FROM 1 FOR 4), 'hex')`;

/** @returns null for what is no id of an event of any hub */
export function parseEventId(id: string): EventKey | null {
  const [, position, mark] = EVENT_ID.exec(id) ?? [];
  return position === undefined || mark === undefined ? null : { position: Number(position), mark };
}
