import type { ExecutionContext } from '@nestjs/common';
import { Problem, Public, Requires, type AuthenticatedRequest, type Permission } from '@consent-hub/platform';
import type { ApiClientService } from './api-client.service.js';
import type { KnownCaller } from './caller.query.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { newApiKey } from './api-key.js';
import type { KeyUseRecorder } from './key-use.recorder.js';
import { RequestRateLimiter } from './request-rate.limiter.js';

class Routes {
  @Public()
  open(): void {}

  @Requires('consents:read')
  reading(): void {}

  forgotten(): void {}
}

@Requires('admin')
class AdminRoutes {
  inherited(): void {}

  @Public()
  open(): void {}
}

type Headers = Record<string, string | undefined>;

const contextOf = (type: new () => object, method: string, headers: Headers = {}) => {
  const request: AuthenticatedRequest & { headers: Headers } = { headers };
  const handler: unknown = Object.getOwnPropertyDescriptor(type.prototype, method)?.value;
  const context = {
    getClass: () => type,
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => request }),
    // The guard reads nothing else of a context.
  } as unknown as ExecutionContext;
  return { context, request };
};

const caller = (permissions: Permission[], refused: Partial<KnownCaller> = {}): KnownCaller => ({
  id: '0199f3c8-0000-7000-8000-000000000000',
  name: 'platform',
  permissions: new Set(permissions),
  tokenScopes: new Set(['AIS']),
  rateLimit: 1,
  keyId: '0199f3c8-0000-7000-8000-000000000001',
  isRevoked: false,
  isExpired: false,
  ...refused,
});

const guardFor = (found: KnownCaller | null) => {
  const findByKey = jest.fn(() => Promise.resolve(found));
  const limits = new RequestRateLimiter(0, () => 0);
  const record = jest.fn();
  const guard = new ApiKeyGuard({ findByKey } as unknown as ApiClientService, limits, {
    record,
  } as unknown as KeyUseRecorder);
  return { guard, findByKey, record };
};

const refusal = async (attempt: Promise<boolean>): Promise<Problem> => {
  const error: unknown = await attempt.catch((thrown: unknown) => thrown);
  if (error instanceof Problem) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
};

describe('the guard of the API', () => {
  const authorization = `Bearer ${newApiKey().reveal()}`;

  it('lets any caller use a public route, and looks up no client for it', async () => {
    const { guard, findByKey } = guardFor(null);
    await expect(guard.canActivate(contextOf(Routes, 'open', { authorization }).context)).resolves.toBe(true);
    await expect(guard.canActivate(contextOf(AdminRoutes, 'open').context)).resolves.toBe(true);
    expect(findByKey).not.toHaveBeenCalled();
  });

  it('lets a client in that holds the permission, and names it to the route', async () => {
    const known = caller(['consents:read']);
    const { context, request } = contextOf(Routes, 'reading', { authorization });
    const { guard, record } = guardFor(known);
    await expect(guard.canActivate(context)).resolves.toBe(true);
    expect(request.caller).toBe(known);
    expect(record.mock.calls).toEqual([[known.keyId]]);
  });

  it.each([
    ['no key', {}, 'api_key_missing', 'Bearer realm="consent-hub"'],
    [
      'something else than a key',
      { authorization: 'Basic dTpw' },
      'api_key_invalid',
      expect.stringContaining('invalid_token'),
    ],
  ])('refuses %s without a look into the database', async (_what, headers: Headers, code, challenge) => {
    const { guard, findByKey } = guardFor(caller(['consents:read']));
    const { context, request } = contextOf(Routes, 'reading', headers);
    const { details } = await refusal(guard.canActivate(context));
    expect(details).toMatchObject({ status: 401, code, headers: { 'WWW-Authenticate': challenge } });
    expect(findByKey).not.toHaveBeenCalled();
    expect(request.caller).toBeUndefined();
  });

  it.each([
    ['a key that no client has', null, 'api_key_invalid'],
    [
      'a revoked key, whatever it was allowed',
      caller(['consents:read', 'admin'], { isRevoked: true, isExpired: true }),
      'api_key_revoked',
    ],
    ['an expired key', caller(['consents:read', 'admin'], { isExpired: true }), 'api_key_expired'],
  ])('refuses %s, and does not take it for used', async (_what, found, code) => {
    const { context, request } = contextOf(Routes, 'reading', { authorization });
    const { guard, record } = guardFor(found);
    expect((await refusal(guard.canActivate(context))).details).toMatchObject({ status: 401, code });
    expect(request.caller).toBeUndefined();
    expect(record).not.toHaveBeenCalled();
  });

  it('counts the requests of a client, also those that it may not make', async () => {
    const { guard } = guardFor(caller(['consents:read']));
    const { context } = contextOf(AdminRoutes, 'inherited', { authorization });
    expect((await refusal(guard.canActivate(context))).details.code).toBe('permission_missing');
    expect((await refusal(guard.canActivate(context))).details).toMatchObject({
      status: 429,
      code: 'rate_limited',
    });
  });

  it.each([
    ['read', Routes, 'reading', ['admin', 'consents:write', 'tokens:read'], 'consents:read'],
    ['admin', AdminRoutes, 'inherited', ['consents:read', 'consents:write', 'tokens:read'], 'admin'],
  ] as const)('takes no permission for another: %s', async (_what, type, method, held, permission) => {
    const { context } = contextOf(type, method, { authorization });
    const problem = await refusal(guardFor(caller([...held])).guard.canActivate(context));
    expect(problem.details).toMatchObject({
      status: 403,
      code: 'permission_missing',
      extensions: { permission },
    });
    expect(problem.details.detail).toContain(permission);
  });

  it('refuses everyone a route whose author did not say who may call it', async () => {
    const everything = caller(['admin', 'consents:read', 'consents:write', 'tokens:read']);
    const { context } = contextOf(Routes, 'forgotten', { authorization });
    expect((await refusal(guardFor(everything).guard.canActivate(context))).details).toMatchObject({
      status: 403,
      code: 'route_closed',
    });
  });
});
