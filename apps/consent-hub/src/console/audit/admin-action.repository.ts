import { exactTime, newId } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConsoleRole } from '../access/console-role.js';
import type { ConsoleSession } from '../access/console-session.repository.js';

/** What people do in the console, in words for people. Names are added, never changed. */
export const ADMIN_ACTIONS = {
  sign_in: 'signed in',
  sign_out: 'signed out',
  open_consent: 'opened a consent',
  refresh_consent: 'asked for a refresh',
  revoke_consent: 'revoked a consent',
  reveal_account_numbers: 'saw account numbers',
  pause_refreshes: 'paused refreshes',
  resume_refreshes: 'resumed refreshes',
  reread_answer: 'had an answer read again',
  give_up_answer: 'gave up an answer that cannot be read',
  acknowledge_attention: 'acknowledged what needs attention',
  snooze_attention: 'snoozed what needs attention',
  reload_certificates: 'read certificate files again',
  rotate_vault_key: 'rotated the vault key',
  reseal_values: 'had values sealed anew',
  retire_vault_key: 'retired a vault key',
  verify_timelines: 'had timelines verified',
  export_consents: 'exported consents',
  export_actions: 'exported the audit',
  export_events: 'exported events',
  create_api_client: 'made an API client',
  rotate_api_key: 'made another API key',
  limit_api_client: 'changed the limit of an API client',
  revoke_api_key: 'revoked an API key',
  revoke_api_client: 'revoked an API client',
  replay_events: 'sent events again',
  test_webhook: 'tested a webhook',
  enable_webhook: 'enabled a webhook',
  disable_webhook: 'disabled a webhook',
  rotate_webhook_secret: 'made another secret of a webhook',
  export_person: 'exported what is held of a person',
  erase_person: 'erased a person',
} as const;
export type AdminActionName = keyof typeof ADMIN_ACTIONS;

/** One that is about to be written. */
export interface NewAdminAction {
  /** Where it is needed before the entry is written. */
  readonly id?: string;
  readonly action: AdminActionName;
  /** In the words of the person; absent where none is asked for. */
  readonly reason?: string;
  readonly consentId?: string;
  /** Ids, numbers and code words; never a secret or personal data, since entries cannot be erased. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface AdminAction {
  readonly id: string;
  readonly at: Date;
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  readonly action: string;
  readonly reason: string | null;
  readonly consentId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Which actions are looked for. What is absent does not matter. */
export interface AdminActionFilter {
  readonly action?: AdminActionName;
  readonly subject?: string;
  readonly consentId?: string;
  /** Then or later. */
  readonly from?: Date;
  /** Before then. */
  readonly to?: Date;
}

/** Where a page ended; `at` in ISO 8601 with six decimals, since a `Date` would lose three. */
export interface AdminActionPosition {
  readonly at: string;
  readonly id: string;
}

export interface AdminActionPage {
  readonly items: readonly AdminAction[];
  readonly next: AdminActionPosition | null;
}

const COLUMNS = `id, at, subject, name, roles, action, reason, consent_id AS "consentId", data`;

const RECORD = `
  INSERT INTO hub.admin_action (id, subject, name, roles, session_id, action, reason, consent_id, data)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

const REASONS = `SELECT id, reason FROM hub.admin_action WHERE id = ANY ($1::uuid[]) AND reason IS NOT NULL`;

type Row = AdminAction & { readonly exactly: string };

/** What people have done in the console. Only ever added to. */
@Injectable()
export class AdminActionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the id of the entry */
  async record(
    tx: EntityManager,
    { id: sessionId, subject, name, roles }: ConsoleSession,
    { id = newId(), action, reason, consentId, data = {} }: NewAdminAction,
  ): Promise<string> {
    const what = [action, reason ?? null, consentId ?? null, JSON.stringify(data)];
    await tx.query(RECORD, [id, subject, name, roles, sessionId, ...what]);
    return id;
  }

  /** Why these were done, by their ids; nothing of those without a reason. */
  async reasonsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.dataSource.query<{ id: string; reason: string }[]>(REASONS, [ids]);
    return new Map(rows.map(({ id, reason }) => [id, reason]));
  }

  async find(id: string): Promise<AdminAction | null> {
    const [row] = await this.dataSource.query<AdminAction[]>(
      `SELECT ${COLUMNS} FROM hub.admin_action WHERE id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Newest first. */
  async page(
    filter: AdminActionFilter,
    limit: number,
    after?: AdminActionPosition,
  ): Promise<AdminActionPage> {
    const { text, values } = pageStatement(filter, limit + 1, after);
    const rows = await this.dataSource.query<Row[]>(text, [...values]);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && rows.length > limit ? { at: last.exactly, id: last.id } : null };
  }
}

/** Each family of filters has an index that ends in the order of the pages. */
export function pageStatement(
  { action, subject, consentId, from, to }: AdminActionFilter,
  limit: number,
  after?: AdminActionPosition,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    ...(action === undefined ? [] : [`action = ${value(action)}`]),
    ...(subject === undefined ? [] : [`subject = ${value(subject)}`]),
    ...(consentId === undefined ? [] : [`consent_id = ${value(consentId)}`]),
    ...(from ? [`at >= ${value(from)}`] : []),
    ...(to ? [`at < ${value(to)}`] : []),
    ...(after ? [`(at, id) < (${value(after.at)}::timestamptz, ${value(after.id)}::uuid)`] : []),
  ];
  return {
    text: `
      SELECT ${COLUMNS},
             ${exactTime('at')} AS exactly
        FROM hub.admin_action ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY at DESC, id DESC LIMIT ${Math.trunc(limit)}`,
    values,
  };
}
