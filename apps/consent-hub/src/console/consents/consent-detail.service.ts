import {
  ApiClientNames,
  ConsentRepository,
  TimelineVerifier,
  type ConsentEntity,
  type ConsentEventEntity,
  type VerifiedPage,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { notFound } from '../access/console-failure.js';
import { AdminActionRepository, type AdminAction } from '../audit/admin-action.repository.js';
import { ConsentRelationsService, type ConsentRelations } from './consent-relations.service.js';

const CLIENT = 'client:';
const SHOWN_ACTIONS = 20;

/** All that the page of one consent shows. */
export interface ConsentDetail extends ConsentRelations {
  readonly asOf: Date;
  readonly consent: ConsentEntity;
  readonly events: readonly ConsentEventEntity[];
  readonly ibans: readonly string[];
  readonly verified: VerifiedPage;
  /** Names of API clients, by id. */
  readonly clients: ReadonlyMap<string, string>;
  /** What people did about it in the console, latest first. */
  readonly actions: readonly AdminAction[];
}

/** Reads one consent with all that is known of it. */
@Injectable()
export class ConsentDetailService {
  constructor(
    private readonly consents: ConsentRepository,
    private readonly timelines: TimelineVerifier,
    private readonly names: ApiClientNames,
    private readonly actions: AdminActionRepository,
    private readonly relations: ConsentRelationsService,
  ) {}

  /** @throws ConsoleFailure where there is no such consent */
  async read(id: string): Promise<ConsentDetail> {
    const asOf = new Date();
    const consent = await this.consents.find(id);
    if (!consent) throw notFound('consent');
    const [events, accounts, verified, { items: actions }, relations] = await Promise.all([
      this.consents.events(id),
      this.consents.accounts(id),
      this.timelines.one(id),
      this.actions.page({ consentId: id }, SHOWN_ACTIONS),
      this.relations.read(id),
    ]);
    const callers = events.flatMap(({ actor }) =>
      actor.startsWith(CLIENT) ? [actor.slice(CLIENT.length)] : [],
    );
    const readers = relations.readers.map(({ apiClientId }) => apiClientId);
    const clients = await this.names.ofIds([consent.openedBy, ...callers, ...readers]);
    const ibans = [
      ...new Set([...(consent.iban === null ? [] : [consent.iban]), ...accounts.map(({ iban }) => iban)]),
    ];
    return { asOf, consent, events, ibans, verified, clients, actions, ...relations };
  }
}
