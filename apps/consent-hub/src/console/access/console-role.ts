/**
 * - `viewer`: sees everything but account numbers
 * - `operator`: also acts on consents
 * - `security`: also sees account numbers
 */
export const CONSOLE_ROLES = ['viewer', 'operator', 'security'] as const;
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

/** A person who may use the console. */
export interface ConsolePerson {
  /** Names the person in timelines and in the audit: of an identity provider the claim `sub`, of a one-time link `link:<name>`. */
  readonly subject: string;
  /** For people to read. */
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
}

/** Every person who may use the console may look. */
export const mayActAs = ({ roles }: Pick<ConsolePerson, 'roles'>, role: ConsoleRole): boolean =>
  role === 'viewer' || roles.includes(role);
