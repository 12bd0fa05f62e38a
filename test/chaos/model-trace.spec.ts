import { checkTrace } from '../../libs/token-grant/model/trace.js';
import type { Evidence } from '../support/chaos/evidence.js';
import { modelTrace } from '../support/chaos/model-trace.js';
import type { TokenCall } from '../support/chaos/relay.js';

const CALL: TokenCall = {
  by: 'hub-1',
  brand: 'belfius',
  grantType: 'refresh_token',
  spent: 'first',
  sentAt: 100,
  answer: null,
  endedAt: 110,
  closedAt: 110,
};

/** What the model says of these calls, where the journal has one request of hub-1. */
async function violationsOf(calls: readonly TokenCall[], isWhole: boolean): Promise<string[]> {
  const rows = [{ consent: 'consent', owner: 'hub-1.42.abcd', isWhole }];
  const hub = { query: () => Promise.resolve(rows as never[]) };
  const consents = [{ id: 'consent', brand: 'belfius', psuId: 'psu' }];
  const pair = { psuId: 'psu', refreshHash: 'second', generation: 2, rotated: ['first'], killed: false };
  const evidence = { hub, consents, calls } as unknown as Evidence;
  const trace = await modelTrace({ evidence, bankPairs: new Map([['psu', pair]]), isReceived: () => true });
  return checkTrace(trace);
}

describe('the history of a run', () => {
  it('conforms when each call has a request in the journal', async () => {
    expect(await violationsOf([CALL], true)).toEqual([]);
  });

  it('does not conform when a call has none, unless the server may have forgotten it', async () => {
    const calls = [CALL, { ...CALL, sentAt: 200, endedAt: 210, closedAt: 210 }];
    expect(await violationsOf(calls, true)).toEqual([
      'hub-1 sent pair first of consent consent without a request of its own',
    ]);
    expect(await violationsOf(calls, false)).toEqual([]);
  });
});
