import { ConsentError, type ConsentErrorCode } from '@consent-hub/consent';
import { ApiClientError } from '../api-client/api-client-error.js';
import { knownFailure } from '../boot-failure.js';
import { API_CLIENT_COMMANDS } from './api-client.commands.js';
import { CommandLine } from './command-line.js';
import { CommandFailure, UsageError } from './command.js';
import { CONSENTS_COMMANDS } from './consents.commands.js';
import { JOURNAL_COMMANDS } from './journal.commands.js';
import { json } from './output.js';
import { Progress, type Screen } from './progress.js';
import { TIMELINE_COMMANDS } from './timeline.commands.js';

const EXIT = { done: 0, failed: 1, misused: 2 } as const;

const commandLine = new CommandLine('consent-hub', 'Operates a Consent Hub beside its API.', [
  ...API_CLIENT_COMMANDS,
  ...CONSENTS_COMMANDS,
  ...JOURNAL_COMMANDS,
  ...TIMELINE_COMMANDS,
]);

/** What a program is run with: its results go to one stream, everything else to the other. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** @returns the exit code: 0 done, 1 failed, 2 not understood */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const progress = new Progress(terminal.stderr);
  try {
    return await run(args, terminal, progress);
  } catch (error) {
    progress.clear();
    const isMisuse = error instanceof UsageError;
    terminal.stderr.write(`${isMisuse ? error.message : failureText(error)}\n`);
    return isMisuse ? EXIT.misused : EXIT.failed;
  }
}

async function run(args: readonly string[], { env, stdout }: Terminal, progress: Progress): Promise<number> {
  const asked = commandLine.read(args, env, (line) => progress.show(line));
  if (asked.kind === 'help') {
    stdout.write(asked.text);
    return EXIT.done;
  }
  const { command, isJson, call } = asked;
  try {
    const { text, data, isFailure = false } = await command.run(call);
    progress.clear();
    stdout.write(isJson ? json(data) : text);
    return isFailure ? EXIT.failed : EXIT.done;
  } catch (error) {
    throw error instanceof UsageError ? commandLine.misuse(command, error.message, error) : error;
  }
}

/** Of those that a command can meet. */
const CONSENT_TEXTS: Partial<Record<ConsentErrorCode, string>> = {
  consent_not_found: 'There is no such consent.',
  consent_not_live: 'Only a consent that is live, or waits for its person, can be ended.',
};

function failureText(error: unknown): string {
  if (error instanceof ApiClientError || error instanceof CommandFailure) return error.message;
  if (error instanceof ConsentError) {
    const { state, reason } = error.context;
    const where = state === undefined ? '' : ` It is ${state}${reason ? ` (${reason})` : ''}.`;
    return (CONSENT_TEXTS[error.code] ?? error.message) + where;
  }
  return knownFailure(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}
