import {
  ApiClientAdministration,
  ApiClientError,
  type ApiClientErrorCode,
  type MadeApiKey,
  type WantedApiClient,
  type WantedRotation,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository, type AdminActionName } from '../audit/admin-action.repository.js';

/** Who acts, and why. */
export interface Reasoned {
  readonly session: ConsoleSession;
  readonly reason: string;
}

const REFUSED: Readonly<Record<ApiClientErrorCode, ConsoleFailure>> = {
  invalid_name: new ConsoleFailure(400, 'The name cannot be used', 'Nothing was changed.'),
  name_taken: new ConsoleFailure(
    409,
    'The name is taken',
    'Another API client that is not revoked has it. Nothing was changed. Choose another name, or revoke that client first.',
  ),
  unknown_client: new ConsoleFailure(
    409,
    'This API client is revoked',
    'It has no keys that work, and gets no others. Nothing was changed.',
  ),
  unknown_key: notFound('key'),
  newer_key: new ConsoleFailure(
    409,
    'Another key was made in the meantime',
    'This form was opened before the newest key of the client was made, or was sent twice. Nothing was changed by it. Look at the keys of the client first.',
  ),
};

/** What people do about API clients. Each is recorded in the audit, in one transaction with what is done. */
@Injectable()
export class ClientActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clients: ApiClientAdministration,
    private readonly actions: AdminActionRepository,
  ) {}

  /** @throws ConsoleFailure */
  create(by: Reasoned, wanted: WantedApiClient): Promise<MadeApiKey & { readonly clientId: string }> {
    return this.act(by, 'create_api_client', async (tx) => {
      const made = await this.clients.create(tx, wanted);
      const { name, permissions, tokenScopes } = wanted;
      return [made, { client_id: made.clientId, client: name, key_id: made.keyId, permissions, tokenScopes }];
    });
  }

  /** @throws ConsoleFailure */
  rotate(by: Reasoned, id: string, wanted: WantedRotation): Promise<MadeApiKey> {
    return this.act(by, 'rotate_api_key', async (tx) => {
      const made = await this.clients.rotate(tx, id, wanted);
      return [made, { client_id: id, key_id: made.keyId, overlap_seconds: wanted.overlapSeconds }];
    });
  }

  /** @throws ConsoleFailure */
  async revokeKey(by: Reasoned, id: string, keyId: string): Promise<void> {
    await this.act(by, 'revoke_api_key', async (tx) => {
      await this.clients.revokeKey(tx, id, keyId);
      return [null, { client_id: id, key_id: keyId }];
    });
  }

  /** @param rateLimit requests a second; 0: any number; null: as the hub is set. @throws ConsoleFailure */
  async limit(by: Reasoned, id: string, rateLimit: number | null): Promise<void> {
    await this.act(by, 'limit_api_client', async (tx) => {
      await this.clients.limit(tx, id, rateLimit);
      return [null, { client_id: id, rate_limit: rateLimit }];
    });
  }

  /** @throws ConsoleFailure */
  async revoke(by: Reasoned, id: string): Promise<void> {
    await this.act(by, 'revoke_api_client', async (tx) => {
      await this.clients.revoke(tx, id);
      return [null, { client_id: id }];
    });
  }

  private act<T>(
    { session, reason }: Reasoned,
    action: AdminActionName,
    work: (tx: EntityManager) => Promise<readonly [T, Readonly<Record<string, unknown>>]>,
  ): Promise<T> {
    return this.dataSource
      .transaction(async (tx) => {
        const [result, data] = await work(tx);
        await this.actions.record(tx, session, { action, reason, data });
        return result;
      })
      .catch((error: unknown) => {
        throw error instanceof ApiClientError ? REFUSED[error.code] : error;
      });
  }
}
