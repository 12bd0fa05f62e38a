import { CommandLine } from './command-line.js';
import { UsageError, type Call, type Command } from './command.js';

const answer = () => Promise.resolve({ text: '', data: null });
const commands: readonly Command[] = [
  {
    name: 'tree plant',
    summary: 'Plants a tree.',
    notes: 'Deep enough.',
    operands: ['<kind>', '[place]'],
    options: {
      height: { value: '<cm>', isRequired: true, help: 'how high it is' },
      friend: { value: '<name>', isRepeatable: true, help: 'who helps' },
      water: { help: 'waters it as well' },
    },
    environment: 'the weather',
    run: answer,
  },
  { name: 'tree list', summary: 'Lists trees.', run: answer },
  { name: 'wood burn', summary: 'Burns wood.', run: answer },
];
const line = new CommandLine('gardener', 'Gardens.', commands);
const read = (words: string) =>
  line.read(
    words.split(' ').filter((word) => word !== ''),
    {},
    () => undefined,
  );
const callOf = (words: string): Call => {
  const asked = read(words);
  if (asked.kind !== 'command') throw new Error('no command');
  return asked.call;
};
const helpOf = (words: string): string => {
  const asked = read(words);
  return asked.kind === 'help' ? asked.text : '';
};

describe('a line of words', () => {
  it('becomes a command with its operands and options', () => {
    const call = callOf('tree plant oak yard --height 150 --friend=anna --friend ben --water');
    expect([
      call.operand(),
      call.operand(1),
      call.option('height'),
      call.all('friend'),
      call.has('water'),
    ]).toEqual(['oak', 'yard', '150', ['anna', 'ben'], true]);
  });

  it('may leave out what is not required', () => {
    const call = callOf('tree plant oak --height 150');
    expect([call.findOperand(1), call.option('friend'), call.all('friend'), call.has('water')]).toEqual([
      undefined,
      undefined,
      [],
      false,
    ]);
  });

  it('asks for people unless it asks for programs', () => {
    expect(read('tree list')).toMatchObject({ isJson: false });
    expect(read('tree list --json')).toMatchObject({ isJson: true });
    expect(read('--json tree list')).toMatchObject({ isJson: true });
  });

  it.each([
    ['', ['tree plant <kind> [place]', 'wood burn', 'Gardens.']],
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
  ])('is helped: %s', (words, said) => {
    for (const text of said) expect(helpOf(words)).toContain(text);
  });

  it('is helped with the commands of its group alone', () => {
    expect(helpOf('tree')).not.toContain('wood burn');
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
  ])('is refused with the reason: %s', (words, reason) => {
    expect(() => read(words)).toThrow(UsageError);
    expect(() => read(words)).toThrow(reason);
  });
});
