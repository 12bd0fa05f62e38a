import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = path.resolve(import.meta.dirname, '..');
const ROOT = path.resolve(PACKAGE, '..', '..');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let directory: string;
/** A project that has installed the package. */
let user: string;
let packed: Packed;
let hub: Server;

/** Built and packed in another directory, because other tests read the source tree at the same time. */
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-client-'));
  const [made, installed] = [path.join(directory, 'made'), path.join(directory, 'user')];
  user = installed;
  const dist = path.join(made, 'dist');
  await run(process.execPath, [TSC, '-p', path.join(PACKAGE, 'tsconfig.json'), '--outDir', dist]);
  for (const file of ['package.json', 'README.md', 'LICENSE'])
    await copyFile(path.join(PACKAGE, file), path.join(made, file));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: made });
  [packed] = JSON.parse(stdout) as [Packed];
  const target = path.join(user, 'node_modules', '@consent-hub', 'client');
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', path.join(made, packed.filename), '--strip-components=1', '-C', target]);
  await writeFile(path.join(user, 'package.json'), JSON.stringify({ type: 'module' }));
  hub = createServer((_request, response) =>
    response.end(JSON.stringify({ consent_id: 'c', access_token: 't', generation: 7, expires_in: 60 })),
  );
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  hub.closeAllConnections();
  hub.close();
  await rm(directory, { recursive: true });
});

/** What a user writes, with a mistake that the types must find. */
const PROGRAM = `
import { ConsentHub, ConsentHubError, type AccessToken } from '@consent-hub/client';
const hub = new ConsentHub({ url: 'http://hub', apiKey: 'key', retries: 1 });
const person = { brand: 'belfius', psuRef: 'p' } as const;
export const token: Promise<AccessToken> = hub.accessToken({ ...person, scope: 'AIS' }, { signal: AbortSignal.timeout(5) });
// @ts-expect-error There is no such scope.
export const mistake = hub.accessToken({ ...person, scope: 'SIA' });
export const code = (error: unknown): string => (error instanceof ConsentHubError ? error.code : '');
`;

/** The project of a user, who has nothing but the package and the types of Node. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [path.join(ROOT, 'node_modules', '@types')],
  },
  include: ['*.ts'],
};

describe('the package', () => {
  jest.setTimeout(120_000);

  it('holds what it runs, its types and its papers, and nothing else', async () => {
    const names = packed.files.map((file) => file.path);
    const built = names.filter((name) => name.startsWith('dist/'));
    expect(names.filter((name) => !built.includes(name)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    const modules = built.filter((name) => name.endsWith('.js'));
    expect(modules).toContain('dist/index.js');
    const typed = modules.flatMap((name) => [name, name.replace(/js$/, 'd.ts')]);
    expect([...built].sort()).toEqual(typed.sort());
    expect(built.join()).not.toContain('spec');
    const { dependencies, peerDependencies } = JSON.parse(
      await readFile(path.join(PACKAGE, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
  });

  it('is imported by a plain program, and asks the hub', async () => {
    const { port } = hub.address() as AddressInfo;
    const program = `
      import { ConsentHub, ConsentHubError } from '@consent-hub/client';
      const hub = new ConsentHub({ url: 'http://127.0.0.1:${port}', apiKey: 'key', timeoutMs: 60_000 });
      const { generation } = await hub.accessToken({ consentId: 'c' });
      console.log(generation, new ConsentHubError('no', { status: 404, code: 'x' }).code);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: user });
    expect(stdout).toBe('7 x\n');
  });

  it('brings its types, and is used as its README shows in ten lines', async () => {
    const readme = await readFile(path.join(PACKAGE, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
    expect(examples.length).toBeGreaterThan(0);
    for (const [index, example] of examples.entries()) {
      expect(example.trim().split('\n').length).toBeLessThanOrEqual(10);
      await writeFile(path.join(user, `example-${index}.ts`), example);
    }
    await writeFile(path.join(user, 'program.ts'), PROGRAM);
    await writeFile(path.join(user, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const complaints = await run(process.execPath, [TSC, '-p', user]).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(complaints).toBe('');
  });
});
