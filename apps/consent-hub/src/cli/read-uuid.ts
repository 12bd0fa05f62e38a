import { isUUID } from 'class-validator';
import { UsageError } from './command.js';

/** @throws UsageError */
export function readUuid<T extends string | undefined>(given: T, where: string): T {
  if (given !== undefined && !isUUID(given)) throw new UsageError(`${where} takes a UUID, not ${given}.`);
  return given;
}
