import type { ConsoleSettings } from '../../config/console.settings.js';
import { CONSOLE_ROLES, type ConsoleRole } from '../access/console-role.js';

/** Gives roles to whom the identity provider says that of. */
interface RoleRule {
  readonly claim: string;
  readonly value: string;
  readonly roles: readonly ConsoleRole[];
}

export type Claims = Readonly<Record<string, unknown>>;

/** Which claims give which roles. */
export class RoleClaims {
  private readonly rules: readonly RoleRule[];

  constructor(
    settings: Pick<
      ConsoleSettings,
      | 'CONSOLE_OIDC_ADMIN_CLAIM'
      | 'CONSOLE_OIDC_VIEWER_CLAIM'
      | 'CONSOLE_OIDC_OPERATOR_CLAIM'
      | 'CONSOLE_OIDC_SECURITY_CLAIM'
    >,
  ) {
    const given: readonly (readonly [string | undefined, readonly ConsoleRole[]])[] = [
      [settings.CONSOLE_OIDC_ADMIN_CLAIM, CONSOLE_ROLES],
      [settings.CONSOLE_OIDC_VIEWER_CLAIM, ['viewer']],
      [settings.CONSOLE_OIDC_OPERATOR_CLAIM, ['viewer', 'operator']],
      [settings.CONSOLE_OIDC_SECURITY_CLAIM, ['viewer', 'security']],
    ];
    this.rules = given.flatMap(([text, roles]) => {
      if (text === undefined) return [];
      const at = text.indexOf('=');
      return [{ claim: text.slice(0, at), value: text.slice(at + 1), roles }];
    });
  }

  /** In the order of the list of roles; empty for a person who has none. */
  rolesOf(claims: Claims): ConsoleRole[] {
    const held = this.rules.filter(({ claim, value }) => holds(valueAt(claims, claim), value));
    return CONSOLE_ROLES.filter((role) => held.some(({ roles }) => roles.includes(role)));
  }
}

/** A claim of that name, which may hold dots itself; else the name is a path: `realm_access.roles`. */
function valueAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Claims)[key]
          : undefined,
      claims,
    );
}

const holds = (claim: unknown, value: string): boolean =>
  Array.isArray(claim) ? claim.includes(value) : String(claim) === value && isPlain(claim);

const isPlain = (claim: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof claim);
