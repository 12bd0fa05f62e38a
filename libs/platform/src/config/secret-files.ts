import { readFileSync } from 'node:fs';

/** Joined to the name of a secret variable: the name of a file that holds its value. */
export const FILE_SUFFIX = '_FILE';

const secrets = new WeakMap<object, Set<string>>();

/** Says that a property of a class of settings is a secret, which may also be in a file. */
export function declareSecret(prototype: object, property: string): void {
  const declared = secrets.get(prototype);
  if (declared) declared.add(property);
  else secrets.set(prototype, new Set([property]));
}

export const secretsOf = (type: new () => object): readonly string[] => [
  ...(secrets.get(type.prototype as object) ?? []),
];

/** The variables that name files, read: the environment with their contents, and what is wrong, a line for each secret. */
interface FileSecrets {
  readonly env: NodeJS.ProcessEnv;
  readonly faults: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Puts the content of `<NAME>_FILE`, without the white space around it, in the place of `<NAME>`, for each of these names. So an
 * orchestrator can mount secrets as files, which no list of processes and no description of a container shows.
 */
export function readSecretFiles(env: NodeJS.ProcessEnv, names: readonly string[]): FileSecrets {
  const contents: NodeJS.ProcessEnv = {};
  const faults: { name: string; text: string }[] = [];
  for (const name of names) {
    const file = env[name + FILE_SUFFIX];
    if (!file) continue;
    if (env[name]) faults.push({ name, text: `${name} must not be set together with its ${FILE_SUFFIX}` });
    else {
      try {
        contents[name] = readFileSync(file, 'utf8').trim();
        if (contents[name] === '') faults.push({ name, text: `${name}${FILE_SUFFIX} is empty: ${file}` });
      } catch {
        faults.push({ name, text: `${name}${FILE_SUFFIX} cannot be read: ${file}` });
      }
    }
  }
  return { env: { ...env, ...contents }, faults };
}

/**
 * One secret for a program that has no class of settings.
 *
 * @throws Error naming the variable, without its value
 */
export function readSecret(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const { env: read, faults } = readSecretFiles(env, [name]);
  if (faults[0]) throw new Error(faults[0].text);
  return read[name];
}
