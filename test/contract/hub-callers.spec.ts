import { randomUUID } from 'node:crypto';
import type { Permission } from '@consent-hub/platform';
import { ApiConformance } from '@consent-hub/testing';
import {
  CALLERS,
  CLIENTS,
  HubWithClients,
  type CallerName,
  type ClientName,
} from '../support/hub-api/hub-with-clients.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly permission: Permission;
}

/** Every call that needs a key, by hand: a call that asks for another permission than it did is a change of the API. */
const OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/v1/consents', permission: 'consents:write' },
  { method: 'GET', path: '/v1/consents', permission: 'consents:read' },
  { method: 'GET', path: '/v1/consents/{id}', permission: 'consents:read' },
  { method: 'GET', path: '/v1/consents/{id}/events', permission: 'consents:read' },
  { method: 'GET', path: '/v1/consents/{id}/accounts', permission: 'consents:read' },
  { method: 'GET', path: '/v1/consents/{id}/token-uses', permission: 'admin' },
  { method: 'POST', path: '/v1/consents/{id}/refresh', permission: 'consents:write' },
  { method: 'POST', path: '/v1/consents/{id}/revoke', permission: 'consents:write' },
  { method: 'GET', path: '/v1/consents/{id}/access-token', permission: 'tokens:read' },
  { method: 'POST', path: '/v1/consents/{id}/access-token/rejections', permission: 'tokens:read' },
  { method: 'GET', path: '/v1/consents/{id}/sca-token', permission: 'tokens:read' },
  { method: 'POST', path: '/v1/consents/{id}/sca-authorizations', permission: 'tokens:read' },
  { method: 'GET', path: '/v1/access-token', permission: 'tokens:read' },
  { method: 'POST', path: '/v1/pis-tokens', permission: 'consents:write' },
  { method: 'POST', path: '/v1/psu-sessions', permission: 'consents:write' },
  { method: 'GET', path: '/v1/token-requests', permission: 'admin' },
  { method: 'POST', path: '/v1/token-requests/reparse', permission: 'admin' },
  { method: 'POST', path: '/v1/token-requests/{request_id}/reparse', permission: 'admin' },
  { method: 'POST', path: '/v1/token-requests/{request_id}/resolve', permission: 'admin' },
  { method: 'POST', path: '/v1/erasures', permission: 'admin' },
  { method: 'GET', path: '/v1/events', permission: 'events:read' },
  { method: 'GET', path: '/v1/events/stream', permission: 'events:read' },
  { method: 'GET', path: '/v1/vault-keys', permission: 'admin' },
  { method: 'POST', path: '/v1/vault-keys/rotate', permission: 'admin' },
  { method: 'POST', path: '/v1/vault-keys/reseal', permission: 'admin' },
  { method: 'POST', path: '/v1/vault-keys/{id}/retire', permission: 'admin' },
  { method: 'GET', path: '/v1/timeline/verification', permission: 'admin' },
  { method: 'GET', path: '/v1/timeline/heads', permission: 'admin' },
  { method: 'POST', path: '/v1/timeline/hashes', permission: 'admin' },
  { method: 'GET', path: '/v1/timeline/exports', permission: 'admin' },
  { method: 'POST', path: '/v1/timeline/exports', permission: 'admin' },
  { method: 'POST', path: '/v1/timeline/exports/verification', permission: 'admin' },
  { method: 'GET', path: '/v1/stats', permission: 'admin' },
  { method: 'GET', path: '/v1/certificates', permission: 'admin' },
  { method: 'POST', path: '/v1/webhooks', permission: 'events:read' },
  { method: 'GET', path: '/v1/webhooks', permission: 'events:read' },
  { method: 'GET', path: '/v1/webhooks/{id}', permission: 'events:read' },
  { method: 'PATCH', path: '/v1/webhooks/{id}', permission: 'events:read' },
  { method: 'DELETE', path: '/v1/webhooks/{id}', permission: 'events:read' },
  { method: 'POST', path: '/v1/webhooks/{id}/rotate-secret', permission: 'events:read' },
  { method: 'POST', path: '/v1/webhooks/{id}/test', permission: 'events:read' },
  { method: 'GET', path: '/v1/webhooks/{id}/deliveries', permission: 'events:read' },
  { method: 'POST', path: '/v1/webhooks/{id}/replay', permission: 'events:read' },
];

/** What a collection says of an id that it does not have. */
const NOT_FOUND: Readonly<Record<string, string>> = {
  consents: 'consent_not_found',
  'vault-keys': 'vault_key_not_found',
  webhooks: 'webhook_not_found',
};

