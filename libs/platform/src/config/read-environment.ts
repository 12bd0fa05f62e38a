import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
import { readSecretFiles, secretsOf } from './secret-files.js';

/** Thrown at boot: every fault of the environment at once, one a line, without any value of it. */
export class EnvironmentError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'EnvironmentError';
  }
}

/**
 * Reads one concern's settings from the environment into a class whose properties are the variables' names. An empty
 * variable counts as absent, so that a default of the class holds. A secret may be in the file that `<NAME>_FILE` names.
 *
 * @throws EnvironmentError naming every missing or invalid variable; values are left out, they may be secret.
 */
export function readEnvironment<T extends object>(type: ClassConstructor<T>, env: NodeJS.ProcessEnv): T {
  const files = readSecretFiles(env, secretsOf(type));
  const unread = new Set(files.faults.map(({ name }) => name));
  const given = Object.fromEntries(
    Object.entries(files.env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const settings = plainToInstance(type, given, {
    enableImplicitConversion: true,
    exposeDefaultValues: true,
  });
  const faults = validateSync(settings, { whitelist: true })
    .filter(({ property }) => !unread.has(property))
    .flatMap((error) =>
      Object.values(error.constraints ?? {}).map((text) =>
        text.startsWith(error.property) ? text : `${error.property}: ${text}`,
      ),
    );
  faults.push(...files.faults.map(({ text }) => text));
  if (faults.length > 0) throw new EnvironmentError(faults.sort());
  return settings;
}
