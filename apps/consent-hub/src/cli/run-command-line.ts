import { ApiClientError, CONSENT_STATES } from '@consent-hub/consent';
import { knownFailure } from '../boot-failure.js';
import type { ErasedConsentView } from '../erasure/erasure.view.js';
import { apiClientCommands } from './api-client.commands.js';
import { commandLine, HelpShown } from './command-line.js';
import { CommandFailure, UsageError, type Shell } from './command.js';
import { consentsCommands } from './consents.commands.js';
import { consoleCommands } from './console.commands.js';
import { eventsCommands } from './events.commands.js';
import { HubRefusal, type HubProblem } from './hub-api.js';
import { journalCommands } from './journal.commands.js';
import { json } from './output.js';
import { Progress, type Screen } from './progress.js';
import { timelineCommands } from './timeline.commands.js';
import { vaultCommands } from './vault.commands.js';
import { webhooksCommands } from './webhooks.commands.js';

const EXIT = { done: 0, failed: 1, misused: 2 } as const;
const PROGRAM = { name: 'consent-hub', purpose: 'Operates a Consent Hub, over its API or on its database.' };

/** What a program is run with: its results go to one stream, everything else to the other. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** @returns the exit code: 0 done, 1 failed, 2 not understood */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const { env, stdout, stderr } = terminal;
  const progress = new Progress(stderr);
  let exitCode: number = EXIT.done;
  const shell: Shell = {
    env,
    progress: (line) => progress.show(line),
    print: async (text) => {
      if (stdout.write(text) === false && stdout.once)
        await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
    },
    note: (text) => {
      progress.clear();
      stderr.write(text);
    },
    report: ({ text, data, isFailure = false }, isJson) => {
      progress.clear();
      stdout.write(isJson ? json(data) : text);
      if (isFailure) exitCode = EXIT.failed;
    },
  };
  const groups = [
    apiClientCommands,
    consentsCommands,
    consoleCommands,
    eventsCommands,
    journalCommands,
    timelineCommands,
    vaultCommands,
    webhooksCommands,
  ];
  const program = commandLine(
    PROGRAM,
    groups.map((group) => group(shell)),
    (text) => stdout.write(text),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof HelpShown) return EXIT.done;
    progress.clear();
    const isMisuse = error instanceof UsageError;
    stderr.write(`${isMisuse ? error.message : failureText(error)}\n`);
    return isMisuse ? EXIT.misused : EXIT.failed;
  }
}

function failureText(error: unknown): string {
  if (error instanceof HubRefusal) return refusalText(error.problem);
  if (error instanceof ApiClientError || error instanceof CommandFailure) return error.message;
  return knownFailure(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** Text for problems that an operator can solve; other problems explain it in their own text. */
function refusalText({ code, detail, ...members }: HubProblem): string {
  switch (code) {
    case 'permission_missing':
      return `The API key lacks the permission ${String(members['permission'])}. (${code})`;
    case 'consent_not_found':
      return 'There is no such consent.';
    case 'consent_not_live':
      return `Only a consent that is live, or waits for its person, can be ended.${stateText(members)}`;
    case 'consents_not_ended':
      return `Nothing was erased: these consents have not ended. With --revoke they are ended first.${consentsText(members)}`;
    case 'call_under_way':
      return `Nothing was erased: the bank is being asked for the tokens of these. Try again in some minutes.${consentsText(members)}`;
    case 'vault_key_in_use':
      return `Nothing was retired: the key is still needed.${usesText(members)}`;
    case 'person_unknown':
    case 'no_answer_kept':
    case 'no_answer_waited_for':
      return detail;
    default:
      return `${detail} (${code})`;
  }
}

function stateText({ state, reason }: Readonly<Record<string, unknown>>): string {
  const known = CONSENT_STATES.find((one) => one === state);
  if (known === undefined) return '';
  return ` It is ${known}${typeof reason === 'string' ? ` (${reason})` : ''}.`;
}

const usesText = ({ uses }: Readonly<Record<string, unknown>>): string =>
  typeof uses === 'object' && uses !== null
    ? Object.entries(uses)
        .map(([name, count]) => `\n  ${String(count)} ${name.replaceAll('_', ' ')}`)
        .join('')
    : '';

const consentsText = ({ consents }: Readonly<Record<string, unknown>>): string =>
  Array.isArray(consents)
    ? (consents as ErasedConsentView[]).map(({ id, brand, state }) => `\n  ${id} ${brand} ${state}`).join('')
    : '';
