import { parseArgs, types } from 'node:util';
import { PERMISSIONS, type Permission } from '@consent-hub/platform';
import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';

export const HELP = `Who may call the hub. Reads DATABASE_URL.

  api-client create <name> --permissions <list> [--token-scopes <list>] [--json]
      Prints the new key, once. A name is 1 to 63 of a-z, 0-9 and hyphen.
      permissions    ${PERMISSIONS.join(', ')}
      token scopes   ${SCOPES.join(', ')}: whose tokens it may read; default all
  api-client list [--json]
  api-client revoke <name>
      From the next request on its key is refused.

Lists are written with commas: --permissions consents:read,tokens:read
`;

/** The arguments cannot be understood. */
export class UsageError extends Error {}

/** What was asked for on the command line. */
export type CliCall =
  | { readonly command: 'help' }
  | { readonly command: 'list'; readonly isJson: boolean }
  | { readonly command: 'revoke'; readonly name: string }
  | {
      readonly command: 'create';
      readonly name: string;
      readonly permissions: readonly Permission[];
      readonly tokenScopes: readonly Scope[];
      readonly isJson: boolean;
    };

/** @throws UsageError */
export function readCall(args: string[]): CliCall {
  const { values, positionals } = parse(args);
  if (values.help || positionals.length === 0) return { command: 'help' };
  const [topic, command, name, ...rest] = positionals;
  if (topic !== 'api-client') throw new UsageError(`unknown command: ${topic}`);
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(' ')}`);
  if (command === 'list' && name === undefined) return { command, isJson: values.json };
  if (command === 'revoke' && name !== undefined) return { command, name };
  if (command === 'create' && name !== undefined) {
    return {
      command,
      name,
      permissions: readList(PERMISSIONS, '--permissions', values.permissions),
      tokenScopes:
        values['token-scopes'] === undefined
          ? SCOPES
          : readList(SCOPES, '--token-scopes', values['token-scopes']),
      isJson: values.json,
    };
  }
  throw new UsageError(`expected: api-client create <name>, list, or revoke <name>`);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        permissions: { type: 'string' },
        'token-scopes': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(types.isNativeError(error) ? error.message : 'unreadable arguments', {
      cause: error,
    });
  }
}

function readList<T extends string>(allowed: readonly T[], option: string, list = ''): T[] {
  const isAllowed = (word: string): word is T => allowed.some((one) => one === word);
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !isAllowed(word));
  if (words.length === 0 || unknown.length > 0) {
    throw new UsageError(
      `${option} takes one or more of ${allowed.join(', ')}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}`,
    );
  }
  return words.filter(isAllowed);
}
