import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../../stack/local-stack.js';

interface Instruction {
  readonly word: string;
  readonly text: string;
}

/** The file system of an image, as far as the Dockerfile fills it, and how a container of it starts. */
export interface Image {
  /** Stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly ports: readonly number[];
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Instructions of a Dockerfile, each in one line. */
const instructionsOf = (text: string): Instruction[] =>
  text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { word, text: rest };
    });

const listOf = (text: string): string[] => JSON.parse(text) as string[];

/** Gives the files of one stage to another: nothing is ever written into them. */
function linkTree(from: string, to: string): void {
  if (!statSync(from).isDirectory()) {
    mkdirSync(join(to, '..'), { recursive: true });
    return linkSync(from, to);
  }
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) linkTree(join(from, name), join(to, name));
}

/** What a Dockerfile copies, without a daemon and without the files of its base images. */
export class Images {
  private readonly stages = new Map<string, Image>();
  private readonly ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);

  /** @param directory empty; holds the stages afterwards, which share files */
  constructor(private readonly directory: string) {
    let stage: Image | undefined;
    for (const instruction of instructionsOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))) {
      if (instruction.word !== 'FROM') stage = this.apply(stage, instruction);
      else stage = this.begin(instruction.text);
      this.stages.set(basename(stage.root), stage);
    }
  }

  get(name: string): Image {
    const image = this.stages.get(name);
    if (!image) throw new Error(`The Dockerfile has no stage ${name}`);
    return image;
  }

  /** The stage that is built where none is named. */
  get last(): string {
    return [...this.stages.keys()].at(-1) ?? '';
  }

  private begin(text: string): Image {
    const [, from = '', name = ''] = /^(\S+) AS (\S+)$/.exec(text) ?? [];
    const root = join(this.directory, name);
    mkdirSync(root);
    const base = this.stages.get(from);
    if (base) linkTree(base.root, root);
    else if (!/^node:\d+-bookworm(-slim)?$/.test(from)) throw new Error(`${from} is not known`);
    const fresh = { workdir: '/', env: {}, user: '', command: [], healthcheck: [], ports: [] };
    return { ...(base ?? fresh), root };
  }

  private apply(image: Image | undefined, { word, text }: Instruction): Image {
    if (!image) throw new Error(`${word} stands before FROM`);
    switch (word) {
      case 'WORKDIR':
        mkdirSync(join(image.root, text), { recursive: true });
        return { ...image, workdir: text };
      case 'ENV':
        return { ...image, env: { ...image.env, ...Object.fromEntries(text.split(' ').map(toEntry)) } };
      case 'USER':
        return { ...image, user: text };
      case 'EXPOSE':
        return { ...image, ports: text.split(' ').map(Number) };
      case 'CMD':
        return { ...image, command: listOf(text) };
      case 'HEALTHCHECK':
        return { ...image, healthcheck: listOf(text.slice(text.indexOf('['))) };
      case 'COPY':
        this.copy(image, text.split(' '));
        return image;
      case 'RUN':
        this.run(image, text);
        return image;
      default:
        throw new Error(`${word} is not known`);
    }
  }

  private copy(image: Image, words: string[]): void {
    const from = /^--from=(.*)$/.exec(words[0] ?? '')?.[1];
    const sources = from === undefined ? words.slice(0, -1) : words.slice(1, -1);
    // The checkout, for a build that is there already.
    if (sources.includes('.')) return;
    const target = words.at(-1) ?? '';
    for (const source of sources) {
      const path = from === undefined ? join(ROOT, source) : join(this.get(from).root, source);
      if (from === undefined && this.ignored.includes(source.split('/', 1)[0] ?? ''))
        throw new Error(`${source} is kept from the build by .dockerignore`);
      const isInto = target.endsWith('/') && !statSync(path).isDirectory();
      const to = join(image.root, image.workdir, target, isInto ? basename(source) : '');
      // Files of the checkout are never shared: an image has rights of its own.
      if (from === undefined) cpSync(path, to, { recursive: true });
      else linkTree(path, to);
    }
  }

  /** Packages and builds come from the checkout; what takes something away is run; what touches the base image is left out. */
  private run(image: Image, text: string): void {
    const directory = join(image.root, image.workdir);
    if (text.startsWith('npm ci --omit=dev ')) copyProductionPackages(directory);
    else if (text === 'npm run build')
      cpSync(join(ROOT, 'dist'), join(directory, 'dist'), { recursive: true });
    else if (/^(rm|find) /.test(text) && !/ \//.test(text)) {
      const { status, stderr } = spawnSync('sh', ['-ec', text], { cwd: directory, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${text}: ${stderr}`);
    } else if (text.startsWith('install -d ')) {
      const made = text.split(' ').filter((word) => word.startsWith('/'));
      for (const path of made) mkdirSync(join(image.root, path), { recursive: true });
    } else if (!/^(npm ci --ignore-scripts$|rm -rf \/usr\/local\/)/.test(text))
      throw new Error(`RUN ${text} is not known`);
  }
}

const toEntry = (assignment: string): [string, string] => {
  const at = assignment.indexOf('=');
  return [assignment.slice(0, at), assignment.slice(at + 1)];
};

/** As `npm ci --omit=dev` chooses them: the lock file marks those that only development needs. */
function copyProductionPackages(directory: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;
  for (const [path, { dev = false }] of Object.entries(packages)) {
    if (path === '' || dev || !existsSync(join(ROOT, path))) continue;
    const nested = join(ROOT, path, 'node_modules');
    const options = { recursive: true, filter: (source: string) => !source.startsWith(nested) };
    cpSync(realpathSync(join(ROOT, path)), join(directory, path), options);
  }
}

/** Removes all write permissions there. */
export function makeReadOnly(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (!entry.isSymbolicLink())
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  chmodSync(directory, 0o555);
}

export function makeWritable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(directory, entry.name));
}
