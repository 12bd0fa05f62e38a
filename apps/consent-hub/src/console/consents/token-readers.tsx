import type { JSX } from 'preact';
import { Clip, Moment, number, Table } from '../frame/parts.js';
import type { ConsentDetail } from './consent-detail.service.js';

const DAY_MS = 86_400_000;

/** Reads a day since the first pair, where that is a day or more ago. */
function perDay(uses: number, since: Date | null, until: Date): string {
  const days = since ? (until.getTime() - since.getTime()) / DAY_MS : 0;
  return days < 1 ? '–' : (uses / days).toFixed(1);
}

/** The API clients that were handed the access token of a consent. */
export const TokenReadersList = ({
  detail: { readers, clients, consent, asOf },
}: {
  readonly detail: ConsentDetail;
}): JSX.Element => (
  <section class="section" aria-labelledby="readers">
    <h2 id="readers">Who reads its token</h2>
    {readers.length === 0 ? (
      <p class="soft">
        No API client has read it. They do with GET /v1/consents/{'{id}'}/access-token, or by the person.
      </p>
    ) : (
      <Table
        caption="API clients that read the token"
        headings={['API client', 'Last read', '#Reads', '#Reads a day']}
        rows={readers.map(({ apiClientId, uses, lastUsedAt }) => [
          <Clip key="client" text={clients.get(apiClientId) ?? apiClientId} />,
          <Moment key="last" at={lastUsedAt} />,
          number(uses),
          perDay(uses, consent.activatedAt, consent.endedAt ?? asOf),
        ])}
      />
    )}
  </section>
);
