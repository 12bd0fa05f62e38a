import type { JSX } from 'preact';
import type { PsuAccount } from '../../books/psu-book.js';
import type { ConsentPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import type { Texts } from '../texts/texts.js';
import { formatAmount, formatDate, groupedIban } from './format.js';
import { Layout } from './layout.js';
import { CsrfField, DeveloperForm, ErrorSummary, FieldError } from './parts.js';

/** Who asks for what, until when: the terms that the PSU agrees to. */
const Request = ({
  page,
  texts,
}: {
  readonly page: ConsentPage;
  readonly texts: Texts['consent'];
}): JSX.Element => (
  <dl class="request">
    <div>
      <dt>{texts.who}</dt>
      <dd class="who">{page.frame.tppName}</dd>
    </div>
    <div>
      <dt>{texts.purposeLabel}</dt>
      <dd>{texts.purpose[page.scope]}</dd>
    </div>
    <div>
      <dt>{texts.durationLabel}</dt>
      <dd>{texts.duration(formatDate(page.validUntil, page.frame.language), page.validDays)}</dd>
    </div>
    <div>
      <dt>{texts.customerLabel}</dt>
      <dd>{page.customer}</dd>
    </div>
  </dl>
);

const AccountText = ({
  page,
  account,
}: {
  readonly page: ConsentPage;
  readonly account: PsuAccount;
}): JSX.Element => (
  <span class="what">
    <span class="name">{account.label}</span>
    <span class="iban">{groupedIban(account.iban)}</span>
    <span class="detail">{account.holder}</span>
    {!account.eligible && <span class="reason">{TEXTS[page.frame.language].consent.ineligible}</span>}
  </span>
);

const Balance = ({
  page,
  account,
}: {
  readonly page: ConsentPage;
  readonly account: PsuAccount;
}): JSX.Element => (
  <span class="balance">{formatAmount(account.balance, account.currency, page.frame.language)}</span>
);

/** The one account that the TPP named: shown, not chosen. */
const RequestedAccount = ({ page }: { readonly page: ConsentPage }): JSX.Element => (
  <section aria-labelledby="account-heading">
    <h2 id="account-heading">{TEXTS[page.frame.language].consent.given}</h2>
    <FieldError frame={page.frame} fault={page.fault} field="account" />
    {page.accounts.map((account) => (
      <div class="tile" key={account.iban}>
        <AccountText page={page} account={account} />
        <Balance page={page} account={account} />
      </div>
    ))}
  </section>
);

/** The accounts to choose from. A payment is made from one account; information is shared of several. */
const AccountChoice = ({ page }: { readonly page: ConsentPage }): JSX.Element => {
  const texts = TEXTS[page.frame.language].consent;
  const several = page.scope !== 'PIS';
  const firstEligible = page.accounts.find((account) => account.eligible);
  return (
    <fieldset aria-describedby={page.fault ? 'account-error' : undefined}>
      <legend>{several ? texts.several : texts.one}</legend>
      {several && <p class="hint">{texts.severalHint}</p>}
      <FieldError frame={page.frame} fault={page.fault} field="account" />
      {page.accounts.map((account) => (
        <label class={account.eligible ? 'tile' : 'tile disabled'} key={account.iban}>
          <input
            type={several ? 'checkbox' : 'radio'}
            id={account === firstEligible ? 'account' : undefined}
            name="account"
            value={account.iban}
            checked={page.chosen.includes(account.iban)}
            disabled={!account.eligible}
          />
          <AccountText page={page} account={account} />
          <Balance page={page} account={account} />
        </label>
      ))}
    </fieldset>
  );
};

/** The customer has nothing that can be shared: says why, and which ways lead on. */
const NothingToShare = ({ page }: { readonly page: ConsentPage }): JSX.Element => {
  const texts = TEXTS[page.frame.language].consent;
  const iban = page.requestedIban;
  return (
    <section class="notice" aria-labelledby="nothing-heading">
      <h2 id="nothing-heading">{iban === null ? texts.noneTitle : texts.notHeldTitle}</h2>
      <p>{iban === null ? texts.none(page.customer) : texts.notHeld(groupedIban(iban), page.customer)}</p>
    </section>
  );
};

/** Third step: what is asked, which accounts, yes or no. */
export const Consent = (page: ConsentPage): JSX.Element => {
  const { frame, fault } = page;
  const { consent: texts, otherCustomer } = TEXTS[frame.language];
  const canApprove = page.accounts.some((account) => account.eligible);
  const ListedAccounts = page.requestedIban === null ? AccountChoice : RequestedAccount;
  return (
    <Layout frame={frame} title={texts.title[page.scope]} step="consent" failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="account" />
      <h1>{texts.title[page.scope]}</h1>
      <Request page={page} texts={texts} />
      {!canApprove && <NothingToShare page={page} />}
      <form method="post" action={frame.paths.consent} noValidate>
        <CsrfField frame={frame} />
        {page.accounts.length > 0 && <ListedAccounts page={page} />}
        <div class="actions">
          {canApprove ? (
            <button class="primary" name="decision" value="approve">
              {texts.approve}
            </button>
          ) : (
            <a class="button primary" href={frame.paths['log-in']}>
              {otherCustomer}
            </a>
          )}
          <button class="secondary" name="decision" value="refuse">
            {texts.refuse}
          </button>
        </div>
      </form>
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
