import type { ComponentChildren, JSX } from 'preact';
import { writePosition } from '../consents/consent-filter.js';
import { ExportLinks } from '../frame/export-links.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Choice, TextField, TimeField } from '../frame/fields.js';
import { Empty, Moment, Table } from '../frame/parts.js';
import {
  ADMIN_ACTIONS,
  type AdminAction,
  type AdminActionName,
  type AdminActionPage,
} from './admin-action.repository.js';
import { writeAuditFilter, type AuditFilter } from './audit-filter.js';

type Faults = ReadonlyMap<string, string>;

interface FilterForm {
  readonly context: PageContext;
  readonly filter: AuditFilter;
  readonly faults: Faults;
}

const FilterForm = ({ context, filter, faults }: FilterForm): JSX.Element => (
  <form class="card stack" method="get" action={`${context.base}/console/audit`} role="search">
    <div class="fields">
      <Choice name="action" label="Action" value={filter.action} options={Object.entries(ADMIN_ACTIONS)} />
      <TextField
        name="subject"
        label="Subject of the person"
        value={filter.subject}
        fault={faults.get('subject')}
      />
      <TextField
        name="consent"
        label="Id of the consent"
        value={filter.consent}
        fault={faults.get('consent')}
      />
      <TimeField name="from" label="From (UTC)" value={filter.from} fault={faults.get('from')} />
      <TimeField name="to" label="Before (UTC)" value={filter.to} fault={faults.get('to')} />
    </div>
    <div class="actions">
      <button>Search</button>
      <a class="button quiet" href={`${context.base}/console/audit`}>
        Clear
      </a>
    </div>
  </form>
);

const dataText = (data: AdminAction['data']): string =>
  Object.entries(data)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');

const rowOf =
  (context: PageContext) =>
  (action: AdminAction): ComponentChildren[] => [
    <span key="at" class="nowrap">
      <Moment at={action.at} exactly />
    </span>,
    <>
      {action.name} <span class="soft">{action.subject}</span>
    </>,
    <span key="what" class="nowrap">
      {ADMIN_ACTIONS[action.action as AdminActionName]}
      {action.action === 'erase_person' && (
        <>
          {' '}
          <a href={`${context.base}/console/people/receipts/${action.id}`}>Receipt</a>
        </>
      )}
    </span>,
    <span key="why" class="wrap">
      {action.reason ?? (dataText(action.data) || '–')}
      {action.reason !== null && dataText(action.data) !== '' && (
        <span class="soft"> ({dataText(action.data)})</span>
      )}
    </span>,
    action.consentId === null ? (
      '–'
    ) : (
      <a key="consent" class="mono nowrap" href={`${context.base}/console/consents/${action.consentId}`}>
        …{action.consentId.slice(-12)}
      </a>
    ),
  ];

function Found({
  context,
  filter,
  found,
}: {
  readonly context: PageContext;
  readonly filter: AuditFilter;
  readonly found: AdminActionPage;
}): JSX.Element {
  const query = writeAuditFilter(filter);
  if (found.items.length === 0)
    return (
      <Empty>
        <h2>No action found</h2>
        <p>No action matches the filter. Remove a part of it.</p>
      </Empty>
    );
  const next = found.next && new URLSearchParams([...query, ['after', writePosition(found.next)]]);
  return (
    <>
      <div class="bar">
        <p>Latest first</p>
        <div class="chips">
          <ExportLinks
            addressOf={(format) =>
              `${context.base}/console/audit/export?${new URLSearchParams([...query, ['format', format]])}`
            }
          />
        </div>
      </div>
      <Table
        caption="Actions in the console"
        headings={['When', 'Who', 'What', 'Why, or with which filter', 'Consent']}
        rows={found.items.map(rowOf(context))}
      />
      {next && (
        <p class="actions">
          <a class="button quiet" rel="next" href={`${context.base}/console/audit?${next}`}>
            Next page
          </a>
        </p>
      )}
    </>
  );
}

/** @param found the actions, or what is wrong with the filter */
export const renderAudit = (
  context: PageContext,
  filter: AuditFilter,
  found: AdminActionPage | Faults,
): string =>
  renderFrame({
    context,
    title: 'Audit',
    page: 'audit',
    asOf: new Date(),
    children: (
      <div class="stack">
        <p class="soft">
          What people did in this console. Entries are only ever added; none can be changed or deleted by the
          hub.
        </p>
        <FilterForm
          context={context}
          filter={filter}
          faults={found instanceof Map ? (found as Faults) : new Map<string, string>()}
        />
        {found instanceof Map ? (
          <p class="notice bad" role="alert">
            Nothing was searched: a filter cannot be read. It is marked above.
          </p>
        ) : (
          <Found context={context} filter={filter} found={found as AdminActionPage} />
        )}
      </div>
    ),
  });
