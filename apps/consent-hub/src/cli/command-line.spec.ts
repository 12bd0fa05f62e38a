import { Command } from 'commander';
import { commandLine, HelpShown } from './command-line.js';
import { collect, newCommand, running, UsageError, type CommandResult, type Shell } from './command.js';

interface Called {
  readonly words: readonly unknown[];
  readonly isJson: boolean;
}

/** What a line of words comes to: the call of a command, or what was printed. */
async function read(words: string): Promise<{ called?: Called; printed: string }> {
  let called: Called | undefined;
  let printed = '';
  const shell: Shell = {
    env: {},
    progress: () => undefined,
    print: () => Promise.resolve(),
    note: () => undefined,
    report: ({ data }, isJson) => {
      called = { words: data as unknown[], isJson };
    },
  };
  const program = commandLine({ name: 'gardener', purpose: 'Gardens.' }, garden(shell), (text) => {
    printed += text;
  });
  const given = words.split(' ').filter((word) => word !== '');
  await program.parseAsync(given, { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof HelpShown)) throw error;
  });
  return { printed, ...(called && { called }) };
}

const echo = (...words: unknown[]): Promise<CommandResult> =>
  // The last word is the command itself.
  Promise.resolve({ text: '', data: words.slice(0, -1) });

const garden = (shell: Shell): Command[] => [
  new Command('tree')
    .addCommand(
      newCommand('plant', { summary: 'Plants a tree.', notes: 'Deep enough.', reads: 'the weather' })
        .argument('<kind>')
        .argument('[place]')
        .requiredOption('--height <cm>', 'how high it is')
        .option('--friend <name>', 'who helps; may be repeated', collect)
        .option('--water', 'waters it as well')
        .action(running(shell, echo)),
    )
    .addCommand(
      newCommand('list', { summary: 'Lists trees.', reads: 'DATABASE_URL' }).action(running(shell, echo)),
    ),
  new Command('wood').addCommand(
    newCommand('burn', { summary: 'Burns wood.', reads: 'nothing' }).action(
      running(shell, () => Promise.reject(new UsageError('It is wet.'))),
    ),
  ),
];

describe('a line of words', () => {
  it('becomes a command with its operands and options', async () => {
    const { called } = await read('tree plant oak yard --height 150 --friend=anna --friend ben --water');
    expect(called?.words).toEqual(['oak', 'yard', { height: '150', friend: ['anna', 'ben'], water: true }]);
  });

  it('may leave out what is not required', async () => {
    expect((await read('tree plant oak --height 150')).called?.words).toEqual([
      'oak',
      undefined,
      { height: '150' },
    ]);
  });

  it('asks for people unless it asks for programs', async () => {
    expect((await read('tree list')).called).toMatchObject({ isJson: false });
    for (const words of ['tree list --json', '--json tree list', 'tree --json list'])
      expect((await read(words)).called).toMatchObject({ isJson: true });
  });

  it.each([
    ['', ['tree plant <kind> [place]', 'wood burn', 'Gardens.', 'Exit codes: 0 done']],
    ['--help', ['tree list', 'wood burn']],
    ['-h', ['tree list', 'wood burn']],
    ['tree', ['tree list']],
    ['tree --help', ['tree list']],
    [
      'tree plant --help',
      ['Deep enough.', '--height <cm>', 'may be repeated', 'Reads the weather', '--json'],
    ],
    ['tree plant oak --nonsense -h', ['Deep enough.']],
    ['tree list --help', ['Reads DATABASE_URL']],
  ])('is helped: %s', async (words, said) => {
    const { printed, called } = await read(words);
    for (const text of said) expect(printed).toContain(text);
    expect(called).toBeUndefined();
  });

  it('is helped with the commands of its group alone', async () => {
    expect((await read('tree')).printed).not.toContain('wood burn');
  });

  it.each([
    ['forest list', 'There is no command "forest list". There is: tree plant, tree list, wood burn.'],
    ['--water', '--water is not understood without a command. See gardener --help.'],
    ['tree fell', 'There is no command "tree fell". There is: tree plant, tree list.'],
    [
      'tree plant --height 3',
      '<kind> is missing.\nUsage: gardener tree plant <kind> [place] --height <cm> [options]',
    ],
    ['tree plant oak', '--height <cm> is missing.'],
    ['tree plant oak yard shade --height 3', 'Too many arguments: shade.'],
    ['tree plant oak --height', '--height'],
    ['tree plant oak --height 3 --water=yes', '--water'],
    ['tree list --all', '--all'],
    ['wood burn', 'It is wet.\nUsage: gardener wood burn [options]'],
  ])('is refused with the reason: %s', async (words, reason) => {
    await expect(read(words)).rejects.toThrow(UsageError);
    await expect(read(words)).rejects.toThrow(reason);
  });
});
