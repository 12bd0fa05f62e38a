import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describeError, Failure } from './failure.mjs';
import { hasEnded, waitUntil } from './processes.mjs';

const READY_MS = 60_000;
const ANSWER_MS = 2_000;
const LAST_LINES = 20;
const LEAVE_WITH_PARENT = new URL('./leave-with-parent.mjs', import.meta.url).href;

/** The argument by which the processes of one stack can be distinguished from others, also from those of another checkout. */
export const stackMark = (local) => `--stack=${local}`;

/** One app of the stack: a process with a log file of its own, that ends when we do. */
export class AppProcess {
  #child;
  #logFile;

  /** @param logs directory of the log files; the one of the run before is kept as `.1` */
  constructor({ name, main, env, local, logs }) {
    this.name = name;
    this.#logFile = path.join(logs, `${name}.log`);
    if (fs.existsSync(this.#logFile)) fs.renameSync(this.#logFile, `${this.#logFile}.1`);
    const log = fs.openSync(this.#logFile, 'a', 0o600);
    // A file and no pipe: what the app says last is kept when we are killed. A group of its own: Ctrl-C is for us, and
    // we stop the apps in their order.
    this.#child = spawn(
      process.execPath,
      ['--enable-source-maps', '--import', LEAVE_WITH_PARENT, main, stackMark(local)],
      {
        env: { ...process.env, ...env },
        detached: true,
        stdio: ['ignore', log, log, 'ipc'],
      },
    );
    fs.closeSync(log);
    this.failed = once(this.#child, 'exit').then(
      ([code, signal]) =>
        new Failure(`${name} ended by itself (${signal ?? `exit code ${code}`}).${this.#lastOutput()}`),
      (error) => new Failure(`${name} could not be started: ${describeError(error)}`),
    );
  }

  get pid() {
    return this.#child.pid;
  }

  /** @throws Failure when it ends before it answers, or does not answer in time */
  async waitForAnswer(url) {
    const ended = this.failed.then((failure) => Promise.reject(failure));
    const isReady = await Promise.race([ended, waitUntil(() => answers(url), READY_MS, 100)]);
    if (!isReady) throw new Failure(`${this.name} does not answer at ${url}.${this.#lastOutput()}`);
  }

  /** What it warned of before it listened: a misspelt variable, a certificate that ends soon. */
  bootWarnings() {
    const lines = fs.readFileSync(this.#logFile, 'utf8').split('\n').map(parseLine);
    const listens = lines.findIndex((line) => line?.msg === 'listening');
    return lines
      .slice(0, listens)
      .filter((line) => line?.level === 'warn' || line?.level === 'error')
      .map(({ msg }) => msg);
  }

  /** Asks it to end, and ends it when it has not by the deadline. */
  async stop(deadlineMs) {
    if (hasEnded(this.#child) || this.pid === undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs);
    await exited;
    clearTimeout(deadline);
  }

  #lastOutput() {
    const lines = fs.readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return ` Its last output, of ${this.#logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  }
}

/** Undefined for what is no line of the log. */
function parseLine(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const answers = (url) =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    (response) => response.ok,
    () => false,
  );
