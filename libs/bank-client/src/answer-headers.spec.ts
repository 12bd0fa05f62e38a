import { echoOf } from './answer-headers.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const OTHER_ID = '00000000-0000-4000-8000-000000000000';

describe('the echo of a Request-ID', () => {
  it.each([
    ['same', REQUEST_ID],
    ['same', REQUEST_ID.toUpperCase()],
    ['same', ` ${REQUEST_ID}\t`],
    ['same', [REQUEST_ID, REQUEST_ID]],
    ['same', `${REQUEST_ID}, ${REQUEST_ID}`],
    ['same', `${OTHER_ID},${REQUEST_ID}`],
    ['same', [OTHER_ID, `, ${REQUEST_ID.toUpperCase()} ,`]],
    ['different', OTHER_ID],
    ['different', `${OTHER_ID}, ${OTHER_ID}`],
    ['different', [OTHER_ID, '']],
    ['different', `${REQUEST_ID}x`],
    ['different', `x ${REQUEST_ID}`],
    ['missing', ' '],
    ['missing', ' , '],
    ['missing', []],
    ['missing', undefined],
  ])('is %s when it is %j', (verdict, echo) => {
    expect(echoOf(echo === undefined ? {} : { 'response-id': echo }, REQUEST_ID)).toBe(verdict);
  });
});
