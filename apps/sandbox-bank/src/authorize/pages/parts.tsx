import type { JSX } from 'preact';
import type { FormFault, VisitFrame } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';

interface FaultProps {
  readonly frame: VisitFrame;
  readonly fault: FormFault | null;
  /** Id of the field with the fault. */
  readonly field: string;
}

/** The fault at the top of the page; it takes the focus, so that a screen reader begins there. */
export const ErrorSummary = ({ frame, fault, field }: FaultProps): JSX.Element | null => {
  if (fault === null) return null;
  const texts = TEXTS[frame.language];
  return (
    <div class="error-summary" role="alert" tabIndex={-1} autofocus aria-labelledby="error-heading">
      <h2 id="error-heading">{texts.errorHeading}</h2>
      <a href={`#${field}`}>{texts.faults[fault]}</a>
    </div>
  );
};

/** The same text next to the field, which names it as its description. */
export const FieldError = ({ frame, fault, field }: FaultProps): JSX.Element | null => {
  if (fault === null) return null;
  const texts = TEXTS[frame.language];
  return (
    <p class="field-error" id={`${field}-error`}>
      <span class="unseen">{texts.errorPrefix}</span>
      {texts.faults[fault]}
    </p>
  );
};

export const CsrfField = ({ frame }: { readonly frame: VisitFrame }): JSX.Element => (
  <input type="hidden" name="csrf" value={frame.csrf} />
);

/** The refusal that every step offers: it needs no log-in. */
export const CancelForm = ({ frame }: { readonly frame: VisitFrame }): JSX.Element => (
  <form class="cancel" method="post" action={frame.paths.consent}>
    <CsrfField frame={frame} />
    <button class="quiet" name="decision" value="refuse">
      {TEXTS[frame.language].cancel(frame.tppName)}
    </button>
  </form>
);

/** The facts of the request, one a line. */
export const Facts = ({
  facts,
}: {
  readonly facts: readonly {
    readonly label: string;
    readonly value: string;
    readonly kind?: 'who' | 'amount';
  }[];
}): JSX.Element => (
  <dl class="request">
    {facts.map(({ label, value, kind }) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd class={kind}>{value}</dd>
      </div>
    ))}
  </dl>
);

/** Approve or refuse; where no approval is possible, a link to choose another customer, if there is one. */
export const DecisionButtons = ({
  frame,
  approve,
  refuse,
  canApprove,
  otherCustomer = true,
}: {
  readonly frame: VisitFrame;
  readonly approve: string;
  readonly refuse: string;
  readonly canApprove: boolean;
  readonly otherCustomer?: boolean;
}): JSX.Element => (
  <div class="actions">
    {canApprove && (
      <button class="primary" name="decision" value="approve">
        {approve}
      </button>
    )}
    {!canApprove && otherCustomer && (
      <a class="button primary" href={frame.paths['log-in']}>
        {TEXTS[frame.language].otherCustomer}
      </a>
    )}
    <button class="secondary" name="decision" value="refuse">
      {refuse}
    </button>
  </div>
);

/** Lets a developer test how the TPP handles a failure of the bank. */
export const DeveloperForm = ({ frame }: { readonly frame: VisitFrame }): JSX.Element => {
  const texts = TEXTS[frame.language].developers;
  return (
    <details class="developers">
      <summary>{texts.title}</summary>
      <form method="post" action={frame.paths.consent}>
        <CsrfField frame={frame} />
        <p>{texts.text(frame.failure)}</p>
        <button class="small" name="decision" value="fail">
          {texts.fail}
        </button>
      </form>
    </details>
  );
};
