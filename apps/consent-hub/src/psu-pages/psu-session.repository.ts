import { Injectable } from '@nestjs/common';
import type { PageLanguage } from '../http-api/page-language.js';
import { DataSource } from 'typeorm';

const LINK_SECONDS = 900;
const IDLE_MINUTES = 30;
const LONGEST_HOURS = 8;
/** So long after its end a link or a session can still be distinguished from one that never existed. */
const KEPT_HOURS = 24;
/** Rows forgotten in one statement. */
const BATCH = 1_000;

export interface NewPsuSession {
  readonly id: string;
  readonly apiClientId: string;
  readonly psuRef: string;
  readonly language: PageLanguage | null;
  readonly returnUrl: string | null;
  readonly linkHash: Buffer;
}

/** A person's session that is open. */
export interface PsuSession {
  readonly id: string;
  readonly apiClientId: string;
  readonly psuRef: string;
  /** Null: as the browser prefers. */
  readonly language: PageLanguage | null;
  readonly returnUrl: string | null;
}

/** How a link stands; `sessionId` is that of the session which it opens or opened. */
export interface PsuLink {
  readonly sessionId: string;
  readonly language: PageLanguage | null;
  readonly isUsed: boolean;
  readonly isLate: boolean;
}

/** The one writer of links to the person's pages and of their sessions. Times are those of Postgres, which all replicas share. */
@Injectable()
export class PsuSessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns until when the link can be used */
  async create({ id, apiClientId, psuRef, language, returnUrl, linkHash }: NewPsuSession): Promise<Date> {
    const [row] = await this.dataSource.query<{ link_expires_at: Date }[]>(
      `INSERT INTO hub.psu_session (id, api_client_id, psu_ref, language, return_url, link_hash, link_expires_at, forget_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => ${LINK_SECONDS}),
               now() + make_interval(secs => ${LINK_SECONDS}, hours => ${KEPT_HOURS}))
       RETURNING link_expires_at`,
      [id, apiClientId, psuRef, language, returnUrl, linkHash],
    );
    if (!row) throw new Error(`session ${id} was not written`);
    return row.link_expires_at;
  }

  async findLink(linkHash: Buffer): Promise<PsuLink | null> {
    const [row] = await this.dataSource.query<PsuLink[]>(
      `SELECT id AS "sessionId", language, opened_at IS NOT NULL AS "isUsed", link_expires_at <= now() AS "isLate"
         FROM hub.psu_session WHERE link_hash = $1`,
      [linkHash],
    );
    return row ?? null;
  }

  /** Uses a link up. If two come at once, one gets true. */
  async open(linkHash: Buffer, cookieHash: Buffer): Promise<boolean> {
    const opened = await this.dataSource.query<object[]>(
      `WITH opened AS (
         UPDATE hub.psu_session
            SET opened_at = now(), seen_at = now(), cookie_hash = $2, ends_at = now() + interval '${LONGEST_HOURS} hours',
                forget_at = now() + interval '${LONGEST_HOURS + KEPT_HOURS} hours'
          WHERE link_hash = $1 AND opened_at IS NULL AND link_expires_at > now()
         RETURNING id
       )
       SELECT id FROM opened`,
      [linkHash, cookieHash],
    );
    return opened.length > 0;
  }

  /** The session of a browser, which this extends. Null where it has ended or never was. */
  async see(cookieHash: Buffer): Promise<PsuSession | null> {
    const [session] = await this.dataSource.query<PsuSession[]>(
      `WITH seen AS (
         UPDATE hub.psu_session SET seen_at = now()
          WHERE cookie_hash = $1 AND ends_at > now() AND seen_at > now() - interval '${IDLE_MINUTES} minutes'
         RETURNING id, api_client_id, psu_ref, language, return_url
       )
       SELECT id, api_client_id AS "apiClientId", psu_ref AS "psuRef", language, return_url AS "returnUrl" FROM seen`,
      [cookieHash],
    );
    return session ?? null;
  }

  async setLanguage(id: string, language: PageLanguage): Promise<void> {
    await this.dataSource.query(`UPDATE hub.psu_session SET language = $2 WHERE id = $1`, [id, language]);
  }

  /** Ends a session at once. */
  async end(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.psu_session SET cookie_hash = NULL, ends_at = now() WHERE id = $1 AND cookie_hash IS NOT NULL`,
      [id],
    );
  }

  /** Deletes what has long ended. */
  async forgetEnded(): Promise<void> {
    for (let forgotten = BATCH; forgotten === BATCH;) {
      const rows = await this.dataSource.query<object[]>(
        `WITH forgotten AS (
           DELETE FROM hub.psu_session
            WHERE id IN (
              SELECT id FROM hub.psu_session WHERE forget_at <= now() ORDER BY forget_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
            )
           RETURNING id
         )
         SELECT id FROM forgotten`,
      );
      forgotten = rows.length;
    }
  }
}
