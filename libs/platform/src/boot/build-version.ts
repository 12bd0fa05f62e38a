import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The version in the package.json of this build, which is in a folder above its sources and above their compiled files. */
export function buildVersion(directory = import.meta.dirname): string {
  const file = path.join(directory, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const parent = path.dirname(directory);
  return parent === directory ? 'unknown' : buildVersion(parent);
}
