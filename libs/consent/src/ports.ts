import type { Permission, RequestTrace } from '@consent-hub/platform';
import type { Brand, Language, Scope } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';
import type { ConsentEntity } from './consent.entity.js';
import type { Actor } from './domain/transition.js';
import type { BrokenTimeline } from './timeline-verifier.js';
import type { CircuitBreakerStanding, Figures, RefreshCount } from './figures.js';

/** A caller that asks for tokens: the call at the bank continues when the caller has left. */
export interface GrantCaller {
  /** How long it waits, milliseconds; longer calls throw `grant_in_progress`. */
  readonly waitMs: number;
  /** Trace of the request that is served; absent: a job asks. */
  readonly trace?: RequestTrace | undefined;
  /** Whether it wants a new pair though the current one has not expired. Such refreshes of one consent are spaced in time. */
  readonly isForced?: boolean;
}

/** Exchanges the code of an authorized consent. Where features meet: the callback asks, token-exchange answers. */
export abstract class CodeExchange {
  /**
   * Resolves once the consent is live.
   *
   * @throws ConsentError `consent_not_live` when the bank refused the code
   */
  abstract exchange(consentId: string, caller: GrantCaller): Promise<void>;
}

/** Refreshes the pair of a live consent. Where features meet: access-token asks, token-refresh answers. */
export abstract class PairRefresh {
  /** A pair younger than this is not replaced for a longer validity, and forced refreshes of a consent are so far apart. */
  abstract readonly minIntervalSeconds: number;

  /**
   * Resolves once a newer pair than the given generation is stored, by this call, by one under way, or already.
   *
   * @param generation refresh only if this is still the current one
   * @throws ConsentError
   */
  abstract refresh(consentId: string, generation: number, caller: GrantCaller): Promise<void>;
}

/** Lists the accounts of a consent. Where features meet: token-exchange asks, accounts answers. */
export abstract class AccountListing {
  /** Asks the bank where the accounts are not known yet. Never rejects: what fails is logged, and due again by itself. */
  abstract attempt(consentId: string, trace?: RequestTrace): Promise<void>;
}

/** Counts the tokens handed out, so that pairs in use are kept fresh. access-token reports, token-refresh counts. */
export abstract class TokenUse {
  /** Notes one hand-out. Returns at once: what is noted is written later, with others. */
  abstract record(consentId: string, apiClientId: string): void;
}

/** Ends a consent because its person wants so. Where features meet: psu-pages asks, consent-revocation answers. */
export abstract class ConsentWithdrawal {
  /**
   * Resolves once the consent has ended, by this call or before.
   *
   * @throws ConsentError `consent_not_live` while its code is exchanged, or when it ended otherwise
   */
  abstract withdraw(consentId: string): Promise<void>;
}

/** How a consent is renewed. */
export interface Renewal {
  /** Language of the bank's screens; null: as in the consent that is renewed. */
  readonly language: Language | null;
  /** Where the person is sent in the end. */
  readonly returnUrl: string;
  readonly trace: RequestTrace;
}

/** Renews a consent. Where features meet: psu-pages asks, consent-opening answers. */
export abstract class ConsentRenewal {
  /**
   * Opens a consent of the same scope, person, account and purpose, whose link begins at the start page. The one that is renewed
   * serves until the new one is completed.
   *
   * @param consent of scope AIS or CAF
   * @returns the id of the new consent
   * @throws BankError; nothing is written then
   */
  abstract renew(consent: ConsentEntity, renewal: Renewal): Promise<string>;
}

/** A consent that a person opens in the console. */
export interface WantedConsent {
  /** Id of the API client to which it belongs. */
  readonly openedBy: string;
  readonly brand: Brand;
  readonly scope: Exclude<Scope, 'PIS'>;
  /** In electronic format; with scope CAF, and only there: the account whose funds are asked for. */
  readonly iban: string | null;
  readonly psuRef: string;
  /** Language of the bank's screens. */
  readonly language: Language;
}

/** Opens a consent for a person in the console. Where features meet: console asks, consent-opening answers. */
export abstract class ConsentOpening {
  /**
   * The link begins at the start page, however the hub is set. The timeline names the person and the entry of the audit.
   *
   * @param alongside runs in the transaction that writes the consent, with its id: both are kept, or neither
   * @throws BankError; nothing is written then
   * @throws Problem 422 where scope and account do not belong together
   */
  abstract open(
    wanted: WantedConsent,
    by: ActingAdmin,
    trace: RequestTrace,
    alongside: (tx: EntityManager, consentId: string) => Promise<void>,
  ): Promise<void>;
}

