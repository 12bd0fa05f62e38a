import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { npmCommand } from './commands.mjs';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

/** Each `{ id, package, reason, until }`: an advisory that is known, why it does no harm here, and the day on which that is checked again. */
const EXPLAINED = path.join('docs', 'advisories.json');

/** What `npm audit --json` says, or undefined where the registry gives no advisories. */
export async function readAudit() {
  const [command, arguments_] = npmCommand(['audit', '--json']);
  const child = spawn(command, arguments_, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  return parseAudit(output);
}

/** Undefined for anything that is no report. */
export function parseAudit(output) {
  try {
    const report = JSON.parse(output);
    return report.auditReportVersion === 2 ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Every advisory once: `via` names the package itself, or another one through which it is affected. */
function advisoriesOf({ vulnerabilities }) {
  const advisories = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object')
    .map(({ url, name, severity, title }) => ({ id: url.split('/').at(-1), package: name, severity, title }));
  return [...new Map(advisories.map((one) => [one.id, one])).values()];
}

/**
 * What is wrong between the advisories that were found and those that are explained: one that is not explained, one whose day has
 * come, and an explanation of what is not found any more.
 *
 * @param today an ISO date
 * @returns a sentence for each
 */
export function compareAdvisories(report, explained, today) {
  const found = advisoriesOf(report);
  const known = new Map(explained.map((one) => [one.id, one]));
  const ids = new Set(found.map(({ id }) => id));
  return [
    ...found
      .filter(({ id }) => !known.has(id))
      .map(
        (one) =>
          `${one.id} (${one.severity}) of ${one.package} is not explained in ${EXPLAINED}: ${one.title}`,
      ),
    ...explained.flatMap(({ id, package: name, reason, until }) => {
      if (!id || !name || !reason || !/^\d{4}-\d{2}-\d{2}$/.test(until ?? ''))
        return [`${id ?? 'An advisory'} in ${EXPLAINED} needs id, package, reason and until`];
      if (!ids.has(id)) return [`${id} of ${name} is not found any more: take it out of ${EXPLAINED}`];
      return until < today ? [`${id} of ${name} was to be checked again by ${until}`] : [];
    }),
  ];
}

/** @throws Failure with a sentence for each fault */
export async function checkAdvisories() {
  const explained = JSON.parse(fs.readFileSync(path.join(ROOT, EXPLAINED), 'utf8'));
  const report = await readAudit();
  if (!report) {
    console.warn(
      'npm audit: no advisories can be had from the registry here. The dependencies were not checked.',
    );
    return;
  }
  const faults = compareAdvisories(report, explained, new Date().toISOString().slice(0, 10));
  if (faults.length > 0) throw new Failure(faults.join('\n'));
}
