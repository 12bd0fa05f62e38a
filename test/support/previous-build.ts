import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../stack/local-stack.js';

/** The version that is upgraded: move it on with each release. It must know fewer migrations than this one, and start on all of them. */
export const PREVIOUS_COMMIT = '5d496913eae05a6492628e332de85fd4b57270ba';

const BUILD_MS = 60_000;
const run = promisify(execFile);

/** A clone may hold the latest commits alone. */
export function isPreviousCommitHere(): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${PREVIOUS_COMMIT}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The previous version in a directory of its own, built by its own scripts, on the dependencies of this one. */
export class PreviousBuild {
  private constructor(
    readonly directory: string,
    /** Timestamps of the migrations that it knows. */
    readonly migrations: ReadonlySet<string>,
  ) {}

  static async make(): Promise<PreviousBuild> {
    const directory = await mkdtemp(join(tmpdir(), 'consent-hub-previous-'));
    const archive = join(directory, 'source.tar');
    await run('git', ['archive', '--format=tar', `--output=${archive}`, PREVIOUS_COMMIT], { cwd: ROOT });
    await run('tar', ['-xf', archive, '-C', directory]);
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    await run(process.execPath, ['scripts/build.mjs'], { cwd: directory, timeout: BUILD_MS });
    const files = await readdir(join(directory, 'migrations', 'consent-hub'));
    const timestamps = files.flatMap((file) => /^(\d+)-/.exec(file)?.[1] ?? []);
    return new PreviousBuild(directory, new Set(timestamps));
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
