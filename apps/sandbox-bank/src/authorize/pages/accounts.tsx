import type { JSX } from 'preact';
import type { PsuAccount } from '../../model/accounts/psu.repository.js';
import type { AccountChoice, FormFault, VisitFrame } from '../page.js';
import type { AccountTexts } from '../texts/texts.js';
import { formatAmount, groupedIban } from './format.js';
import { FieldError } from './parts.js';

interface AccountsProps {
  readonly frame: VisitFrame;
  readonly choice: AccountChoice;
  readonly fault: FormFault | null;
  readonly texts: AccountTexts;
  /** Several accounts can be shared; a payment is made from one. */
  readonly several: boolean;
}

interface AccountProps {
  readonly frame: VisitFrame;
  readonly account: PsuAccount;
  readonly texts: AccountTexts;
}

const AccountText = ({ frame, account, texts }: AccountProps): JSX.Element => (
  <>
    <span class="what">
      <span class="name">{account.label}</span>
      <span class="iban">{groupedIban(account.iban)}</span>
      <span class="detail">{account.holder}</span>
      {!account.eligible && <span class="reason">{texts.ineligible}</span>}
    </span>
    <span class="balance">
      {formatAmount(account.balance, account.currency, frame.language)}
      {texts.onlyYou !== undefined && <span class="only-you">{texts.onlyYou}</span>}
    </span>
  </>
);

/** The one account that the TPP named: shown, not chosen. */
const RequestedAccount = ({ frame, choice, fault, texts }: AccountsProps): JSX.Element => (
  <section aria-labelledby="account-heading">
    <h2 id="account-heading">{texts.given}</h2>
    <FieldError frame={frame} fault={fault} field="account" />
    {choice.accounts.map((account) => (
      <div class="tile" key={account.iban}>
        <AccountText frame={frame} account={account} texts={texts} />
      </div>
    ))}
  </section>
);

const AccountsToChooseFrom = ({ frame, choice, fault, texts, several }: AccountsProps): JSX.Element => {
  const firstEligible = choice.accounts.find((account) => account.eligible);
  return (
    <fieldset aria-describedby={fault ? 'account-error' : undefined}>
      <legend>{texts.choose}</legend>
      <p class="hint">{texts.chooseHint}</p>
      <FieldError frame={frame} fault={fault} field="account" />
      {choice.accounts.map((account) => (
        <label class={account.eligible ? 'tile' : 'tile disabled'} key={account.iban}>
          <input
            type={several ? 'checkbox' : 'radio'}
            id={account === firstEligible ? 'account' : undefined}
            name="account"
            value={account.iban}
            checked={choice.chosen.includes(account.iban)}
            disabled={!account.eligible}
          />
          <AccountText frame={frame} account={account} texts={texts} />
        </label>
      ))}
    </fieldset>
  );
};

export const Accounts = (props: AccountsProps): JSX.Element | null => {
  if (props.choice.accounts.length === 0) return null;
  return props.choice.requestedIban === null ? (
    <AccountsToChooseFrom {...props} />
  ) : (
    <RequestedAccount {...props} />
  );
};

/** Shown when the customer has no account that fits: says why, and what can be done. */
export const NoAccount = ({
  choice,
  customer,
  texts,
}: {
  readonly choice: AccountChoice;
  readonly customer: string;
  readonly texts: AccountTexts;
}): JSX.Element => {
  const iban = choice.requestedIban;
  return (
    <section class="notice" aria-labelledby="nothing-heading">
      <h2 id="nothing-heading">{iban === null ? texts.noneTitle : texts.notHeldTitle}</h2>
      <p>{iban === null ? texts.none(customer) : texts.notHeld(groupedIban(iban), customer)}</p>
    </section>
  );
};
