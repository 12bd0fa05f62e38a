import { RecurringJob, runNamed, type NamedStatement } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * To the minute: a key that is used all day is not written every few seconds. A row that another hub writes at the moment is
 * passed over: the next batch comes soon.
 */
const WRITE: NamedStatement = {
  name: 'write_key_uses',
  text: `
  WITH used AS MATERIALIZED (
    SELECT k.id, now() - make_interval(secs => given.age) AS at
      FROM unnest($1::uuid[], $2::double precision[]) AS given (id, age)
      JOIN hub.api_client_key k ON k.id = given.id
     WHERE coalesce(k.last_used_at, '-infinity') < now() - make_interval(secs => given.age) - interval '1 minute'
     ORDER BY k.id FOR NO KEY UPDATE OF k SKIP LOCKED
  )
  UPDATE hub.api_client_key k SET last_used_at = used.at FROM used WHERE k.id = used.id`,
};

/** Notes when each key was last used: in memory, and in batches in the database. A request writes nothing of its own. */
@Injectable()
export class KeyUseRecorder extends RecurringJob {
  protected readonly intervalMs = 5_000;
  protected override readonly runsAtShutdown = true;
  private readonly lastUses = new Map<string, number>();

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Returns at once. There are as many entries as keys: who has none is not noted. */
  record(keyId: string): void {
    this.lastUses.set(keyId, performance.now());
  }

  protected override async work(): Promise<void> {
    if (this.lastUses.size === 0) return;
    const uses = [...this.lastUses];
    this.lastUses.clear();
    const now = performance.now();
    try {
      await runNamed(this.dataSource, WRITE, [
        uses.map(([id]) => id),
        uses.map(([, at]) => (now - at) / 1000),
      ]);
    } catch (error) {
      for (const [id, at] of uses) this.lastUses.set(id, Math.max(at, this.lastUses.get(id) ?? at));
      throw error;
    }
  }
}
