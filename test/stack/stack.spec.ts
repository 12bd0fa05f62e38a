import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, processesOf, Program, ROOT, stackEnvironment, until } from './local-stack.js';

const START_MS = 240_000;
const STOP_MS = 10_000;
const SHORT_MS = 60_000;

interface Stack {
  readonly hub_url: string;
  readonly hub_urls: readonly string[];
  readonly api_keys: Record<'platform' | 'service' | 'admin', string>;
  readonly bank: { readonly control_url: string };
}

/** The commands that the start script prints for pasting. */
const printedStory = (output: string): string =>
  output
    .split('\n')
    .filter((line) => /^(CONSENT=|curl )/.test(line))
    .join('\n');

/** The shell blocks of a document below docs/stories. */
function storyBlocks(name: string): string[] {
  const text = readFileSync(join(ROOT, 'docs', 'stories', `${name}.md`), 'utf8');
  return [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block);
}

function kill(processes: Map<string, number>, name: string): void {
  const pid = processes.get(name);
  if (!pid) throw new Error(`There is no process ${name}`);
  process.kill(pid, 'SIGKILL');
}

describe('npm start', () => {
  // The directory itself is left for the start script to make: mkdtemp would close it to the database's user.
  const base = mkdtempSync(join(tmpdir(), 'consent-hub-stack-'));
  const local = `${base}-local`;
  const other = `${base}-other`;
  const programs: Program[] = [];
  let env: NodeJS.ProcessEnv;
  let npm: Program;

  const run = (command: string, arguments_: string[], environment: NodeJS.ProcessEnv = env): Program => {
    const program = new Program(command, arguments_, environment);
    programs.push(program);
    return program;
  };
  const startUp = async (more: NodeJS.ProcessEnv = {}): Promise<void> => {
    npm = run('npm', ['start'], { ...env, ...more });
    await npm.prints('\n# 3.', START_MS);
  };
  const stack = (): Stack => JSON.parse(readFileSync(join(local, 'stack.json'), 'utf8')) as Stack;
  const readToken = async (): Promise<unknown> => {
    const url = `${stack().hub_url}/v1/access-token?brand=belfius&psu_ref=customer-1&scope=AIS`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${stack().api_keys.service}` } });
    return response.json();
  };

  beforeAll(async () => {
    env = await stackEnvironment(local);
    await startUp();
  }, START_MS);
  afterAll(() => {
    for (const program of programs) program.killGroup();
    for (const directory of [base, local, other]) rmSync(directory, { recursive: true, force: true });
  });

  it(
    'brings up a stack whose printed story, pasted into a shell once or again, ends with an access token',
    async () => {
      expect(npm.output).toContain('Consent Hub runs.');
      for (let time = 1; time <= 2; time++) {
        const shell = run('bash', ['-c', printedStory(npm.output)]);
        expect(await shell.ends(SHORT_MS)).toBe(0);
        expect(shell.output).toContain('The callback answered 200');
        const last = shell.output.trimEnd().split('\n').at(-1) ?? '';
        expect(JSON.parse(last)).toMatchObject({
          access_token: expect.any(String),
          scope: 'AIS',
          generation: 1,
        });
      }
    },
    2 * SHORT_MS,
  );

  it('writes secrets into files that only this user reads', () => {
    const environments = ['hub.env', 'bank.env', 'cli.env'];
    for (const file of ['stack.json', ...environments, 'secrets.json', 'sandbox-clients.json']) {
      expect({ file, others: statSync(join(local, file)).mode & 0o077 }).toEqual({ file, others: 0 });
    }
  });

  /** Runs shell commands of the documents against this stack: they take every address and key from its `stack.json`. */
  async function tell(commands: string): Promise<{ exitCode: number | null; output: string }> {
    const here = commands.replaceAll('.local/', `${local}/`).replaceAll('customer-1', 'customer-2');
    const shell = run('bash', ['-c', `set -euo pipefail\n${here}`]);
    return { exitCode: await shell.ends(SHORT_MS), output: shell.output };
  }

  it(
    'serves the first story of the documents, each time it is repeated',
    async () => {
      const [story = ''] = storyBlocks('platform-team');
      for (let time = 1; time <= 2; time++) {
        const { exitCode, output } = await tell(story);
        expect(output).not.toMatch(/"status":[45]\d\d|"error"|curl: \(/);
        expect(exitCode).toBe(0);
        expect(output).toMatch(/^http\S+launcher\.html\?\S+&state=\S+$/m);
        expect(output).toContain('"state":"revoked"');
      }
    },
    2 * SHORT_MS,
  );

  it(
    'serves its other stories as often: funds, a payment, an admin, a bank that misbehaves; and leaves no fault',
    async () => {
      const [first = '', others = ''] = storyBlocks('platform-team');
      const [[admin = ''], [fault = '']] = [storyBlocks('admin'), storyBlocks('misbehaving-bank')];
      const [helpers = ''] = first.split('\n# 1.');
      for (let time = 1; time <= 2; time++) {
        expectTold(await tell(`${helpers}\n${others}\n${admin}\n${fault}`));
        const faults = await fetch(`${stack().bank.control_url}/sandbox/faults`);
        expect(await faults.json()).toMatchObject({ items: [] });
      }
    },
    4 * SHORT_MS,
  );

  function expectTold({ exitCode, output }: { exitCode: number | null; output: string }): void {
    expect(output).not.toMatch(/"error"|curl: \(/);
    expect(exitCode).toBe(0);
    for (const text of [
      'callback: 200',
      '{"funds_available":true}',
      '"scope":"PIS","generation":1',
      '"code":"scope_not_granted"',
      '"transaction_status":"ACSC"',
      '"code":"refresh_in_doubt"',
      '"attention":["failed"]',
      'PIS  rotation_lost',
      '"type":"grant_in_doubt"',
      'failed (rotation_lost)',
      'all are whole',
      '{"withdrawn":',
      '"reason":"withdrawn_at_bank"',
      '"guard":',
      'active > revoked',
      '"name":"rotate_then_drop"',
      '"probes_after_lost_answer":',
    ])
      expect(output).toContain(text);
  }

  it(
    'leaves an environment from which one more hub runs by hand',
    async () => {
      const main = join('dist', 'apps', 'consent-hub', 'src', 'main.js');
      const port = (await stackEnvironment(local))['HUB_PORT'] ?? '';
      const hub = run(process.execPath, [`--env-file=${join(local, 'hub.env')}`, main], {
        PATH: process.env['PATH'],
        HUB_PORT: port,
      });
      const isReady = () =>
        fetch(`http://127.0.0.1:${port}/health/ready`).then(
          (response) => response.ok,
          () => false,
        );
      await until(
        `the hub is ready:\n${hub.output}`,
        async () => hub.exitCode !== undefined || isReady(),
        SHORT_MS,
      );
      hub.signal('SIGTERM');
      expect(await hub.ends(STOP_MS)).toBe(0);
    },
    2 * SHORT_MS,
  );

  it(
    'refuses to start twice on one directory, and to be reset while it runs',
    async () => {
      const second = run('npm', ['start']);
      expect(await second.ends(SHORT_MS)).toBe(1);
      expect(second.output).toContain('runs on');
      const reset = run('npm', ['run', 'reset']);
      expect(await reset.ends(SHORT_MS)).toBe(1);
      expect(existsSync(join(local, 'stack.json'))).toBe(true);
    },
    2 * SHORT_MS,
  );

  it(
    'names a port that is taken, and leaves nothing running',
    async () => {
      const conflict = run('npm', ['start'], { ...env, CONSENT_HUB_LOCAL_DIR: other });
      expect(await conflict.ends(SHORT_MS)).toBe(1);
      expect(conflict.output).toMatch(
        new RegExp(`Port ${env['HUB_PORT']}, for the hub, is taken by another program`),
      );
      expect(existsSync(join(other, 'run.json'))).toBe(false);
      expect(existsSync(join(other, 'postgres'))).toBe(false);
    },
    SHORT_MS,
  );

  it(
    'starts again with all its data after it was killed without warning',
    async () => {
      const processes = processesOf(local);
      const keys = stack().api_keys;
      kill(processes, 'script');
      await startUp();
      expect([...processes.values()].filter(isRunning)).toEqual([]);
      expect(stack().api_keys).toEqual(keys);
      expect(await readToken()).toMatchObject({ access_token: expect.any(String), generation: 1 });
    },
    START_MS,
  );

  it(
    'stops within ten seconds, with no process left, when npm gets a signal to end',
    async () => {
      const processes = [...processesOf(local).values()];
      expect(processes.filter(isRunning)).toEqual(processes);
      npm.signal('SIGTERM');
      await until('every process has ended', () => !processes.some(isRunning), STOP_MS);
      expect(npm.output).toContain('Stopped.');
      expect(existsSync(join(local, 'run.json'))).toBe(false);
    },
    SHORT_MS,
  );

  it(
    'runs several hubs, shows their warnings, and stops them all when one of its processes ends',
    async () => {
      await startUp({ HUB_REPLICAS: '2', HUB_RATELIMIT: '5' });
      for (const name of ['consent-hub-1', 'consent-hub-2'])
        expect(npm.output).toContain(
          `${name}: environment variable HUB_RATELIMIT is not known: HUB_RATE_LIMIT may be meant`,
        );
      const processes = processesOf(local);
      const healths = stack().hub_urls.map(async (url) => (await fetch(`${url}/health/ready`)).status);
      expect(await Promise.all(healths)).toEqual([200, 200]);
      kill(processes, 'consent-hub-2');
      expect(await npm.ends(2 * STOP_MS)).toBe(1);
      expect(npm.output).toContain('consent-hub-2 ended by itself (SIGKILL)');
      expect([...processes.values()].filter(isRunning)).toEqual([]);
    },
    START_MS,
  );

  it(
    'is undone by npm run reset',
    async () => {
      const reset = run('npm', ['run', 'reset']);
      expect(await reset.ends(SHORT_MS)).toBe(0);
      expect(existsSync(local)).toBe(false);
    },
    SHORT_MS,
  );
});
