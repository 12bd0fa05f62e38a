import { Injectable } from '@nestjs/common';
import type { ConsentUri } from '@consent-hub/bank-client';
import {
  ConsentRepository,
  hashOfBrowserKey,
  hashOfCallbackState,
  writeLinkStart,
  type Actor,
  type ConsentEntity,
  type EventData,
  type NewConsent,
} from '@consent-hub/consent';
import {
  newId,
  Problem,
  violatedUniqueConstraint,
  type Caller,
  type RequestTrace,
} from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';
import { ConsentUriService, newSecret, type Authorization } from './consent-uri.service.js';
import type { Opening } from './opening.js';
import { PAYMENT_NOT_BOUND } from './opening.problems.js';

/** Two openings of one person that meet run into this index; the one that comes second replaces the first. */
const ONE_OPEN_LINK = 'consent_one_open_link';
/** Each lost try means that another opening of the same person has just succeeded. */
const MAX_TRIES = 20;

/** How the PSU gets to the bank: by links, of the bank's or to the hub's start page, or by the payment that the caller initiates. */
export type WayToBank =
  | { readonly kind: 'links'; readonly uris: readonly ConsentUri[] }
  | ({ readonly kind: 'payment' } & Authorization);

export interface OpenedConsent {
  readonly consent: ConsentEntity;
  readonly way: WayToBank;
  /** The live consent that this one takes over from once it is completed. */
  readonly supersedes: string | null;
}

/** For whom a consent is opened. */
export interface Opener {
  /** Owns the consent. */
  readonly caller: Pick<Caller, 'id'>;
  readonly trace: RequestTrace;
  /** The actor that opens it; absent: the caller. */
  readonly actor?: Actor;
  /** Added to the timeline. */
  readonly facts?: EventData;
  /** The person is on a page of the hub, in the browser that goes on to the bank: the link is tied to it however the hub is set. */
  readonly isInBrowser?: boolean;
}

/** What the caller writes together with a new consent. */
type Alongside = (tx: EntityManager, opened: OpenedConsent) => Promise<void>;

/** Opens a consent: asks the bank where to send the PSU, then writes it down. When the bank fails, nothing is written. */
@Injectable()
export class ConsentOpeningService {
  constructor(
    private readonly settings: ConsentSettings,
    private readonly uris: ConsentUriService,
    private readonly vault: TokenVault,
    private readonly consents: ConsentRepository,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * @param alongside runs in the transaction that writes the consent: both are kept, or neither
   * @throws BankError
   * @throws Problem 422 `payment_not_bound`
   */
  async open(
    { caller, trace, actor = `client:${caller.id}`, facts, isInBrowser = false }: Opener,
    opening: Opening,
    alongside?: Alongside,
  ): Promise<OpenedConsent> {
    const { HUB_BIND_BROWSER: bindBrowser } = this.settings;
    if (opening.subject.scope === 'PIS' && bindBrowser === 'required') throw new Problem(PAYMENT_NOT_BOUND);
    const id = newId();
    const authorization = this.uris.newAuthorization(opening.brand);
    const atBank = await this.wayToBank(opening, authorization, trace);
    trace.consentId = id;
    const isBound =
      isInBrowser ||
      bindBrowser === 'required' ||
      (bindBrowser === 'preferred' && opening.returnUrl !== null);
    const { way, columns } =
      isBound && atBank.kind === 'links' ? this.startPage(id, atBank.uris) : { way: atBank, columns: {} };
    const row = { ...this.rowOf(id, caller, opening, authorization), ...columns };
    return this.write(async (tx) => {
      await this.consents.open(tx, row, actor, facts);
      const consent = await this.consents.find(id, tx);
      if (!consent) throw new Error(`consent ${id} was written and is not there`);
      const live = await this.consents.findLive(consent, tx);
      const opened = { consent, way, supersedes: live?.id ?? null };
      await alongside?.(tx, opened);
      return opened;
    });
  }

  private async wayToBank(
    opening: Opening,
    authorization: Authorization,
    trace: RequestTrace,
  ): Promise<WayToBank> {
    // No consent URIs for payments: the bank answers the initiation itself with a link (bank page "Flows").
    const { scope } = opening.subject;
    if (scope === 'PIS') return { kind: 'payment', ...authorization };
    return { kind: 'links', uris: await this.uris.request(opening, scope, authorization, trace) };
  }

  /** The links lead to the start page, which knows the address of the bank and sets its cookie in the browser. */
  private startPage(
    id: string,
    uris: readonly ConsentUri[],
  ): { way: WayToBank; columns: Partial<NewConsent> } {
    const browserKey = newSecret();
    const linkStart = writeLinkStart({ browserKey, uris });
    return {
      way: {
        kind: 'links',
        uris: uris.map(({ language }) => ({ language, uri: this.uris.startPage(id, language) })),
      },
      columns: {
        linkStart: this.vault.seal(linkStart, { consentId: id, purpose: 'link_start', generation: 0 }),
        browserKeyHash: hashOfBrowserKey(browserKey),
      },
    };
  }

  private rowOf(
    id: string,
    caller: Pick<Caller, 'id'>,
    opening: Opening,
    { redirectUri, pkce, state }: Authorization,
  ): NewConsent {
    const { subject, ...columns } = opening;
    return {
      ...columns,
      ...subject,
      id,
      openedBy: caller.id,
      redirectUri,
      callbackStateHash: hashOfCallbackState(state),
      codeVerifier: this.vault.seal(pkce.verifier, {
        consentId: id,
        purpose: 'code_verifier',
        generation: 0,
      }),
      linkSeconds: this.settings.CONSENT_LINK_SECONDS,
    };
  }

  private async write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.dataSource.transaction(work);
      } catch (error) {
        if (tries === MAX_TRIES || violatedUniqueConstraint(error) !== ONE_OPEN_LINK) throw error;
      }
    }
  }
}
