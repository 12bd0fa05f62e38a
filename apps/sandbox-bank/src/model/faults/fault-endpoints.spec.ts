import { endpointOf, MACHINE_ENDPOINTS, spellingsOf } from './fault-endpoints.js';

describe('the endpoint of a fault', () => {
  it.each([
    ['/token', '/token'],
    ['token', '/token'],
    ['TOKEN/', '/token'],
    [' POST /token ', '/token'],
    ['post token', '/token'],
    ['//Consent-URIs//', '/consent-uris'],
    ['GET /accounts', '/accounts'],
    ['/accounts/{logical-id}', '/accounts/{logical-id}'],
    ['/accounts/:id/transactions', '/accounts/{logical-id}/transactions'],
    ['/accounts/{id}/Transactions/', '/accounts/{logical-id}/transactions'],
    ['accounts/AbC-1._~/transactions', '/accounts/AbC-1._~/transactions'],
    ['/funds-confirmations', '/funds-confirmations'],
    ['/payments/{payment-product}', '/payments/{payment-product}'],
    ['POST /payments/sepa-credit-transfers', '/payments/sepa-credit-transfers'],
    ['callback', '/callback'],
    ['/Callback/', '/callback'],
    ['*', '*'],
    ['any', '*'],
  ])('is read from %j', (written, endpoint) => {
    expect(endpointOf(written)).toBe(endpoint);
  });

  it.each(MACHINE_ENDPOINTS.map((each) => [each]))(
    'is read from %j, with or without its method',
    (written) => {
      const [, path] = written.split(' ');
      expect(endpointOf(path ?? '')).toBe(path);
      expect([path, written]).toContain(endpointOf(written));
    },
  );

  it.each([
    '',
    '/',
    'GET',
    'GET /token',
    'PUT /accounts',
    'POST /callback',
    '/tokens',
    '/token/x',
    '/token?x=1',
    '/accounts/a b',
    '/accounts/%00',
    '/accounts/\u0000',
    'https://bank.example/token',
  ])('is not read from %j', (written) => {
    expect(endpointOf(written)).toBeNull();
  });

  it('keeps the method where another method has the same path', () => {
    const path = '/payments/{payment-product}/{payment-id}';
    expect(['GET', 'DELETE'].map((method) => endpointOf(`${method} ${path}`))).toEqual([
      `GET ${path}`,
      `DELETE ${path}`,
    ]);
  });

  it('is found by every call that is meant, and by no other', () => {
    const call = spellingsOf('GET', '/accounts/:logicalId/transactions', '/accounts/AbC/transactions?next=2');
    for (const written of ['*', '/accounts/{}/transactions', 'GET accounts/AbC/transactions'])
      expect(call).toContain(endpointOf(written));
    for (const written of ['/accounts', '/accounts/AbC', '/accounts/abc/transactions', '/token'])
      expect(call).not.toContain(endpointOf(written));
  });
});