/** Which API clients bear which names. Where features meet: consent-query asks, api-client answers. */
export abstract class ApiClientNames {
  /**
   * Names by id, for the ids of API clients.
   *
   * @param ids an id that is not a UUID belongs to no client
   */
  abstract ofIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /**
   * @param idOrName of a name that was used again: the client that has it now
   * @returns the id; null where there is no such client
   */
  abstract find(idOrName: string): Promise<string | null>;

  /** Whether there is such a client, and it is not revoked. */
  abstract isInUse(id: string): Promise<boolean>;
}

/** What callers may still do whose answers take long. Where features meet: events asks, api-client answers. */
export abstract class KeyPermissions {
  /**
   * Permissions of the clients of these keys, by the id of the key; a key that is revoked or has expired has none.
   *
   * @param keyIds as `Caller.keyId` names them
   */
  abstract ofKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<Permission>>>;
}

/** Figures of the hub as a whole. A port between features: metrics asks, statistics answers. */
export abstract class HubFigures {
  /** Not older than a few seconds; cheap to ask for. */
  abstract read(): Promise<Figures>;
}

/** Results of the deliveries of this process since its start, and of the webhooks that it served. */
export interface WebhookCounts {
  readonly delivered: number;
  /** Attempts that failed and are followed by another one. */
  readonly retried: number;
  /** Deliveries that were given up. */
  readonly failed: number;
  /** Webhooks, by why. */
  readonly disabled: { readonly gone: number; readonly failing: number };
  /** Since this process last saw that deliveries had been made of all events. */
  readonly dispatchLagSeconds: number;
}

/** What waits to be delivered, by any process. */
export interface WaitingDeliveries {
  /** Counted up to a bound. */
  readonly pending: number;
  /** Age of the oldest one; 0 where none waits. */
  readonly oldestSeconds: number;
}

/** A webhook that gets nothing, or that has failed since its last success. */
export interface FailingWebhook {
  readonly id: string;
  readonly apiClientId: string;
  readonly isDisabled: boolean;
  readonly failingSince: Date | null;
  /** When it is tried again; null: not by itself. */
  readonly nextAttemptAt: Date | null;
}

/** How events reach webhooks. Where features meet: metrics and console ask, webhooks answers. */
export abstract class WebhookFigures {
  abstract counts(): WebhookCounts;
  abstract waiting(): Promise<WaitingDeliveries>;
  /** Those that a person should look at, oldest first. */
  abstract failing(): Promise<readonly FailingWebhook[]>;
}

/** How refreshes ended before now. Where features meet: console asks, statistics answers. */
export abstract class RefreshHistory {
  /**
   * By hour, brand and outcome, oldest first.
   *
   * @param hours of the last so many, the present one among them; 400 days at most
   */
  abstract ofLast(hours: number): Promise<readonly RefreshCount[]>;
}

/** A person who acts in the console, and the entry of the audit that says why. */
export interface ActingAdmin {
  readonly actor: Actor;
  readonly adminAction: string;
}

/** Whether scheduled refreshes run, and who pauses them. Where features meet: console asks, token-refresh answers. */
export abstract class RefreshPauses {
  /** How the circuit breaker of each brand stands. */
  abstract read(): Promise<readonly CircuitBreakerStanding[]>;

  /**
   * Lets no scheduled refresh of the brand begin any more, on any hub; those under way end. An event of the hub says who did it.
   *
   * @returns false where a person has paused them before
   */
  abstract pause(tx: EntityManager, brand: Brand, by: ActingAdmin): Promise<boolean>;

  /**
   * Resumes scheduled refreshes that a person has paused. An open circuit breaker becomes half-open: one refresh is tried at
   * once, and a bad outcome opens it again.
   *
   * @returns false where nothing was paused
   */
  abstract resume(tx: EntityManager, brand: Brand, by: ActingAdmin): Promise<boolean>;
}

/** A verification of all timelines that was asked for. */
export interface PastVerification {
  readonly id: string;
  readonly requestedBy: Actor;
  /** Whether hubs verify page by page; else a caller of the API asks for the pages. */
  readonly isOwn: boolean;
  readonly begunAt: Date;
  /** When the last page was verified. */
  readonly reachedAt: Date;
  /** Null: it still runs, or the caller asked for no more pages. */
  readonly endedAt: Date | null;
  readonly timelines: number;
  readonly entries: number;
  readonly brokenCount: number;
  /** The first of them, some. */
  readonly broken: readonly BrokenTimeline[];
}

/** Verifies all timelines for a person, and remembers who did. Where features meet: console asks, timeline answers. */
export abstract class TimelineVerifications {
  /** Newest first, those of callers of the API too. */
  abstract latest(limit: number): Promise<readonly PastVerification[]>;

  /**
   * Asks for one: hubs verify page by page from then on.
   *
   * @returns false where one still runs
   */
  abstract request(tx: EntityManager, requestedBy: Actor): Promise<boolean>;
}
