import type { Scope } from '@consent-hub/psd2-protocol';
import type { HistoryKind } from '../history.js';
import type { Outcome } from '../outcome.js';
import type { Refusal } from '../page-refusal.js';
import type { Status } from '../status.js';

export interface TitleAndText {
  readonly title: string;
  readonly text: string;
}

/** What a scope means to a person. `tpp` is the name of the provider. */
export interface ScopeTexts {
  readonly name: string;
  readonly shared: readonly string[];
  readonly notShared: string;
  readonly stops: (tpp: string) => readonly string[];
}

/** Every text of the person's pages in one language. */
export interface PsuTexts {
  /** Of the language, in itself. */
  readonly name: string;
  /** In the place of a name, where the provider has set none. */
  readonly someTpp: string;
  readonly labels: {
    readonly kind: string;
    readonly accounts: string;
    readonly purpose: string;
    readonly since: string;
    readonly until: string;
    readonly ended: string;
    readonly lastAccess: string;
    readonly status: string;
    readonly language: string;
    readonly reference: string;
  };
  readonly values: {
    readonly endingIn: string;
    readonly accountsToCome: string;
    readonly noAccounts: string;
    readonly noPurpose: string;
    readonly neverAccessed: string;
    readonly notYet: string;
    readonly inDays: (days: number) => string;
  };
  readonly actions: {
    readonly open: string;
    readonly details: string;
    readonly stop: string;
    readonly keep: string;
    readonly renew: string;
    readonly notNow: string;
    readonly toBank: (bank: string) => string;
    readonly backToList: string;
    readonly backTo: (tpp: string) => string;
    readonly lookAgain: string;
    readonly search: string;
    readonly allEnded: string;
    readonly more: string;
    readonly signOut: string;
  };
  readonly status: Readonly<Record<Status, string>>;
  readonly scopes: Readonly<Record<Scope, ScopeTexts>>;
  readonly link: (tpp: string) => TitleAndText;
  readonly list: {
    readonly title: string;
    readonly lead: (tpp: string) => string;
    readonly empty: (tpp: string) => string;
    readonly nothingFound: string;
    readonly ended: string;
    readonly endedLead: string;
    readonly noneEnded: string;
    readonly searchField: string;
    readonly searchHint: string;
  };
  readonly detail: {
    readonly shared: (tpp: string) => string;
    readonly forHowLong: string;
    readonly fixedEnd: string;
    readonly history: string;
    readonly historyLead: string;
    readonly noHistory: string;
    readonly inDoubt: string;
    readonly lost: (tpp: string) => string;
  };
  readonly stop: {
    readonly title: (bank: string) => string;
    readonly lead: string;
    readonly stops: string;
    readonly stays: string;
    readonly staying: (bank: string, tpp: string) => readonly string[];
    readonly atBank: (bank: string) => string;
    readonly done: (bank: string) => TitleAndText;
  };
  readonly renew: {
    readonly title: (bank: string) => string;
    readonly steps: (bank: string) => readonly string[];
    readonly stays: string;
    readonly goingOn: (bank: string) => TitleAndText;
  };
  readonly returned: Readonly<Record<Outcome, TitleAndText>>;
  /** Before the list of accounts that the renewed access leaves out. */
  readonly missingAccounts: string;
  readonly signedOut: TitleAndText;
  readonly refusals: Readonly<Record<Refusal, TitleAndText>>;
  readonly history: Readonly<Record<HistoryKind, string>>;
  /** How many accounts were shared, of an entry of the history. */
  readonly accountsListed: (count: number) => string;
  readonly expiresSoon: (days: number) => string;
}
