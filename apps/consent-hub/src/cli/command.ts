/** The words of a call cannot be understood. */
export class UsageError extends Error {}

/** Something that an operator can understand went wrong. */
export class CommandFailure extends Error {}

/** One option of a command. */
export interface CommandOption {
  /** What stands after it, e.g. `<id>`; absent: nothing does. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  readonly isRequired?: boolean;
  readonly help: string;
}

/** What a command has to say: to people, or to programs. */
export interface CommandResult {
  readonly text: string;
  readonly data: unknown;
  /** It ran to its end and found something wrong. */
  readonly isFailure?: boolean;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** More than the summary says, for `--help`. */
  readonly notes?: string;
  /** Names of what stands after the command's own name; one in brackets may be left out. */
  readonly operands?: readonly string[];
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** What it reads from the environment. */
  readonly environment?: string;
  run(call: Call): Promise<CommandResult>;
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** A command as it was called. */
export class Call {
  constructor(
    private readonly values: Values,
    private readonly operands: readonly string[],
    readonly env: NodeJS.ProcessEnv,
    /** Says how far a long command has come, to whoever watches. */
    readonly progress: (line: string) => void,
  ) {}

  /** @throws UsageError when it was left out */
  operand(index = 0): string {
    const operand = this.operands[index];
    if (operand === undefined) throw new UsageError('an argument is missing');
    return operand;
  }

  findOperand(index = 0): string | undefined {
    return this.operands[index];
  }

  option(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  all(name: string): string[] {
    const value = this.values[name];
    const given = Array.isArray(value) ? value : [value];
    return given.filter((one) => typeof one === 'string');
  }

  has(name: string): boolean {
    return this.values[name] === true;
  }
}
