import type { DataSource } from 'typeorm';

/**
 * Divides the timelines of a database that has none yet as if its schema were older: a partition for each of the last months and
 * for this one, and none ahead.
 *
 * @returns the months, `YYYY-MM`, oldest first; the last one is this month
 */
export async function divideTimelines(dataSource: DataSource, past: number): Promise<string[]> {
  const parts = await dataSource.query<{ name: string }[]>(`SELECT name FROM hub.timeline_partition`);
  for (const { name } of parts) await dataSource.query(`DROP TABLE hub.${name}`);
  await dataSource.query(`DELETE FROM hub.timeline_partition`);
  return dataSource.transaction(async (tx) => {
    const rows = await tx.query<{ month: string; starts: Date; ends: Date }[]>(
      `SELECT to_char(starts, 'YYYY-MM') AS month, starts AT TIME ZONE 'UTC' AS starts,
              (starts + interval '1 month') AT TIME ZONE 'UTC' AS ends
         FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => ago) AS starts
                 FROM generate_series($1::integer, 0, -1) AS ago) months ORDER BY starts`,
      [past],
    );
    for (const { month, starts, ends } of rows)
      await tx.query(`SELECT hub.add_timeline_partition($1, $2, $3)`, [
        `consent_event_${month.replace('-', '_')}`,
        starts,
        ends,
      ]);
    return rows.map(({ month }) => month);
  });
}

/** Appends an entry to a timeline as if it had been written on that day of a month. @param month `YYYY-MM` */
export async function writeEntry(
  dataSource: DataSource,
  consentId: string,
  month: string,
  day = 5,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO hub.consent_event (consent_id, at, type, actor) VALUES ($1, $2, 'noted', 'test')`,
    [consentId, `${month}-${String(day).padStart(2, '0')}T12:00:00Z`],
  );
}
