import type { ConsoleVisit } from '../access/console-access.js';
import type { ConsoleFailure } from '../access/console-failure.js';
import { renderCard } from './frame.js';

interface FailureContext {
  readonly base: string;
  /** Of a person who is signed in. */
  readonly visit: ConsoleVisit | undefined;
  /** By which the log names the request. */
  readonly requestId: string;
}

export const renderFailurePage = (
  { title, text, signsIn }: ConsoleFailure,
  { base, visit, requestId }: FailureContext,
): string =>
  renderCard({
    title,
    context: visit && { ...visit, base },
    children: (
      <>
        <p>{text}</p>
        <p class="actions">
          {signsIn && (
            <a class="button" href={`${base}/console/sign-in`}>
              Sign in
            </a>
          )}
          {visit && (
            <a class="button quiet" href={`${base}/console`}>
              To the overview
            </a>
          )}
        </p>
        <p class="foot">
          Request <code>{requestId}</code>
        </p>
      </>
    ),
  });
