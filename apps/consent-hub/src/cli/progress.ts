/** A stream that may be a terminal. */
export interface Screen {
  readonly isTTY?: boolean;
  /** @returns false when no more should be written before `drain` */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
}

const EVERY_MS = { terminal: 200, file: 10_000 } as const;

/** Says how far a long command has come: on one line of a terminal, or now and then in a file. */
export class Progress {
  private shownAt: number;
  private isShown = false;

  constructor(
    private readonly screen: Screen,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.shownAt = now();
  }

  show(line: string): void {
    const isTerminal = this.screen.isTTY === true;
    if (this.now() - this.shownAt < (isTerminal ? EVERY_MS.terminal : EVERY_MS.file)) return;
    this.shownAt = this.now();
    this.isShown = isTerminal;
    this.screen.write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Before something else is said. */
  clear(): void {
    if (this.isShown) this.screen.write('\r\u001b[K');
    this.isShown = false;
  }
}
