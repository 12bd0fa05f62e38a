import { readCall, UsageError } from './cli-call.js';

const read = (line: string) => readCall(line.split(' ').filter((word) => word !== ''));

describe('the arguments of the command line', () => {
  it('name a client with its permissions, and every token scope unless told otherwise', () => {
    expect(read('api-client create platform --permissions consents:read,tokens:read --json')).toEqual({
      command: 'create',
      name: 'platform',
      permissions: ['consents:read', 'tokens:read'],
      tokenScopes: ['AIS', 'CAF', 'PIS'],
      isJson: true,
    });
    expect(read('api-client create payments --token-scopes=PIS --permissions=tokens:read')).toMatchObject({
      tokenScopes: ['PIS'],
      isJson: false,
    });
  });

  it.each([
    ['', { command: 'help' }],
    ['-h', { command: 'help' }],
    ['api-client create --help', { command: 'help' }],
    ['api-client list', { command: 'list', isJson: false }],
    ['api-client list --json', { command: 'list', isJson: true }],
    ['api-client revoke platform', { command: 'revoke', name: 'platform' }],
  ])('are understood: %s', (line, call) => {
    expect(read(line)).toEqual(call);
  });

  it.each([
    ['client list', 'unknown command: client'],
    ['api-client', 'expected: api-client create <name>'],
    ['api-client remove x', 'expected: api-client create <name>'],
    ['api-client list x', 'expected: api-client create <name>'],
    ['api-client revoke', 'expected: api-client create <name>'],
    ['api-client revoke a b', 'too many arguments: b'],
    ['api-client list --all', '--all'],
    ['api-client create x', '--permissions takes one or more of'],
    ['api-client create x --permissions ,', '--permissions takes one or more of'],
    ['api-client create x --permissions admin,root', 'not root'],
    ['api-client create x --permissions admin --token-scopes ais', 'not ais'],
  ])('are refused with the reason: %s', (line, reason) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(reason);
  });
});
