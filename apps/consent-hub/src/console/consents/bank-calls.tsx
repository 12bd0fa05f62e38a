import type { FoundTokenRequest } from '@consent-hub/token-grant';
import type { ComponentChildren, JSX } from 'preact';
import { Badge, Moment, number, Table, type Meaning } from '../frame/parts.js';

const MEANINGS: Readonly<Record<FoundTokenRequest['status'], Meaning>> = {
  sent: 'wait',
  received: 'doubt',
  in_doubt: 'doubt',
  committed: 'good',
  refused: 'bad',
  not_sent: 'ended',
  probed: 'doubt',
  overtaken: 'ended',
};

/** How long a call took until its result was stored; null while it is open. */
export const millisecondsOf = ({
  sentAt,
  settledAt,
}: Pick<FoundTokenRequest, 'sentAt' | 'settledAt'>): number | null =>
  settledAt && Math.max(0, settledAt.getTime() - sentAt.getTime());

const kindOf = ({ grantType, isProbe }: FoundTokenRequest): string =>
  `${grantType === 'refresh_token' ? 'refresh' : 'code exchange'}${isProbe ? ', probe' : ''}`;

const wordsOf = ({ outcome, bankError, bankErrorCode }: FoundTokenRequest): string =>
  [outcome, bankError, bankErrorCode]
    .filter((word) => word !== null)
    .join(' · ')
    .replaceAll('_', ' ') || '–';

const row = (call: FoundTokenRequest): ComponentChildren[] => {
  const milliseconds = millisecondsOf(call);
  return [
    <span key="when" class="nowrap">
      <Moment at={call.sentAt} />
    </span>,
    kindOf(call),
    <Badge key="status" meaning={MEANINGS[call.status]}>
      {call.status.replaceAll('_', ' ')}
    </Badge>,
    call.httpStatus ?? '–',
    wordsOf(call),
    milliseconds === null ? '–' : number(milliseconds),
    <code key="request-id">{call.requestId}</code>,
    call.callerRequestId === null ? (
      <span class="soft">none: scheduled</span>
    ) : (
      <code key="caller">{call.callerRequestId}</code>
    ),
  ];
};

/** Calls of POST /token as the journal has them. The bank repeats our Request-ID as its Response-ID: it has no other one. */
export const BankCalls = ({
  calls,
  isAll,
}: {
  readonly calls: readonly FoundTokenRequest[];
  /** Whether these are all that the journal has. */
  readonly isAll: boolean;
}): JSX.Element => (
  <section class="section" aria-labelledby="calls">
    <h2 id="calls">Calls of the bank</h2>
    {calls.length === 0 ? (
      <p class="soft">
        The journal holds no call: none was made yet, or it was removed after its time in the journal. The
        timeline keeps the Request-IDs.
      </p>
    ) : (
      <>
        <Table
          caption="Calls of POST /token"
          headings={[
            ...['When', 'Call', 'Outcome', '#HTTP', 'Words', '#ms'],
            ...['Request-ID at the bank', 'X-Request-Id of the caller'],
          ]}
          rows={calls.map(row)}
        />
        {!isAll && <p class="soft foot">The latest {number(calls.length)}; the timeline has the others.</p>}
      </>
    )}
  </section>
);
