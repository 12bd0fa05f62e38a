import { getMetadataStorage } from 'class-validator';
import type { Logger } from 'pino';
import { FILE_SUFFIX, secretsOf } from './secret-files.js';

/** A variable that no program reads, though its name says that it is meant for this one. Never with its value. */
export interface UnknownVariable {
  readonly name: string;
  /** The known name that is nearest to it; absent where none is near. */
  readonly meant?: string;
}

/** What may be in an environment. */
export interface KnownVariables {
  readonly names: readonly string[];
  /** Prefixes of names that belong to this program; other names are ignored unless they are nearly a known name. */
  readonly prefixes: readonly string[];
}

/** Greatest distance of a name, with any beginning, from a known one for which it may be meant. */
const NEARLY = 2;
/** So much of its length may differ in a name that begins as those of this program do. */
const LIKELY_SHARE = 1 / 3;
/** What Kubernetes and container links set for a neighbour that happens to be called like a prefix. */
const OF_A_NEIGHBOUR = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT_\d+_(TCP|UDP)(_\w+)?$/;

/** The names of the variables that `readEnvironment` reads into a class: each has a rule, or it would be left out. */
export function variablesOf(type: new () => object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const names = rules.map(({ propertyName }) => propertyName);
  return [...new Set([...names, ...secretsOf(type).map((name) => name + FILE_SUFFIX)])];
}

/** Finds misspelt variables: a setting that is not read has no effect, and no other sign of it. */
export function findUnknownVariables(
  env: NodeJS.ProcessEnv,
  { names, prefixes }: KnownVariables,
): UnknownVariable[] {
  const known = new Set(names);
  return Object.keys(env)
    .filter((name) => !known.has(name) && !OF_A_NEIGHBOUR.test(name))
    .sort()
    .flatMap((name) => {
      const plain = name.toUpperCase().replaceAll('-', '_');
      const isOurs = prefixes.some((prefix) => plain.startsWith(prefix));
      const most = isOurs ? Math.max(NEARLY, Math.floor(plain.length * LIKELY_SHARE)) : NEARLY;
      const meant = nearest(plain, names, most);
      if (meant === undefined) return isOurs ? [{ name }] : [];
      return [{ name, meant }];
    });
}

export const describeUnknownVariable = ({ name, meant }: UnknownVariable): string =>
  `environment variable ${name} is not known${meant === undefined ? '' : `: ${meant} may be meant`}`;

/** One line for each, when the program starts. */
export function warnOfUnknownVariables(logger: Logger, unknown: readonly UnknownVariable[]): void {
  for (const variable of unknown) {
    const { name, meant = null } = variable;
    logger.warn({ variable: name, meant }, describeUnknownVariable(variable));
  }
}

function nearest(name: string, known: readonly string[], most: number): string | undefined {
  const distances = known.map((one) => ({ one, distance: distanceBetween(name, one, most) }));
  return distances.filter(({ distance }) => distance <= most).sort((a, b) => a.distance - b.distance)[0]?.one;
}

/** Characters to insert, delete, replace or swap with a neighbour (restricted Damerau-Levenshtein); values above `most` are not distinguished. */
function distanceBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? most + 1;
}
