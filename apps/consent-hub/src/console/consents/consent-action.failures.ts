import type { ConsentEntity, ConsentError, ConsentErrorCode } from '@consent-hub/consent';
import { ConsoleFailure, notFound } from '../access/console-failure.js';

export const notLive = ({
  state,
  stateReason,
}: Pick<ConsentEntity, 'state' | 'stateReason'>): ConsoleFailure =>
  new ConsoleFailure(
    409,
    'This consent cannot be acted on',
    state === 'authorized'
      ? 'Its code is being exchanged at the bank. Nothing was changed. Try again in a moment.'
      : `It is ${state}${stateReason === null ? '' : ` (${stateReason})`}, and has no tokens that work. Nothing was changed.`,
  );

const ASKED = 'The timeline and the audit show that you asked for it.';

const TEXTS: Readonly<
  Record<
    Exclude<ConsentErrorCode, 'consent_not_found' | 'consent_not_live'>,
    readonly [number, string, string]
  >
> = {
  grant_in_progress: [
    503,
    'The bank has not answered yet',
    'The call continues. Look at the consent again in a moment.',
  ],
  grant_in_doubt: [
    503,
    'The answer of the bank was lost',
    'The hub asks once more as soon as that is safe, and the timeline shows it.',
  ],
  bank_unavailable: [503, 'The bank cannot be reached', 'Nothing happened there. Try again later.'],
  grants_paused: [
    503,
    'No pair may be spent now',
    'The database server has changed, or answers cannot be spooled. Try again later.',
  ],
  refresh_too_soon: [429, 'The tokens were refreshed a moment ago', 'Nothing was sent to the bank.'],
  bank_refused: [
    502,
    'The bank refused the refresh',
    'The consent stays live. The log of the hub has the answer of the bank.',
  ],
  bank_answer_unreadable: [
    502,
    'The answer of the bank cannot be read',
    'It is kept, and will be read again.',
  ],
};

/** Why a refresh brought no new pair. */
export function refreshFailure({ code, context }: ConsentError): ConsoleFailure {
  if (code === 'consent_not_found') return notFound('consent');
  if (code === 'consent_not_live')
    return new ConsoleFailure(
      409,
      'The consent is lost',
      `The refresh showed that it is ${context.state ?? 'over'}${context.reason ? ` (${context.reason})` : ''}. ${ASKED}`,
    );
  const [status, title, text] = TEXTS[code];
  return new ConsoleFailure(status, title, `${text} ${ASKED}`);
}
