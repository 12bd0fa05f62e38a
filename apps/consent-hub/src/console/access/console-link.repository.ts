import { newId } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOfSecret, newSessionSecret } from '../../http-api/session-secret.js';
import type { ConsolePerson, ConsoleRole } from './console-role.js';

export const LINK_MINUTES = 10;

/** Names a person where there is no identity provider. */
export const LINK_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SUBJECT = 'link:';

/** `open`: it can be used; the others say why it cannot. */
export type LinkState = 'open' | 'used' | 'expired' | 'unknown';

interface LinkRow {
  readonly subject: string;
  readonly roles: ConsoleRole[];
}

const USE = `
  WITH used AS (
    UPDATE hub.console_link SET used_at = now()
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING subject, roles
  )
  SELECT subject, roles FROM used`;

const STATE = `
  SELECT CASE WHEN used_at IS NOT NULL THEN 'used' WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS state
    FROM hub.console_link WHERE token_hash = $1`;

/** Links that let one person in, once. */
@Injectable()
export class ConsoleLinkRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the one copy of what the link holds */
  async make(name: string, roles: readonly ConsoleRole[]): Promise<{ token: Secret; expiresAt: Date }> {
    const token = newSessionSecret();
    const [row] = await this.dataSource.query<{ expiresAt: Date }[]>(
      `INSERT INTO hub.console_link (id, token_hash, subject, roles, expires_at)
       VALUES ($1, $2, $3, $4, now() + interval '${LINK_MINUTES} minutes') RETURNING expires_at AS "expiresAt"`,
      [newId(), hashOfSecret(token), `${SUBJECT}${name}`, roles],
    );
    if (!row) throw new Error('a link was not written');
    return { token, expiresAt: row.expiresAt };
  }

  async stateOf(token: Secret): Promise<LinkState> {
    const [row] = await this.dataSource.query<{ state: LinkState }[]>(STATE, [hashOfSecret(token)]);
    return row?.state ?? 'unknown';
  }

  /** Uses the link up. @returns null where it cannot be used: of two who use it at once, one gets it */
  async use(tx: EntityManager, token: Secret): Promise<ConsolePerson | null> {
    const [row] = await tx.query<LinkRow[]>(USE, [hashOfSecret(token)]);
    return row ? { ...row, name: row.subject.slice(SUBJECT.length) } : null;
  }
}
