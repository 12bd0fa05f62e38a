import type { JSX } from 'preact';
import type { ConsentPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { Accounts, NoAccount } from './accounts.js';
import { formatDate } from './format.js';
import { Layout } from './layout.js';
import { CsrfField, DecisionButtons, DeveloperForm, ErrorSummary, Facts } from './parts.js';

/** Third step of a consent: the request, the accounts, and the decision. */
export const Consent = (page: ConsentPage): JSX.Element => {
  const { frame, fault, scope, choice, customer } = page;
  const texts = TEXTS[frame.language].consent;
  const canApprove = choice.accounts.some((account) => account.eligible);
  // A confirmation of funds tells the TPP yes or no: the balance is here for the customer alone.
  const accountTexts = scope === 'CAF' ? { ...texts.accounts, onlyYou: texts.onlyYou } : texts.accounts;
  const purpose = choice.requestedIban === null ? texts.purpose[scope] : texts.purposeOfOne[scope];
  return (
    <Layout frame={frame} title={texts.title[scope]} at={{ step: 'consent', frame }} failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="account" />
      <h1>{texts.title[scope]}</h1>
      <Facts
        facts={[
          { label: texts.who, value: frame.tppName, kind: 'who' },
          { label: texts.purposeLabel, value: purpose },
          {
            label: texts.durationLabel,
            value: texts.duration(formatDate(page.validUntil, frame.language), page.validDays),
          },
          { label: texts.customerLabel, value: customer },
        ]}
      />
      {!canApprove && <NoAccount choice={choice} customer={customer} texts={texts.accounts} />}
      <form method="post" action={frame.paths.consent} noValidate>
        <CsrfField frame={frame} />
        <Accounts frame={frame} choice={choice} fault={fault} texts={accountTexts} several />
        <DecisionButtons
          frame={frame}
          approve={texts.approve}
          refuse={texts.refuse}
          canApprove={canApprove}
        />
      </form>
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
