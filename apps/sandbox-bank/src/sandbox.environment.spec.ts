import { EnvironmentError, readEnvironment } from '@consent-hub/platform';
import {
  readSandboxEnvironment,
  SandboxEnvironment,
  unknownSandboxVariables,
} from './sandbox.environment.js';

const COMPLETE = {
  DATABASE_URL: 'postgres://bank:hush@localhost:5432/bank',
  SANDBOX_CLIENTS_FILE: 'clients.json',
  SANDBOX_TLS_CERT_FILE: 'server.pem',
  SANDBOX_TLS_KEY_FILE: 'server.key.pem',
  SANDBOX_TLS_CA_FILE: 'ca.pem',
};
const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readEnvironment(SandboxEnvironment, env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
  }
  throw new Error('The environment was not refused');
};

describe('the environment of the sandbox bank', () => {
  it('has the documented defaults', () => {
    expect(readEnvironment(SandboxEnvironment, COMPLETE)).toMatchObject({
      SANDBOX_HOST: '127.0.0.1',
      SANDBOX_BELFIUS_PORT: 8443,
      SANDBOX_BANX_PORT: 8444,
      SANDBOX_HTTP_PORT: 8080,
      SANDBOX_ACCESS_TOKEN_SECONDS: 3600,
      SANDBOX_SCA_TOKEN_SECONDS: 3600,
      SANDBOX_CODE_SECONDS: 300,
      SANDBOX_LINK_SECONDS: 900,
      SANDBOX_CONSENT_DAYS: 180,
      SANDBOX_CONTRACT: 'current',
      SANDBOX_ASSUMPTIONS: '',
      SANDBOX_LOG_LEVEL: 'info',
    });
  });

  it('names everything that is missing at once', () => {
    const faults = faultsOf({}).join('\n');
    for (const name of Object.keys(COMPLETE)) expect(faults).toContain(name);
  });

  it.each([
    ['SANDBOX_HTTP_PORT', '65536'],
    ['SANDBOX_HTTP_PORT', 'eighty'],
    ['SANDBOX_BANX_PORT', '-1'],
    ['SANDBOX_CODE_SECONDS', '0'],
    ['SANDBOX_ACCESS_TOKEN_SECONDS', '1.5'],
    ['SANDBOX_SCA_TOKEN_SECONDS', '1e300'],
    ['SANDBOX_LOG_LEVEL', 'loud'],
    ['SANDBOX_CONTRACT', 'old'],
    ['SANDBOX_ASSUMPTIONS', 'account_list=tree'],
    ['SANDBOX_ASSUMPTIONS', 'weather=fine'],
    ['DATABASE_URL', 'mysql://hush@localhost'],
  ])('refuses %s=%s without repeating the value', (name, value) => {
    const faults = faultsOf({ ...COMPLETE, [name]: value });
    expect(faults.every((fault) => fault.startsWith(name))).toBe(true);
    expect(faults.join()).not.toContain('hush');
  });

  it('names a variable that the program does not read, and the one that may be meant, never its value', () => {
    const misspelt = {
      SANDBOX_CONTRAKT: 'all',
      DATABASE_URLS: 'hush',
      SANDBOX_COLOUR: 'blue',
      HUB_RATELIMIT: '5',
    };
    expect(unknownSandboxVariables({ ...COMPLETE, ...misspelt })).toEqual([
      { name: 'DATABASE_URLS', meant: 'DATABASE_URL' },
      { name: 'SANDBOX_COLOUR' },
      { name: 'SANDBOX_CONTRAKT', meant: 'SANDBOX_CONTRACT' },
    ]);
    const { SANDBOX_CLIENTS_FILE, ...rest } = COMPLETE;
    const read = () => readSandboxEnvironment({ ...rest, SANDBOX_CLIENT_FILE: SANDBOX_CLIENTS_FILE });
    expect(read).toThrow(/SANDBOX_CLIENT_FILE is not known: SANDBOX_CLIENTS_FILE may be meant/);
  });
});
