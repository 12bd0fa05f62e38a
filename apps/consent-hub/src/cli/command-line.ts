import { Command, type Argument, type CommanderError } from 'commander';
import { misuse, UsageError } from './command.js';

/** Thrown in the place of a result: help was asked for, and is printed. */
export class HelpShown extends Error {}

/** As wide as the notes of the commands are written. */
const HELP_WIDTH = 120;

/** A program of groups of commands. Commander reads the arguments; help and errors have texts of this program. */
export function commandLine(
  { name, purpose }: { readonly name: string; readonly purpose: string },
  groups: readonly Command[],
  print: (text: string) => unknown,
): Command {
  const program = new Command(name).description(purpose).option('--json', 'for programs: JSON on stdout');
  for (const group of groups) program.addCommand(group);
  for (const command of [program, ...groups]) {
    command
      .usage('<command> [options]')
      .configureHelp({ visibleCommands: leavesOf, subcommandTerm: termOf })
      .addHelpText(
        'after',
        `\n"${name} <command> --help" says more. Exit codes: 0 done, 1 failed, 2 not understood.`,
      );
  }
  for (const leaf of leavesOf(program))
    leaf.usage([...wordsOf(leaf), '[options]'].join(' ')).configureHelp({ showGlobalOptions: true });
  for (const command of [program, ...groups, ...leavesOf(program)]) {
    command
      .helpOption('-h, --help', 'this text')
      .helpCommand(false)
      .showSuggestionAfterError(false)
      .configureOutput({
        writeOut: print,
        writeErr: print,
        outputError: () => undefined,
        getOutHelpWidth: () => HELP_WIDTH,
        getErrHelpWidth: () => HELP_WIDTH,
      })
      .exitOverride((error) => {
        throw inOurWords(command, error);
      });
  }
  return program;
}

const leavesOf = (command: Command): Command[] =>
  command.commands.flatMap((child) => (child.commands.length > 0 ? leavesOf(child) : [child]));

/** From the program on. */
const pathOf = (command: Command): Command[] => [...(command.parent ? pathOf(command.parent) : []), command];

/** The words of a command without the program's own. */
const nameOf = (command: Command): string =>
  pathOf(command)
    .slice(1)
    .map((one) => one.name())
    .join(' ');

const operandOf = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

const termOf = (command: Command): string =>
  [nameOf(command), ...command.registeredArguments.map(operandOf)].join(' ');

/** What must be given, and what may be without a name. */
const wordsOf = ({ registeredArguments, options }: Command): string[] => [
  ...registeredArguments.map(operandOf),
  ...options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags),
];

function inOurWords(command: Command, error: CommanderError): Error {
  const { code, message } = error;
  if (code.startsWith('commander.help')) return new HelpShown();
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const [program = command] = pathOf(command);
  switch (code) {
    case 'commander.unknownCommand': {
      const words = [nameOf(command), ...command.args].filter((word) => word !== '' && !word.startsWith('-'));
      const known = leavesOf(command).map(nameOf).join(', ');
      return new UsageError(`There is no command "${words.slice(0, 2).join(' ')}". There is: ${known}.`);
    }
    case 'commander.unknownOption':
      if (command.commands.length > 0)
        return new UsageError(`${quoted} is not understood without a command. See ${program.name()} --help.`);
      return misuse(command, `${quoted} is not an option of this command.`);
    case 'commander.missingArgument':
      return misuse(command, `<${quoted}> is missing.`);
    case 'commander.missingMandatoryOptionValue':
      return misuse(command, `${quoted} is missing.`);
    case 'commander.optionMissingArgument':
      return misuse(command, `${quoted} needs its value.`);
    case 'commander.excessArguments': {
      const excess = command.args.slice(command.registeredArguments.length);
      return misuse(command, `Too many arguments: ${excess.join(' ')}.`);
    }
    default:
      return misuse(command, message, error);
  }
}
