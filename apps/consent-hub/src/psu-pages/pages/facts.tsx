import type { PersonConsent } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import type { PageLanguage } from '../../http-api/page-language.js';
import { colourOf, daysLeft, RENEWABLE_WITHIN_DAYS, statusOf } from '../status.js';
import type { PageContext } from './frame.js';

/** Where the banks are. */
const TIME_ZONE = 'Europe/Brussels';

const LOCALES: Readonly<Record<PageLanguage, string>> = {
  fr: 'fr-BE',
  nl: 'nl-BE',
  en: 'en-GB',
  de: 'de-BE',
};

export const Day = ({
  of,
  language,
}: {
  readonly of: Date;
  readonly language: PageLanguage;
}): JSX.Element => {
  const text = of.toLocaleDateString(LOCALES[language], { dateStyle: 'long', timeZone: TIME_ZONE });
  return <time dateTime={of.toISOString()}>{text}</time>;
};

export const Moment = ({
  of,
  language,
}: {
  readonly of: Date;
  readonly language: PageLanguage;
}): JSX.Element => {
  const style = { dateStyle: 'long', timeStyle: 'short', timeZone: TIME_ZONE } as const;
  return <time dateTime={of.toISOString()}>{of.toLocaleString(LOCALES[language], style)}</time>;
};

export const bankOf = ({ brand }: Pick<PersonConsent, 'brand'>): string => BRAND_NAMES[brand];

/** An account by its last four characters: what identifies it for its holder only. */
export const Account = ({
  iban,
  context,
}: {
  readonly iban: string;
  readonly context: PageContext;
}): JSX.Element => (
  <>
    <span aria-hidden="true">•••• </span>
    <span class="unseen">{context.texts.values.endingIn} </span>
    {iban.slice(-4)}
  </>
);

export const Accounts = ({
  consent: { ibans, endedAt },
  context,
}: {
  readonly consent: PersonConsent;
  readonly context: PageContext;
}): JSX.Element => {
  const { accountsToCome, noAccounts } = context.texts.values;
  if (ibans.length === 0) return <>{endedAt ? noAccounts : accountsToCome}</>;
  return (
    <>
      {ibans.map((iban, at) => (
        <span key={iban}>
          {at > 0 && ', '}
          <Account iban={iban} context={context} />
        </span>
      ))}
    </>
  );
};

interface AboutConsent {
  readonly consent: PersonConsent;
  readonly context: PageContext;
}

export const StatusSign = ({ consent, context }: AboutConsent): JSX.Element => {
  const status = statusOf(consent, context.now);
  return (
    <strong class={`status ${colourOf(status)}`}>
      <span class="unseen">{context.texts.labels.status}: </span>
      {context.texts.status[status]}
    </strong>
  );
};

/** Bank and status, above all other facts of a consent. */
export const ConnectionHead = ({ consent, context }: AboutConsent): JSX.Element => (
  <header>
    <h2>{bankOf(consent)}</h2>
    <StatusSign consent={consent} context={context} />
    <p>{context.texts.scopes[consent.scope].name}</p>
  </header>
);

/** The end of a consent: the day, and near it how many days are left. */
export const End = ({ consent, context }: AboutConsent): JSX.Element => {
  const { language, texts, now } = context;
  const days = daysLeft(consent, now);
  if (!consent.consentExpiresAt) return <>{texts.values.notYet}</>;
  return (
    <>
      <Day of={consent.consentExpiresAt} language={language} />
      {days !== null && days <= RENEWABLE_WITHIN_DAYS && ` (${texts.values.inDays(days)})`}
    </>
  );
};

export const Fact = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

/** The facts that a person wants first. */
export const Facts = ({
  consent,
  context,
  children,
}: AboutConsent & { readonly children?: ComponentChildren }): JSX.Element => {
  const { texts, language } = context;
  const { labels, values } = texts;
  const since = consent.activatedAt;
  return (
    <dl class="facts">
      {(consent.scope !== 'PIS' || consent.ibans.length > 0) && (
        <Fact name={labels.accounts}>
          <Accounts consent={consent} context={context} />
        </Fact>
      )}
      <Fact name={labels.purpose}>{consent.purpose ?? values.noPurpose}</Fact>
      <Fact name={labels.since}>{since ? <Day of={since} language={language} /> : values.notYet}</Fact>
      {consent.endedAt ? (
        <Fact name={labels.ended}>
          <Day of={consent.endedAt} language={language} />
        </Fact>
      ) : (
        <Fact name={labels.until}>
          <End consent={consent} context={context} />
        </Fact>
      )}
      {children}
    </dl>
  );
};
