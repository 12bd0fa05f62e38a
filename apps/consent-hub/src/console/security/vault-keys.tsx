import type { KeyUses, ListedKey, VaultKeyRow, VaultKeyState } from '@consent-hub/token-vault';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { mayActAs } from '../access/console-role.js';
import type { PageContext } from '../frame/frame.js';
import { Badge, Moment, number, Table, type Meaning } from '../frame/parts.js';
import type { CountedKeys } from './key-list.service.js';

const STATES: Readonly<Record<VaultKeyState, readonly [text: string, meaning: Meaning]>> = {
  announced: ['announced', 'wait'],
  current: ['current', 'good'],
  former: ['former', 'doubt'],
  retired: ['retired', 'ended'],
};

const sumOf = (uses: KeyUses): number => Object.values(uses).reduce((sum, count) => sum + count, 0);

/** `120 token pairs, 3 spooled answers` */
export const usesText = (uses: KeyUses): string =>
  Object.entries(uses)
    .map(([store, count]) => `${number(count)} ${store.replaceAll('_', ' ')}`)
    .join(', ');

/** Whether nothing needs the key, and it seals nothing any more. */
const isSafeToRetire = ({ row, uses }: ListedKey): boolean =>
  row.state === 'former' && uses !== undefined && sumOf(uses) === 0;

const BEING_COUNTED = 'being counted';

interface Keys {
  readonly context: PageContext;
  readonly keys: CountedKeys;
}

const rowOf =
  (context: PageContext) =>
  (key: ListedKey): ComponentChildren[] => {
    const { row, isKnown, uses } = key;
    const [text, meaning] = STATES[row.state];
    const isSafe = isSafeToRetire(key);
    return [
      <span key="id" class="mono nowrap">
        {row.id}
      </span>,
      <>
        <Badge meaning={meaning}>{text}</Badge>
        {!isKnown && row.state !== 'retired' && <Badge meaning="bad">unknown to this hub</Badge>}
      </>,
      row.provider === 'environment' ? 'HUB_VAULT_KEYS' : row.provider,
      uses ? (
        <span key="uses" title={usesText(uses)}>
          {number(sumOf(uses))}
        </span>
      ) : (
        BEING_COUNTED
      ),
      number(row.seals),
      row.currentFrom ? <Moment key="since" at={row.currentFrom} /> : '–',
      isSafe ? (
        <>
          <Badge meaning="good">safe to retire</Badge>{' '}
          {mayActAs(context.session, 'security') && (
            <a
              href={`${context.base}/console/security/actions/retire?${new URLSearchParams({ key: row.id })}`}
            >
              Retire {row.id}…
            </a>
          )}
        </>
      ) : row.state === 'former' && uses ? (
        usesText(uses)
      ) : row.retiredAt ? (
        <>
          retired <Moment at={row.retiredAt} />
          {row.destroyedAt && ', destroyed'}
        </>
      ) : (
        '–'
      ),
    ];
  };

function Reseal({ row }: { readonly row: VaultKeyRow }): JSX.Element {
  const total = row.resealTotal ?? 0;
  const { resealed, resealFailed, resealEndedAt, resealRequestedAt } = row;
  return (
    <div class="reseal" data-reseal={resealEndedAt ? 'ended' : 'running'}>
      <p>
        <b>{resealEndedAt ? 'Sealed anew' : 'Sealing anew'}</b>: {number(resealed)} of {number(total)} rows
        {resealEndedAt ? (
          <>
            , ended <Moment at={resealEndedAt} />
          </>
        ) : (
          resealRequestedAt && (
            <>
              , asked for <Moment at={resealRequestedAt} />
            </>
          )
        )}
        {resealFailed > 0 && <b class="bad"> · {number(resealFailed)} rows open with no key of this hub</b>}
      </p>
      <progress
        aria-label="Rows sealed anew"
        max={Math.max(1, total)}
        value={resealEndedAt ? Math.max(1, total) : Math.min(resealed, total)}
      />
    </div>
  );
}

/** The keys with what needs each, and how far sealing anew has come: the part of the page that changes by itself. */
export const VaultKeysNow = ({ context, keys: { keys, kek, countedAt } }: Keys): JSX.Element => {
  const resealing = keys.find(({ row }) => row.state === 'current' && row.resealRequestedAt)?.row;
  return (
    <>
      {resealing && <Reseal row={resealing} />}
      <Table
        caption="Keys of the vault, oldest first"
        headings={['Key', 'State', 'Wrapped by', '#Needed by', '#Seals', 'Current since', 'Retire']}
        rows={keys.map(rowOf(context))}
      />
      <p class="foot">
        New keys are wrapped by {kek.name} {kek.kekId}. What needs a key{' '}
        {countedAt ? (
          <>
            was counted <Moment at={countedAt} />
          </>
        ) : (
          'is being counted'
        )}
        .
      </p>
    </>
  );
};

export const renderVaultKeys = (context: PageContext, keys: CountedKeys): string =>
  renderToString(<VaultKeysNow context={context} keys={keys} />);
