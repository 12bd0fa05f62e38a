import type { JSX } from 'preact';
import type { Creditor } from '../../model/payments/payment.js';
import type { PaymentPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import type { Texts } from '../texts/texts.js';
import { Accounts, NoAccount } from './accounts.js';
import { formatAmount, formatDay, groupedIban, groupedReference } from './format.js';
import { Layout } from './layout.js';
import { CsrfField, DecisionButtons, DeveloperForm, ErrorSummary, Facts } from './parts.js';

type Labels = Texts['payment']['labels'];

/** Every part of the creditor's account that was given. */
const accountFacts = (creditor: Creditor, labels: Labels): { label: string; value: string }[] =>
  [
    { label: labels.creditorAccount, value: creditor.iban && groupedIban(creditor.iban) },
    { label: labels.creditorAccount, value: creditor.bban },
    { label: labels.bic, value: creditor.bic },
    { label: labels.nationalBankId, value: creditor.nationalBankId },
    { label: labels.address, value: creditor.address && Object.values(creditor.address).join(', ') },
  ].flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }]));

/** Dynamic linking (Commission Delegated Regulation 2018/389, article 5): the PSU sees the amount and who receives it. */
const Order = ({ page }: { readonly page: PaymentPage }): JSX.Element => {
  const { frame, product, instruction, customer } = page;
  const { language } = frame;
  const texts = TEXTS[language].payment;
  const { labels } = texts;
  const { creditor, communication, endToEndId, chargeBearer, executionDate } = instruction;
  const optional = [
    {
      label: labels.communication,
      value:
        communication?.kind === 'structured' ? groupedReference(communication.text) : communication?.text,
    },
    { label: labels.charges, value: chargeBearer && (texts.charges[chargeBearer] ?? chargeBearer) },
    { label: labels.reference, value: endToEndId },
  ].flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }]));
  return (
    <Facts
      facts={[
        {
          label: labels.amount,
          value: formatAmount(instruction.amount, instruction.currency, language),
          kind: 'amount',
        },
        { label: labels.creditor, value: creditor.name, kind: 'who' },
        ...accountFacts(creditor, labels),
        ...optional,
        {
          label: labels.date,
          value: executionDate === undefined ? texts.atOnce : formatDay(executionDate, language),
        },
        { label: labels.product, value: texts.products[product] },
        { label: labels.requester, value: frame.tppName },
        { label: labels.customer, value: customer },
      ]}
    />
  );
};

/** Third step of a payment: the order, the account to pay from, and the decision. */
export const Payment = (page: PaymentPage): JSX.Element => {
  const { frame, fault, choice, customer } = page;
  const texts = TEXTS[frame.language].payment;
  const canSign = choice.accounts.some((account) => account.eligible);
  return (
    <Layout frame={frame} title={texts.title} at={{ step: 'consent', frame }} failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="account" />
      <h1>{texts.title}</h1>
      <Order page={page} />
      {!canSign && <NoAccount choice={choice} customer={customer} texts={texts.accounts} />}
      <form method="post" action={frame.paths.consent} noValidate>
        <CsrfField frame={frame} />
        <Accounts frame={frame} choice={choice} fault={fault} texts={texts.accounts} several={false} />
        <DecisionButtons frame={frame} approve={texts.sign} refuse={texts.refuse} canApprove={canSign} />
      </form>
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
