import type { JSX } from 'preact';
import type { FormFault, VisitFrame } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';

interface FaultProps {
  readonly frame: VisitFrame;
  readonly fault: FormFault | null;
  /** Id of the field at fault. */
  readonly field: string;
}

/** What is wrong, before everything else on the page; it takes the focus, so that a screen reader begins there. */
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

/** The same words once more beside the field, which names this as its description. */
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

/** The way back to the TPP, open at every step: nobody has to log in to say no. */
export const CancelForm = ({ frame }: { readonly frame: VisitFrame }): JSX.Element => (
  <form class="cancel" method="post" action={frame.paths.consent}>
    <CsrfField frame={frame} />
    <button class="quiet" name="decision" value="refuse">
      {TEXTS[frame.language].cancel(frame.tppName)}
    </button>
  </form>
);

/** Lets a developer see what the TPP makes of a failure of the bank. */
export const DeveloperForm = ({ frame }: { readonly frame: VisitFrame }): JSX.Element => {
  const texts = TEXTS[frame.language].developers;
  return (
    <details class="developers">
      <summary>{texts.title}</summary>
      <form method="post" action={frame.paths.consent}>
        <CsrfField frame={frame} />
        <p>{texts.text}</p>
        <button class="small" name="decision" value="fail">
          {texts.fail}
        </button>
      </form>
    </details>
  );
};
