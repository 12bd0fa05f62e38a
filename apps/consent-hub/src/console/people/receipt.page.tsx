import type { AdminAction } from '../audit/admin-action.repository.js';
import { Facts } from '../frame/facts.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Moment, number } from '../frame/parts.js';
import { heldFacts } from './held.js';

const numberIn = (data: AdminAction['data'], name: string): number => {
  const value = data[name];
  return typeof value === 'number' ? value : 0;
};

const idsIn = (data: AdminAction['data']): string[] => {
  const ids = data['consent_ids'];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
};

/** Can be printed: without navigation and buttons. */
export function renderReceipt(context: PageContext, action: AdminAction): string {
  const { data } = action;
  return renderFrame({
    context,
    title: 'Receipt of an erasure',
    page: 'people',
    children: (
      <div class="stack">
        <section class="card stack">
          <p role="status">
            The data of a person was erased. This receipt does not name them; it can be opened again from the
            audit. Print it with your browser.
          </p>
          <Facts
            facts={[
              ['Receipt', <code key="id">{action.id}</code>],
              ['Erased', <Moment key="at" at={action.at} exactly />],
              ['By', `${action.name} (${action.subject})`],
              ['Reason', action.reason ?? '–'],
              ['Consents', number(numberIn(data, 'consents'))],
              ['Of these ended by it', number(numberIn(data, 'ended'))],
              ...heldFacts((name) => numberIn(data, name)),
            ]}
          />
        </section>
        <section class="card stack" aria-labelledby="of">
          <h2 id="of">Consents, which name no person now</h2>
          <ul class="plain">
            {idsIn(data).map((id) => (
              <li key={id}>
                <a class="mono" href={`${context.base}/console/consents/${id}`}>
                  {id}
                </a>
              </li>
            ))}
          </ul>
        </section>
        <p class="actions screen">
          <a class="button quiet" href={`${context.base}/console/audit?action=erase_person`}>
            Erasures in the audit
          </a>
        </p>
      </div>
    ),
  });
}
