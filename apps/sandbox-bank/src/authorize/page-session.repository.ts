import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { hashOf, newOpaqueValue, openSealed, seal } from '../model/secrets.js';
import type { Decision } from '../model/consents/psu-decision.service.js';

/** The step that a browser has reached: no customer chosen, a code to type in, or authenticated. */
export type PageSessionProgress =
  | { readonly step: 'unknown' }
  | { readonly step: 'challenged'; readonly psuId: string; readonly oneTimeCode: string }
  | { readonly step: 'authenticated'; readonly psuId: string };

export interface PageSession {
  readonly id: string;
  readonly authorizationId: string;
  /** The TPP's `state` from the link. */
  readonly callbackState: string | null;
  readonly progress: PageSessionProgress;
  /** The bank's time, which may be ahead of the machine's. */
  readonly bankNow: Date;
}

interface PageSessionRow {
  readonly id: string;
  readonly authorizationId: string;
  readonly sealedState: Buffer | null;
  readonly psuId: string | null;
  readonly oneTimeCode: string | null;
  readonly bankNow: Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Seals what a session must remember and no other party may read: the TPP's state, and the address with the authorization
 * code.
 */
const sealingKeyOf = (key: Secret): Buffer =>
  createHmac('sha256', key.reveal()).update('seal of the session').digest();

/** The token that each form of the session must send: it cannot be made without the session's cookie. */
export const csrfTokenOf = (key: Secret, session: PageSession): string =>
  createHmac('sha256', key.reveal())
    .update(`form of ${session.id} for ${session.authorizationId}`)
    .digest('base64url');

/**
 * The sessions of browsers in the flow. They are rows, not memory, because the next request may reach another process, or
 * this one after a restart. They are deleted a day later; without their authorization they are of no use.
 */
@Injectable()
export class PageSessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Begins a session and deletes those of earlier days. Only the browser has the key; its hash is stored. */
  async open(authorizationId: string, callbackState: string | null): Promise<{ id: string; key: Secret }> {
    const id = newId();
    const key = newOpaqueValue();
    await this.dataSource.query(
      `WITH deleted AS (DELETE FROM bank.page_session WHERE opened_at < now() - interval '1 day')
       INSERT INTO bank.page_session (id, authorization_id, key_hash, sealed_state) VALUES ($1, $2, $3, $4)`,
      [
        id,
        authorizationId,
        hashOf(key),
        callbackState === null ? null : seal(sealingKeyOf(key), callbackState),
      ],
    );
    return { id, key };
  }

  /** The session of that id, if the key is its key. */
  async find(id: string, key: Secret): Promise<PageSession | null> {
    if (!UUID.test(id)) return null;
    const [row] = await this.dataSource.query<PageSessionRow[]>(
      `SELECT id, authorization_id AS "authorizationId", sealed_state AS "sealedState", psu_id AS "psuId",
              one_time_code AS "oneTimeCode", bank.now() AS "bankNow"
         FROM bank.page_session WHERE id = $1 AND key_hash = $2`,
      [id, hashOf(key)],
    );
    if (!row) return null;
    const { psuId, oneTimeCode, sealedState, ...session } = row;
    const callbackState = sealedState && openSealed(sealingKeyOf(key), sealedState);
    return { ...session, callbackState, progress: progressOf(psuId, oneTimeCode) };
  }

  /** The visitor chooses a customer; an earlier authentication ends. */
  async challenge(id: string, psuId: string, oneTimeCode: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE bank.page_session SET psu_id = $2, one_time_code = $3, authenticated_at = NULL WHERE id = $1`,
      [id, psuId, oneTimeCode],
    );
  }

  /**
   * Spends the one-time code of that customer's challenge. False, and nothing has changed, for another code or a spent one.
   */
  async authenticate(id: string, psuId: string, oneTimeCode: string): Promise<boolean> {
    const authenticated = await this.dataSource.query<{ id: string }[]>(
      `WITH authenticated AS (
         UPDATE bank.page_session SET one_time_code = NULL, authenticated_at = bank.now()
          WHERE id = $1 AND psu_id = $2 AND one_time_code = $3
         RETURNING id
       )
       SELECT id FROM authenticated`,
      [id, psuId, oneTimeCode],
    );
    return authenticated.length === 1;
  }

  /**
   * Stores the address to which a decision led, sealed for the browser, so that a double click leads to the same address.
   */
  async storeAnswer(id: string, key: Secret, decision: Decision, uri: Secret): Promise<void> {
    await this.dataSource.query(
      `UPDATE bank.page_session SET decision = $2, sealed_answer = $3, answered_at = now() WHERE id = $1`,
      [id, decision, seal(sealingKeyOf(key), uri.reveal())],
    );
  }

  /** The address to which this decision led, if this browser took it within the last minute. */
  async findAnswer(id: string, key: Secret, decision: Decision): Promise<Secret | null> {
    const [row] = await this.dataSource.query<{ sealed: Buffer }[]>(
      `SELECT sealed_answer AS sealed FROM bank.page_session
        WHERE id = $1 AND key_hash = $2 AND decision = $3 AND answered_at > now() - interval '1 minute'`,
      [id, hashOf(key), decision],
    );
    return row ? new Secret(openSealed(sealingKeyOf(key), row.sealed)) : null;
  }
}

function progressOf(psuId: string | null, oneTimeCode: string | null): PageSessionProgress {
  if (psuId === null) return { step: 'unknown' };
  return oneTimeCode === null ? { step: 'authenticated', psuId } : { step: 'challenged', psuId, oneTimeCode };
}
