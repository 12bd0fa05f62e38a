import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { ConsoleLinkRepository, type LinkState } from './console-link.repository.js';
import type { ConsolePerson } from './console-role.js';
import {
  ConsoleSessionRepository,
  type ConsoleSession,
  type SignedInBy,
} from './console-session.repository.js';

/** Begins and ends sessions; each beginning and end is an entry of the audit. */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: ConsoleLinkRepository,
    private readonly sessions: ConsoleSessionRepository,
    private readonly actions: AdminActionRepository,
  ) {}

  /** @returns what the cookie is to hold, or why the link cannot be used */
  async byLink(link: Secret): Promise<Secret | Exclude<LinkState, 'open'>> {
    const token = await this.dataSource.transaction(async (tx) => {
      const person = await this.links.use(tx, link);
      return person && this.begin(tx, person, 'link');
    });
    if (token) return token;
    const state = await this.links.stateOf(link);
    return state === 'open' ? 'used' : state;
  }

  /** @returns what the cookie is to hold */
  byProvider(person: ConsolePerson): Promise<Secret> {
    return this.dataSource.transaction((tx) => this.begin(tx, person, 'oidc'));
  }

  async end(session: ConsoleSession): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (await this.sessions.end(tx, session.id))
        await this.actions.record(tx, session, { action: 'sign_out' });
    });
  }

  private async begin(tx: EntityManager, person: ConsolePerson, by: SignedInBy): Promise<Secret> {
    const { session, token } = await this.sessions.begin(tx, person, by);
    await this.actions.record(tx, session, { action: 'sign_in', data: { by } });
    return token;
  }
}
