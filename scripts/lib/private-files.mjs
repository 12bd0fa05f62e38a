import fs from 'node:fs';
import path from 'node:path';

/** Writes a file that holds secrets: for this user only, and never half of it. */
export function writePrivateFile(file, text) {
  const unfinished = `${file}.${process.pid}.unfinished`;
  fs.rmSync(unfinished, { force: true });
  fs.writeFileSync(unfinished, text, { mode: 0o600 });
  fs.renameSync(unfinished, file);
}

export const readJsonFile = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Makes a directory that only this user can read. */
export function makePrivateDirectory(...parts) {
  const directory = path.join(...parts);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
