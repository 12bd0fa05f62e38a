import { newId } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOfSecret, newSessionSecret } from '../../http-api/session-secret.js';
import type { ConsolePerson } from './console-role.js';

export const SESSION_HOURS = 8;
export const IDLE_MINUTES = 30;
/** So long ended sessions and links are kept. */
const KEPT = `interval '30 days'`;

export type SignedInBy = 'link' | 'oidc';

/** A session that lasts. */
export interface ConsoleSession extends ConsolePerson {
  readonly id: string;
  readonly signedInBy: SignedInBy;
  readonly expiresAt: Date;
}

const LASTS = `ended_at IS NULL AND expires_at > now() AND last_seen_at > now() - interval '${IDLE_MINUTES} minutes'`;
const COLUMNS = `id, subject, name, roles, signed_in_by AS "signedInBy", expires_at AS "expiresAt"`;

const BEGIN = `
  INSERT INTO hub.console_session (id, token_hash, subject, name, roles, signed_in_by, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, now() + interval '${SESSION_HOURS} hours') RETURNING ${COLUMNS}`;

const CONTINUE = `
  WITH seen AS (
    UPDATE hub.console_session SET last_seen_at = now() WHERE token_hash = $1 AND ${LASTS} RETURNING *
  )
  SELECT ${COLUMNS} FROM seen`;

/** The sessions of the console, by the hash of what their cookies hold. */
@Injectable()
export class ConsoleSessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the session, and the one copy of what its cookie holds */
  async begin(
    tx: EntityManager,
    { subject, name, roles }: ConsolePerson,
    signedInBy: SignedInBy,
  ): Promise<{ session: ConsoleSession; token: Secret }> {
    const token = newSessionSecret();
    const values = [newId(), hashOfSecret(token), subject, name, roles, signedInBy];
    const [session] = await tx.query<ConsoleSession[]>(BEGIN, values);
    if (!session) throw new Error('a session was not written');
    return { session, token };
  }

  /** The session, which a person uses now; null where it has ended or there is none. */
  async continue(token: Secret): Promise<ConsoleSession | null> {
    const [session] = await this.dataSource.query<ConsoleSession[]>(CONTINUE, [hashOfSecret(token)]);
    return session ?? null;
  }

  /** The session. Reading it here is not a use, and does not extend it. */
  async find(token: Secret): Promise<ConsoleSession | null> {
    const [session] = await this.dataSource.query<ConsoleSession[]>(
      `SELECT ${COLUMNS} FROM hub.console_session WHERE token_hash = $1 AND ${LASTS}`,
      [hashOfSecret(token)],
    );
    return session ?? null;
  }

  /** Which of these sessions last. */
  async lasting(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM hub.console_session WHERE id = ANY ($1::uuid[]) AND ${LASTS}`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** @returns false where it had ended already */
  async end(tx: EntityManager, id: string): Promise<boolean> {
    const ended = await tx.query<unknown[]>(
      `WITH ended AS (UPDATE hub.console_session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING id)
       SELECT FROM ended`,
      [id],
    );
    return ended.length > 0;
  }

  async deleteOld(): Promise<void> {
    await this.dataSource.query(`DELETE FROM hub.console_session WHERE expires_at < now() - ${KEPT}`);
    await this.dataSource.query(`DELETE FROM hub.console_link WHERE expires_at < now() - ${KEPT}`);
  }
}
