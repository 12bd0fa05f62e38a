import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';

/** What an API client may be allowed to do. `admin` sees every consent, not only the client's own. */
export const PERMISSIONS = [
  'consents:read',
  'consents:write',
  'tokens:read',
  'events:read',
  'admin',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** The authenticated caller of a request. */
export interface Caller {
  /** Id of the API client. */
  readonly id: string;
  readonly name: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Scopes whose tokens it may read, if it may read tokens at all: `AIS`, `CAF`, `PIS`. */
  readonly tokenScopes: ReadonlySet<string>;
  /** The only addresses to which its PSUs may be sent in the end; null or absent: any. */
  readonly returnUrls?: ReadonlySet<string> | null;
  /** Id of the key that it called with. */
  readonly keyId?: string;
}

const REQUIRED_PERMISSION = 'required-permission';
const PUBLIC = 'public';

/** The permission that a caller of this route must hold. */
export const Requires = (permission: Permission): CustomDecorator =>
  SetMetadata(REQUIRED_PERMISSION, permission);

/** This route answers any caller. The guard refuses every call of a route with neither decorator. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

/** What a route asks of its caller; metadata of the method wins over that of the class. */
export function accessOf(
  context: Pick<ExecutionContext, 'getHandler' | 'getClass'>,
): Permission | 'public' | undefined {
  for (const target of [context.getHandler(), context.getClass()]) {
    if (Reflect.getMetadata(PUBLIC, target) === true) return 'public';
    const permission = Reflect.getMetadata(REQUIRED_PERMISSION, target) as Permission | undefined;
    if (permission) return permission;
  }
  return undefined;
}

/** The request as the guard leaves it. */
export interface AuthenticatedRequest {
  caller?: Caller;
}

/** Binds the authenticated caller to a parameter of a controller method. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});
