import { CONSENT_STATES, isLive, TRANSITIONS, type ConsentState } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { meaningOf, number } from '../frame/parts.js';
import type { ConsentDetail } from './consent-detail.service.js';

const [WIDTH, HEIGHT] = [112, 36];
const UPPER = 18;
const LOWER = 138;

/** Where the boxes of the states stand. */
const PLACES: Readonly<Record<ConsentState, readonly [x: number, y: number]>> = {
  initiated: [1, UPPER],
  authorized: [182, UPPER],
  active: [363, UPPER],
  refreshed: [544, UPPER],
  rejected: [1, LOWER],
  expired: [142, LOWER],
  failed: [283, LOWER],
  superseded: [424, LOWER],
  revoked: [565, LOWER],
};

type Edge = readonly [from: ConsentState, to: ConsentState];

const EDGES: readonly Edge[] = CONSENT_STATES.flatMap((from) =>
  TRANSITIONS[from].map((to) => [from, to] as const),
);
const keyOf = ([from, to]: Edge): string => `${from} ${to}`;

/** How often each state was reached, and each edge was gone. */
function walkOf({ events }: Pick<ConsentDetail, 'events'>) {
  const states = new Map<ConsentState, number>();
  const edges = new Map<string, number>();
  for (const { fromState, toState } of events) {
    if (!toState) continue;
    states.set(toState, (states.get(toState) ?? 0) + 1);
    if (fromState) {
      const key = keyOf([fromState, toState]);
      edges.set(key, (edges.get(key) ?? 0) + 1);
    }
  }
  return { states, edges };
}

function lineOf([from, to]: Edge): string {
  const [fromX, fromY] = PLACES[from];
  const [toX, toY] = PLACES[to];
  const middle = WIDTH / 2;
  if (from === to)
    return `M ${fromX + WIDTH} ${fromY + 10} C ${fromX + WIDTH + 34} ${fromY - 2}, ${fromX + WIDTH + 34} ${fromY + 38}, ${fromX + WIDTH + 7} ${fromY + 28}`;
  if (fromY === toY) return `M ${fromX + WIDTH} ${fromY + HEIGHT / 2} H ${toX - 7}`;
  const [begin, end] = fromY < toY ? [fromY + HEIGHT, toY - 7] : [fromY, toY + HEIGHT + 7];
  const [beginX, endX] = [fromX + middle + (fromY < toY ? 0 : 14), toX + middle + (fromY < toY ? 0 : 14)];
  const bend = (begin + end) / 2;
  return `M ${beginX} ${begin} C ${beginX} ${bend}, ${endX} ${bend}, ${endX} ${end}`;
}

const Line = ({ edge, count }: { readonly edge: Edge; readonly count: number }): JSX.Element => (
  <path
    class={count > 0 ? `edge walked m-${meaningOf(edge[1])}` : 'edge'}
    d={lineOf(edge)}
    marker-end={count > 0 ? `url(#tip-${meaningOf(edge[1])})` : 'url(#tip)'}
  />
);

function Box({ state, count }: { readonly state: ConsentState; readonly count: number }): JSX.Element {
  const [x, y] = PLACES[state];
  return (
    <g class={count > 0 ? `state walked m-${meaningOf(state)}` : 'state'}>
      <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx="8" />
      <text x={x + WIDTH / 2} y={y + HEIGHT / 2 + 5} text-anchor="middle">
        {state}
      </text>
      {count > 1 && (
        <text class="times" x={x + WIDTH - 4} y={y - 4} text-anchor="end">
          ×{number(count)}
        </text>
      )}
    </g>
  );
}

const Tip = ({ meaning }: { readonly meaning?: string }): JSX.Element => (
  <marker
    id={meaning === undefined ? 'tip' : `tip-${meaning}`}
    viewBox="0 0 8 8"
    refX="2"
    refY="4"
    markerWidth="8"
    markerHeight="8"
    markerUnits="userSpaceOnUse"
    orient="auto"
  >
    <path class={meaning === undefined ? 'tip' : `tip m-${meaning}`} d="M 0 0 L 8 4 L 0 8 Z" />
  </marker>
);

/** All states and the ways between them; those that the consent has gone are lit. The list says the same in words. */
export function StateMachine({ detail }: { readonly detail: ConsentDetail }): JSX.Element {
  const { states, edges } = walkOf(detail);
  const opened = states.size > 0 ? new Map([...states, ['initiated', 1] as const]) : states;
  const lit = (edge: Edge): number => edges.get(keyOf(edge)) ?? 0;
  return (
    <>
      <div class="machine" role="region" aria-label="States and the path of this consent" tabIndex={0}>
        <svg viewBox="0 0 700 180" role="img" aria-label="The path is in the list that follows">
          <defs>
            <Tip />
            {['good', 'wait', 'bad', 'ended'].map((meaning) => (
              <Tip key={meaning} meaning={meaning} />
            ))}
          </defs>
          {/* Lit ones last, so that they are above the others. */}
          {[...EDGES]
            .sort((one, other) => lit(one) - lit(other))
            .map((edge) => (
              <Line key={keyOf(edge)} edge={edge} count={lit(edge)} />
            ))}
          {CONSENT_STATES.map((state) => (
            <Box key={state} state={state} count={opened.get(state) ?? 0} />
          ))}
        </svg>
      </div>
      <ol class="hide" aria-label="States">
        {CONSENT_STATES.map((state) => (
          <li key={state}>
            {state}: {wordsOf(state, opened.get(state) ?? 0)}
          </li>
        ))}
      </ol>
    </>
  );
}

const wordsOf = (state: ConsentState, count: number): string =>
  count === 0
    ? 'not reached'
    : count === 1
      ? isLive(state)
        ? 'reached, live'
        : 'reached'
      : `reached ${count} times`;
