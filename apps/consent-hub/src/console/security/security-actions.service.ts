import { ClientCertificates } from '@consent-hub/bank-client';
import { TimelineVerifications } from '@consent-hub/consent';
import { Problem } from '@consent-hub/platform';
import { VaultKeyAdministration, type Also } from '@consent-hub/token-vault';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { SECURITY_ACTIONS, type SecurityActionName } from './security-actions.js';
import { usesText } from './vault-keys.js';

/** Who acts, why, and on which key. */
export interface WantedSecurityAction {
  readonly name: SecurityActionName;
  readonly session: ConsoleSession;
  readonly reason: string;
  /** Of the action `retire`. */
  readonly keyId: string;
}

const already = (text: string): ConsoleFailure =>
  new ConsoleFailure(409, 'This is running already', `${text} Nothing was changed.`);

/** Does what persons ask for by the services of the API and the command line; the audit is written in the same transaction. */
@Injectable()
export class SecurityActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: AdminActionRepository,
    private readonly certificates: ClientCertificates,
    private readonly keys: VaultKeyAdministration,
    private readonly verifications: TimelineVerifications,
  ) {}

  /** @throws ConsoleFailure where it cannot be done; nothing was changed then */
  async act(wanted: WantedSecurityAction): Promise<void> {
    switch (wanted.name) {
      case 'reload':
        return this.reload(wanted);
      case 'verify':
        return this.verify(wanted);
      case 'rotate':
        return this.change(wanted, 'Another key is announced, and is current in some seconds.', (also) =>
          this.keys.rotate(also),
        );
      case 'reseal':
        return this.change(wanted, 'Values are being sealed anew.', (also) => this.keys.reseal(also));
      case 'retire':
        return this.change(wanted, 'The key is retired.', (also) => this.keys.retire(wanted.keyId, also));
    }
  }

  /** @throws ConsoleFailure where there is no such key */
  async demandKey(keyId: string): Promise<void> {
    const { keys } = await this.keys.list(false);
    if (!keys.some(({ row }) => row.id === keyId)) throw notFound('key');
  }

  /** Written first: reading the files cannot be taken back. */
  private async reload(wanted: WantedSecurityAction): Promise<void> {
    await this.dataSource.transaction(this.recorder(wanted));
    await this.certificates.reload(true);
  }

  private async verify(wanted: WantedSecurityAction): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.recorder(wanted)(tx);
      if (!(await this.verifications.request(tx, `admin:${wanted.session.subject}`)))
        throw already('Hubs are verifying all timelines.');
    });
  }

  /** @param othersDid said where there was nothing to change */
  private async change(
    wanted: WantedSecurityAction,
    othersDid: string,
    change: (also: Also) => Promise<unknown>,
  ): Promise<void> {
    const recorded: unknown[] = [];
    const record = this.recorder(wanted);
    await change(async (tx) => recorded.push(await record(tx))).catch((error: unknown) => {
      throw error instanceof Problem ? failureOf(error) : error;
    });
    if (recorded.length === 0) throw already(othersDid);
  }

  private recorder({ name, session, reason, keyId }: WantedSecurityAction): Also {
    const { action } = SECURITY_ACTIONS[name];
    const data = name === 'retire' ? { key_id: keyId } : {};
    return (tx) => this.actions.record(tx, session, { action, reason, data });
  }
}

const FAILURES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  vault_kek_unavailable: [
    'No key was made',
    'The key-encryption key cannot be used now. The log of the hub says why.',
  ],
  no_data_key: [
    'There is no data key',
    'No data key is current, so that there is none to seal with. Rotate first.',
  ],
  vault_key_not_found: ['Not found', 'There is no such key.'],
  vault_key_seals: ['This key cannot be retired', 'It seals values, or is about to. Rotate first.'],
};

/** What the service says to callers of the API, for a person. */
function failureOf({ details }: Problem): ConsoleFailure {
  const { status, code } = details;
  const uses = details.extensions?.['uses'] as Readonly<Record<string, number>> | undefined;
  if (uses)
    return new ConsoleFailure(
      status,
      'This key is in use',
      `It is needed by ${usesText(uses)}. Nothing was changed. Seal all values anew, and wait for its end; spooled answers go by themselves, HUB_SPOOL_RETENTION_MINUTES after the last one.`,
    );
  const [title, text] = FAILURES[code] ?? ['This cannot be done', details.detail];
  return new ConsoleFailure(status, title, `${text} Nothing was changed.`);
}
