import { run } from './commands.mjs';

/**
 * apt-get, which waits for another one that is at work.
 *
 * @throws Failure with its own words
 */
export const aptGet = (...words) =>
  run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-q', ...words], {
    what: 'apt-get',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

/**
 * Installs packages of Debian with what they need, and no more.
 *
 * @throws Failure
 */
export async function installPackages(...packages) {
  await aptGet('update');
  await aptGet('install', '-y', '--no-install-recommends', ...packages);
}
