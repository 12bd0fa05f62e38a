import type { DataSource, EntityManager } from 'typeorm';

/** Whether the time of a link has passed, by the clock of Postgres, which all replicas share. False where there is no such consent. */
export async function isLinkLate(tx: EntityManager, consentId: string): Promise<boolean> {
  const rows = await tx.query<{ late: boolean | null }[]>(
    `SELECT link_expires_at <= now() AS late FROM hub.consent WHERE id = $1`,
    [consentId],
  );
  return rows[0]?.late === true;
}

/**
 * What the start page of a link needs, sealed. Late by the clock of Postgres, which all replicas share.
 *
 * @returns null when no link waits under that id, or it does not begin at the start page
 */
export async function findLinkStart(dataSource: DataSource, consentId: string): Promise<Buffer | null> {
  const [row] = await dataSource.query<{ link_start: Buffer }[]>(
    `SELECT link_start FROM hub.consent
      WHERE id = $1 AND state = 'initiated' AND link_start IS NOT NULL AND link_expires_at > now()`,
    [consentId],
  );
  return row?.link_start ?? null;
}
