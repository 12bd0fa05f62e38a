import type { JSX } from 'preact';
import type { ScaPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { formatDate, groupedIban } from './format.js';
import { Layout } from './layout.js';
import { CsrfField, DecisionButtons, DeveloperForm, ErrorSummary, Facts } from './parts.js';

/** Third step of an authentication without a new consent: what it gives access to, and the decision. */
export const Sca = ({ frame, customer, consent, fault }: ScaPage): JSX.Element => {
  const texts = TEXTS[frame.language].sca;
  const facts = consent && [
    { label: texts.accounts, value: consent.ibans.map(groupedIban).join(', ') },
    { label: texts.untilLabel, value: texts.until(formatDate(consent.expiresAt, frame.language)) },
  ];
  return (
    <Layout frame={frame} title={texts.title} at={{ step: 'consent', frame }} failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="decision" />
      <h1>{texts.title}</h1>
      <Facts
        facts={[
          { label: texts.who, value: frame.tppName, kind: 'who' },
          { label: texts.purposeLabel, value: texts.purpose },
          ...(facts ?? []),
          { label: texts.customer, value: customer },
        ]}
      />
      {!consent && (
        <section class="notice" aria-labelledby="nothing-heading">
          <h2 id="nothing-heading">{texts.overTitle}</h2>
          <p>{texts.over(frame.tppName)}</p>
        </section>
      )}
      <form method="post" action={frame.paths.consent} id="decision" noValidate>
        <CsrfField frame={frame} />
        <DecisionButtons
          frame={frame}
          approve={texts.confirm}
          refuse={texts.refuse}
          canApprove={consent !== null}
          otherCustomer={false}
        />
      </form>
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
