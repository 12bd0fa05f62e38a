import { aRequest } from '../../testing/spool.harness.js';
import { fromLine, toLine } from './spooled-answer.js';

const sealed = Buffer.from('sealed');
const read = (line: Buffer) => fromLine(line.subarray(0, -1))?.requests;

describe('a line of the spool', () => {
  it('gives back the requests that it was made of, and whom each was for', () => {
    const requests = [aRequest({ callerRequestId: 'order-17' }), aRequest()];
    expect(read(toLine({ requests, sealed }))).toEqual(requests);
  });

  it('is read as for nobody where it was written before callers were named', () => {
    const line = toLine({ requests: [aRequest()], sealed });
    expect(line.toString()).not.toContain('callerRequestId');
    expect(read(line)).toMatchObject([{ callerRequestId: null }]);
  });
});
