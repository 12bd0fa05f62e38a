import { parseArgs, types, type ParseArgsConfig } from 'node:util';
import { Call, UsageError, type Command, type CommandOption } from './command.js';

/** What was asked for: help on everything, on a group, on a command, or a command itself. */
export type Asked =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'command'; readonly command: Command; readonly isJson: boolean; readonly call: Call };

type Progress = (line: string) => void;

const OPTIONS_OF_ALL: Readonly<Record<string, CommandOption>> = {
  json: { help: 'for programs: JSON on stdout' },
  help: { help: 'this text' },
};

/** The commands of a program, found by their words. */
export class CommandLine {
  constructor(
    private readonly program: string,
    private readonly purpose: string,
    private readonly commands: readonly Command[],
  ) {}

  /** @throws UsageError */
  read(given: readonly string[], env: NodeJS.ProcessEnv, progress: Progress): Asked {
    const args = optionsLast(given);
    const words = args.filter((arg) => !arg.startsWith('-'));
    const wantsHelp = args.includes('--help') || args.includes('-h');
    const command = this.commands.find(({ name }) => startsWith(args, name.split(' ')));
    if (command) {
      if (wantsHelp) return { kind: 'help', text: this.helpOf(command) };
      return this.parse(command, args.slice(command.name.split(' ').length), env, progress);
    }
    const group = this.commands.filter(
      ({ name }) => words[0] !== undefined && name.startsWith(`${words[0]} `),
    );
    if (words.length === 0) {
      if (args.length > 0 && !wantsHelp)
        throw new UsageError(`${args[0]} is not understood without a command. See ${this.program} --help.`);
      return { kind: 'help', text: this.help(this.commands) };
    }
    if (group.length > 0 && (wantsHelp || words.length === 1))
      return { kind: 'help', text: this.help(group) };
    const known = group.length > 0 ? group : this.commands;
    throw new UsageError(
      `There is no command "${words.slice(0, 2).join(' ')}". There is: ${known.map(({ name }) => name).join(', ')}.`,
    );
  }

  private parse(
    command: Command,
    rest: readonly string[],
    env: NodeJS.ProcessEnv,
    progress: Progress,
  ): Asked {
    const { values, positionals } = this.parseWords(command, rest);
    const operands = command.operands ?? [];
    const needed = operands.filter((operand) => !operand.startsWith('['));
    const missing = needed[positionals.length];
    if (missing !== undefined) throw this.misuse(command, `${missing} is missing.`);
    const tooMany = positionals.slice(operands.length);
    if (tooMany.length > 0) throw this.misuse(command, `Too many arguments: ${tooMany.join(' ')}.`);
    for (const [name, option] of Object.entries(command.options ?? {})) {
      if (option.isRequired && values[name] === undefined)
        throw this.misuse(command, `--${name} ${option.value ?? ''} is missing.`);
    }
    const call = new Call(values, positionals, env, progress);
    return { kind: 'command', command, isJson: values['json'] === true, call };
  }

  private parseWords(command: Command, args: readonly string[]) {
    const options: NonNullable<ParseArgsConfig['options']> = { json: { type: 'boolean' } };
    for (const [name, { value, isRepeatable = false }] of Object.entries(command.options ?? {}))
      options[name] = { type: value === undefined ? 'boolean' : 'string', multiple: isRepeatable };
    try {
      const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
      return { values, positionals };
    } catch (error) {
      throw this.misuse(command, types.isNativeError(error) ? error.message : 'unreadable arguments', error);
    }
  }

  /** @param reason what cannot be understood */
  misuse(command: Command, reason: string, cause?: unknown): UsageError {
    return new UsageError(`${reason}\nUsage: ${this.usageOf(command)}`, { cause });
  }

  private usageOf({ name, operands = [], options = {} }: Command): string {
    const required = Object.entries(options).filter(([, { isRequired }]) => isRequired);
    const words = [
      this.program,
      name,
      ...operands,
      ...required.map(([option, { value }]) => `--${option} ${value ?? ''}`),
      '[options]',
    ];
    return words.join(' ');
  }

  private helpOf(command: Command): string {
    const { summary, notes, options = {}, environment } = command;
    const rows = Object.entries({ ...options, ...OPTIONS_OF_ALL }).map(([name, option]) => [
      `--${name} ${option.value ?? ''}`.trimEnd(),
      `${option.help}${option.isRepeatable ? '; may be repeated' : ''}`,
    ]);
    const lines = [
      `Usage: ${this.usageOf(command)}`,
      `\n${summary}`,
      ...(notes === undefined ? [] : [`\n${notes}`]),
      `\nOptions:\n${columns(rows)}`,
      `\nReads ${environment ?? 'DATABASE_URL'} from the environment.\n`,
    ];
    return lines.join('\n');
  }

  private help(commands: readonly Command[]): string {
    const rows = commands.map(({ name, operands = [], summary }) => [[name, ...operands].join(' '), summary]);
    return [
      this.purpose,
      `\nUsage: ${this.program} <command> [options]\n\n${columns(rows)}`,
      `\n"${this.program} <command> --help" says more. Exit codes: 0 done, 1 failed, 2 not understood.\n`,
    ].join('\n');
  }
}

/** `--json consents list` is as good as `consents list --json`. */
function optionsLast(args: readonly string[]): readonly string[] {
  const first = args.findIndex((arg) => !arg.startsWith('-'));
  return first < 0 ? args : [...args.slice(first), ...args.slice(0, first)];
}

const startsWith = (args: readonly string[], words: readonly string[]): boolean =>
  words.every((word, at) => args[at] === word);

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
