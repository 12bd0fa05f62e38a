import { aRequest } from '../../testing/spool.harness.js';
import { fromLine, toLine } from './spooled-answer.js';

const sealed = Buffer.from('sealed');
const read = (line: Buffer) => fromLine(line.subarray(0, -1))?.requests;

describe('a line of the spool', () => {
  it('returns the requests that it was made of, with the caller of each', () => {
    const requests = [aRequest({ callerRequestId: 'order-17' }), aRequest()];
    expect(read(toLine({ requests, sealed }))).toEqual(requests);
  });

  it('is read without a caller where it was written before callers were named', () => {
    const line = toLine({ requests: [aRequest()], sealed });
    expect(line.toString()).not.toContain('callerRequestId');
    expect(read(line)).toMatchObject([{ callerRequestId: null }]);
  });
});
