import { execFileSync } from 'node:child_process';

const MODULE = './libs/platform/src/logging/stdout-by-turns.ts';

/** What a process writes that runs this body with `lines`, the destination. */
const outputOf = (body: string): string =>
  execFileSync(
    process.execPath,
    [
      '--import',
      '@swc-node/register/esm-register',
      '--input-type=module',
      '--eval',
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
       const { stdoutByTurns } = await import(${JSON.stringify(MODULE)}); const lines = stdoutByTurns(); ${body}`,
    ],
    { encoding: 'utf8' },
  );

describe('the log lines of one turn', () => {
  jest.setTimeout(30_000);

  it('are written together, in their order, and those of the next turn after them', () => {
    const output = outputOf(`
      const { writeSync } = fs; let writes = 0;
      fs.writeSync = (...what) => (writes++, writeSync(...what)); syncBuiltinESMExports();
      for (const n of [1, 2, 3]) lines.write('line ' + n + '\\n');
      setImmediate(() => { lines.write('next\\n'); setImmediate(() => writeSync(1, 'writes: ' + writes)); });`);
    expect(output).toBe('line 1\nline 2\nline 3\nnext\nwrites: 2');
  });

  it('are all written when the process ends in the middle of it', () => {
    expect(outputOf(`lines.write('last words\\n'); process.exit(0);`)).toBe('last words\n');
    expect(outputOf(`lines.write('x'.repeat(100_000) + '\\n'); process.exit(0);`)).toHaveLength(100_001);
  });
});
