import {
  accessOf,
  Problem,
  spanOfRequest,
  traceFactsOf,
  type AuthenticatedRequest,
  type Permission,
  type ProblemKind,
} from '@consent-hub/platform';
import { Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiClientService } from './api-client.service.js';
import { apiKeyOf } from './api-key.js';
import {
  API_KEY_EXPIRED,
  API_KEY_INVALID,
  API_KEY_MISSING,
  API_KEY_REVOKED,
  PERMISSION_MISSING,
} from './api-key.problems.js';
import type { KnownCaller } from './caller.query.js';
import { KeyUseRecorder } from './key-use.recorder.js';
import { RequestRateLimiter } from './request-rate.limiter.js';

const REALM = 'Bearer realm="consent-hub"';

/** Who may call which route: each route names one permission, or that it is public. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly logger = new Logger('ApiKeyGuard');

  constructor(
    private readonly clients: ApiClientService,
    private readonly limits: RequestRateLimiter,
    private readonly keyUses: KeyUseRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context);
    if (access === 'public') return true;
    if (access === undefined) throw this.closedRoute(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const caller = await this.authenticate(request);
    request.caller = caller;
    this.keyUses.record(caller.keyId);
    this.limits.take(caller);
    if (!caller.permissions.has(access)) throw permissionMissing(access);
    return true;
  }

  /**
   * A revoked or expired key is distinguished from a wrong one: a caller that sends it has owned it, because 256 random bits
   * cannot be guessed.
   */
  private async authenticate(request: FastifyRequest): Promise<KnownCaller> {
    const { authorization } = request.headers;
    if (authorization === undefined) throw unauthenticated(API_KEY_MISSING, REALM);
    const key = apiKeyOf(authorization);
    const caller = key && (await this.clients.findByKey(key, spanOfRequest(request)));
    if (!caller) throw unauthenticated(API_KEY_INVALID);
    if (caller.isRevoked) throw unauthenticated(API_KEY_REVOKED);
    if (caller.isExpired) throw unauthenticated(API_KEY_EXPIRED);
    return caller;
  }

  /** A route whose author forgot to say who may call it. */
  private closedRoute(context: ExecutionContext): Problem {
    this.logger.error({
      msg: 'route without @Requires or @Public refused',
      ...traceFactsOf(context.switchToHttp().getRequest<FastifyRequest>()),
      handler: `${context.getClass().name}.${context.getHandler().name}`,
    });
    return new Problem({ status: 403, code: 'route_closed', detail: 'No caller may use this route.' });
  }
}

/** RFC 6750, section 3: the challenge names an error only when a key was sent. */
const unauthenticated = (kind: ProblemKind, challenge = `${REALM}, error="invalid_token"`): Problem =>
  new Problem({ ...kind, headers: { 'WWW-Authenticate': challenge } });

const permissionMissing = (permission: Permission): Problem =>
  new Problem({
    ...PERMISSION_MISSING,
    detail: `This API client lacks the permission ${permission}.`,
    extensions: { permission },
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${permission}"` },
  });
