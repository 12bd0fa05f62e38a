import { Command } from 'commander';

/** The words of a call cannot be understood. */
export class UsageError extends Error {}

/** Something that an operator can understand went wrong. */
export class CommandFailure extends Error {}

/** What a command has to say: to people, or to programs. */
export interface CommandResult {
  readonly text: string;
  readonly data: unknown;
  /** It ran to its end and found something wrong. */
  readonly isFailure?: boolean;
}

/** What commands are run with, in addition to their arguments. */
export interface Shell {
  readonly env: NodeJS.ProcessEnv;
  /** Shows the progress of a long command on the screen. */
  readonly progress: (line: string) => void;
  /** Prints a part of what a command has to say that is too long to be held. Resolves once there is room for more. */
  readonly print: (text: string) => Promise<void>;
  /** Prints a message for people, apart from the result. */
  readonly note: (text: string) => void;
  /** Prints what a command has to say. */
  readonly report: (result: CommandResult, isJson: boolean) => void;
}

/** What the help of a command says in addition to its operands and options. */
export interface CommandHelp {
  readonly summary: string;
  /** More than the summary says. */
  readonly notes?: string;
  /** What it reads from the environment. */
  readonly reads: string;
}

/** A command without operands and options yet. */
export const newCommand = (name: string, { summary, notes, reads }: CommandHelp): Command =>
  new Command(name)
    .summary(summary)
    .description(notes === undefined ? summary : `${summary}\n\n${notes}`)
    .addHelpText('after', `\nReads ${reads} from the environment.`);

/** For an option that may be repeated: all that it was given. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/**
 * The action of a command: prints the result of the work.
 *
 * @param work is given the operands, then the options; gives null when it has printed everything itself
 */
export const running = <A extends unknown[]>(
  shell: Shell,
  work: (...args: A) => Promise<CommandResult | null>,
) =>
  async function (this: Command, ...args: A): Promise<void> {
    try {
      const result = await work(...args);
      if (result) shell.report(result, this.optsWithGlobals<{ json?: boolean }>().json === true);
    } catch (error) {
      throw error instanceof UsageError ? misuse(this, error.message, error) : error;
    }
  };

/** @param reason what cannot be understood */
export const misuse = (command: Command, reason: string, cause?: unknown): UsageError =>
  new UsageError(`${reason}\nUsage: ${command.createHelp().commandUsage(command)}`, { cause });
