import type { RelatedConsent } from '@consent-hub/consent';
import type { JSX } from 'preact';
import type { PageContext } from '../frame/frame.js';
import { maskIban, Moment, StateBadge, Table } from '../frame/parts.js';
import type { ConsentDetail } from './consent-detail.service.js';

const RELATIONS = { predecessor: 'took over from', successor: 'taken over by' } as const;

const masked = (ibans: readonly string[], sign: string): string[] =>
  ibans.map((iban) => `${sign}\u00a0${maskIban(iban)}`);

/** What the newer of the two has more and less than the older one. */
export function differenceOf(older: readonly string[], newer: readonly string[]): string {
  const lines = [
    ...masked(
      newer.filter((iban) => !older.includes(iban)),
      '+',
    ),
    ...masked(
      older.filter((iban) => !newer.includes(iban)),
      '−',
    ),
  ];
  return lines.length === 0 ? 'the same accounts' : lines.join(', ');
}

const difference = ({ relation, ibans }: RelatedConsent, own: readonly string[]): string =>
  relation === 'predecessor' ? differenceOf(ibans, own) : differenceOf(own, ibans);

/** The consent before and the one after, where one took over from the other. */
export function RelatedConsents({
  context,
  detail: { related, ibans },
}: {
  readonly context: PageContext;
  readonly detail: ConsentDetail;
}): JSX.Element | null {
  if (related.length === 0) return null;
  return (
    <section class="section" aria-labelledby="related">
      <h2 id="related">Before and after</h2>
      <Table
        caption="Consents before and after"
        headings={['This consent', 'Consent', 'State', 'Opened', '#Accounts', 'Accounts of the newer one']}
        rows={related.map((one) => [
          RELATIONS[one.relation],
          <a key="id" class="mono nowrap" href={`${context.base}/console/consents/${one.id}`}>
            …{one.id.slice(-12)}
          </a>,
          <StateBadge key="state" state={one.state} />,
          <Moment key="opened" at={one.createdAt} />,
          one.ibans.length,
          <span key="difference" class="wrap">
            {difference(one, ibans)}
          </span>,
        ])}
      />
    </section>
  );
}