/** Callers without a valid key. */
const UNKNOWN: Readonly<Partial<Record<CallerName, string>>> = {
  anonymous: 'api_key_missing',
  garbled: 'api_key_invalid',
  stranger: 'api_key_invalid',
  revoked: 'api_key_revoked',
};

let hub: HubWithClients;
let conformance: ApiConformance;

beforeAll(async () => {
  hub = await HubWithClients.start();
  conformance = new ApiConformance(hub.description);
}, 60_000);
afterAll(() => hub.close());

/** Without a body or a query: a caller that is accepted gets an error for that, and nothing happens. */
async function refused(operation: Operation, as: CallerName, id: string) {
  const { method, path } = operation;
  const before = await hub.dump();
  const answer = await hub.call({ method, path: path.replace(/\{(?:id|request_id)\}/, id), as });
  expect(conformance.faultsOf(answer)).toEqual([]);
  if (answer.status >= 400) expect(await hub.dump()).toBe(before);
  return { answer, code: answer.status < 400 ? null : (JSON.parse(answer.body) as { code: string }).code };
}

/** The content of an answer, without the ids of its request. */
const unnamed = ({ answer }: { readonly answer: { readonly body: string } }) => ({
  ...(JSON.parse(answer.body) as object),
  request_id: null,
});

const cases = OPERATIONS.flatMap((operation) => CALLERS.map((as) => ({ ...operation, as })));

describe('the API of the hub', () => {
  it('has the calls of this table and no others that need a key', () => {
    const described = Object.entries(hub.description.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) => {
        const permission = (operation as { 'x-required-permission'?: Permission })['x-required-permission'];
        return permission === undefined ? [] : { method: method.toUpperCase(), path, permission };
      }),
    );
    const name = ({ method, path }: Operation) => `${path} ${method}`;
    const sorted = (all: readonly Operation[]) => [...all].sort((a, b) => (name(a) < name(b) ? -1 : 1));
    expect(sorted(described)).toEqual(sorted(OPERATIONS));
  });

  it.each(cases)('lets $as into $method $path, or says why not', async ({ as, ...operation }) => {
    const { answer, code } = await refused(operation, as, randomUUID());
    const unknown = UNKNOWN[as];
    if (unknown !== undefined) {
      expect([answer.status, code]).toEqual([401, unknown]);
      return;
    }
    const { permissions } = CLIENTS[as as ClientName];
    if (!permissions.some((held) => held === operation.permission)) {
      expect([answer.status, code]).toEqual([403, 'permission_missing']);
      expect(JSON.parse(answer.body)).toMatchObject({ permission: operation.permission });
      return;
    }
    expect([401, 403]).not.toContain(answer.status);
    // These check the body first.
    if (operation.path.includes('{id}') && !/\/(?:rejections|replay)$/.test(operation.path)) {
      const [, collection = ''] = /^\/v1\/([a-z-]+)\//.exec(operation.path) ?? [];
      expect([answer.status, code]).toEqual([404, NOT_FOUND[collection]]);
    }
    if (operation.path.includes('{request_id}')) {
      expect([answer.status, code]).toEqual([404, expect.stringMatching(/^no_answer_/)]);
    }
  });

  it.each(
    OPERATIONS.filter(({ path, permission }) => path.includes('{id}') && permission.startsWith('consents')),
  )(
    'hides a consent from the client that did not open it, as if there were none: $method $path',
    async (operation) => {
      const foreign = await refused(operation, 'other', hub.consentOf('owner').id);
      const unknown = await refused(operation, 'other', randomUUID());
      expect([foreign.answer.status, foreign.code]).toEqual([404, 'consent_not_found']);
      expect(unnamed(foreign)).toEqual(unnamed(unknown));
    },
  );

  it('shows nothing of a consent to a client that reads tokens of other scopes', async () => {
    const id = hub.consentOf('owner', 'AIS').id;
    for (const path of ['access-token', 'sca-token']) {
      const operation = {
        method: 'GET',
        path: `/v1/consents/{id}/${path}`,
        permission: 'tokens:read',
      } as const;
      const foreign = await refused(operation, 'payments', id);
      expect([foreign.answer.status, foreign.code]).toEqual([404, 'consent_not_found']);
      expect(unnamed(foreign)).toEqual(unnamed(await refused(operation, 'payments', randomUUID())));
    }
  });

  it('names to a client the scope of which it may not read tokens', async () => {
    const { psuRef } = hub.consentOf('owner', 'AIS');
    const path = `/v1/access-token?brand=belfius&scope=AIS&psu_ref=${psuRef}`;
    const { answer, code } = await refused(
      { method: 'GET', path, permission: 'tokens:read' },
      'payments',
      '',
    );
    expect([answer.status, code]).toEqual([403, 'scope_not_granted']);
  });
});
