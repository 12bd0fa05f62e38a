import type { Scope } from '@consent-hub/psd2-protocol';
import type { DeadEnd, FormFault } from '../page.js';

/** All words of the PSU's pages. One type for every language: a text that one of them lacks does not compile. */
export interface Texts {
  readonly languageName: string;
  readonly languageSwitch: string;
  readonly skipToContent: string;
  readonly banner: string;
  readonly footer: string;
  readonly progress: string;
  readonly steps: readonly [logIn: string, code: string, consent: string];
  readonly errorPrefix: string;
  readonly errorHeading: string;
  readonly faults: Readonly<Record<FormFault, string>>;
  readonly logIn: {
    readonly title: string;
    readonly intro: (tppName: string) => string;
    readonly legend: string;
    readonly holdsAccount: (iban: string) => string;
    readonly submit: string;
  };
  readonly code: {
    readonly title: string;
    readonly intro: (customer: string) => string;
    readonly shown: string;
    readonly field: string;
    readonly hint: string;
    readonly submit: string;
  };
  readonly consent: {
    readonly title: Readonly<Record<Scope, string>>;
    readonly who: string;
    readonly purposeLabel: string;
    readonly purpose: Readonly<Record<Scope, string>>;
    readonly durationLabel: string;
    readonly duration: (until: string, days: number) => string;
    readonly customerLabel: string;
    readonly several: string;
    readonly severalHint: string;
    readonly one: string;
    readonly given: string;
    readonly ineligible: string;
    readonly noneTitle: string;
    readonly none: (customer: string) => string;
    readonly notHeldTitle: string;
    readonly notHeld: (iban: string, customer: string) => string;
    readonly approve: string;
    readonly refuse: string;
  };
  readonly otherCustomer: string;
  readonly cancel: (tppName: string) => string;
  readonly developers: { readonly title: string; readonly text: string; readonly fail: string };
  readonly deadEnds: Readonly<Record<DeadEnd, { readonly title: string; readonly text: string }>>;
  readonly wayOut: string;
}
