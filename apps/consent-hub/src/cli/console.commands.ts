import { userInfo } from 'node:os';
import { readEnvironment } from '@consent-hub/platform';
import { Command } from 'commander';
import { HttpSettings } from '../config/http.settings.js';
import { ConsoleLinkRepository, LINK_MINUTES, LINK_NAME } from '../console/access/console-link.repository.js';
import { CONSOLE_ROLES, type ConsoleRole } from '../console/access/console-role.js';
import { collect, newCommand, running, UsageError, type Shell } from './command.js';
import { withDatabase } from './database.js';

interface LinkOptions {
  readonly role?: readonly string[];
  readonly name?: string;
}

const link = (shell: Shell): Command =>
  newCommand('link', {
    summary: 'Makes a link that lets one person into the console, once.',
    notes:
      `It holds for ${LINK_MINUTES} minutes, and is used up by the button of the page that it opens. The name is in the audit and in ` +
      'timelines. Not where people sign in at an identity provider: there links are refused.',
    reads: 'DATABASE_URL, and HUB_PUBLIC_URL (or HUB_HOST and HUB_PORT) for the address,',
  })
    .option('--role <role>', `${CONSOLE_ROLES.join(', ')}; default viewer; may be repeated`, collect)
    .option('--name <name>', 'of the person: A-Z a-z 0-9 . _ -; default: your user name on this machine')
    .action(
      running(shell, ({ role = ['viewer'], name = userInfo().username }: LinkOptions) => {
        if (!LINK_NAME.test(name))
          throw new UsageError(`--name takes 1 to 64 of A-Z a-z 0-9 . _ -, not ${name}.`);
        const roles = readRoles(role);
        const { publicUrl } = readEnvironment(HttpSettings, shell.env);
        return withDatabase(shell.env, async (dataSource) => {
          const { token, expiresAt } = await new ConsoleLinkRepository(dataSource).make(name, roles);
          const url = `${publicUrl}/console/link/${token.reveal()}`;
          const data = { url, name, roles, expires_at: expiresAt.toISOString() };
          return {
            data,
            text: `Lets ${name} in as ${roles.join(', ')}, once, within ${LINK_MINUTES} minutes:\n${url}\n`,
          };
        });
      }),
    );

/** Each once, in the order of the list; a role that may act may also read. */
function readRoles(given: readonly string[]): ConsoleRole[] {
  const unknown = given.filter((role) => !CONSOLE_ROLES.some((known) => known === role));
  if (unknown.length > 0)
    throw new UsageError(`--role takes one of ${CONSOLE_ROLES.join(', ')}, not ${unknown.join(', ')}.`);
  return CONSOLE_ROLES.filter((role) => role === 'viewer' || given.includes(role));
}

/** Who may use the console, written into the database itself. */
export const consoleCommands = (shell: Shell): Command =>
  new Command('console').description('Who may use the console.').addCommand(link(shell));
