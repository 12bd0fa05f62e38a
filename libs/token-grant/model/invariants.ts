import type { State } from './state.js';

/** What must not be when a pair is sent. */
export function checkSend(state: State, consent: number, generation: number): string | null {
  const isSame = (call: { consent: number; generation: number }) =>
    call.consent === consent && call.generation === generation;
  if (state.bank.calls.some(isSame)) return 'a pair is sent while a call with it is under way at the bank';
  if (holdsAfter(state, consent, generation)) return 'a pair is sent although a hub holds the answer to it';
  return null;
}

/** Somewhere in a hub, on disk or in memory, is an answer that grants a later generation. */
export function holdsAfter({ hubs, spools }: State, consent: number, generation: number): boolean {
  return (
    spools.some((answers) =>
      answers.some((answer) => answer.consent === consent && answer.generation > generation),
    ) ||
    hubs.some(({ calls }) =>
      calls.some(
        (call) =>
          call.consent === consent &&
          call.generation >= generation &&
          (call.phase === 'answered' || call.phase === 'spooled'),
      ),
    )
  );
}

/** What must not be in any state. */
export function checkState(state: State): string | null {
  if (state.violation) return state.violation;
  const { database } = state.server;
  for (const [consent, reached] of state.reached.entries()) {
    if ((database.generations[consent] ?? 0) < reached && !holdsAfter(state, consent, reached - 1))
      return 'an answer that a hub had is lost';
    const open = database.requests.filter((request) => request.consent === consent);
    if (open.length > 1) return 'two requests are open for one consent';
  }
  return null;
}
