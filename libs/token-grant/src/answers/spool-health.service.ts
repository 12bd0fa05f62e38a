import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { types } from 'node:util';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { describeError, RecurringJob } from '@consent-hub/platform';
import { FailoverPause } from '../request/failover-pause.service.js';
import { SpoolDirectory } from './spool-directory.service.js';
import { SPOOL_CHECK_MS, TokenGrantSettings } from '../token-grant.settings.js';

/** What a block of a disk holds: less would say nothing about a full one. */
const PROBE = Buffer.alloc(4096, 'consent-hub ');
/** The disk counts as full before it is, so that the answers to all calls under way still find room. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;
/** A disk that takes longer to write a block does not answer. */
const PROBE_TIMEOUT_MS = 10_000;

interface Figures {
  readonly files: number;
  readonly bytes: number;
  readonly freeBytes: number;
}

const NOTHING_KNOWN: Figures = { files: 0, bytes: 0, freeBytes: 0 };

/** Why the spool is not writable, in the system's word where there is one. */
class SpoolFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whether answers of the bank can be written to the disk. While they cannot, no token pair should be spent. */
@Injectable()
export class SpoolHealth extends RecurringJob implements OnModuleInit {
  protected readonly intervalMs = SPOOL_CHECK_MS;
  private readonly logger = new Logger(SpoolHealth.name);
  private failures = 0;
  private writable = true;
  private probing: Promise<void> | null = null;
  private figures = NOTHING_KNOWN;

  constructor(
    private readonly settings: TokenGrantSettings,
    private readonly directory: SpoolDirectory,
    private readonly pause: FailoverPause,
  ) {
    super();
  }

  /** Before anything is spent. A hub without a spool still serves what it has. */
  onModuleInit(): Promise<void> {
    return this.run();
  }

  protected override work(): Promise<void> {
    return this.check();
  }

  /** As of the last check or the last answer that could not be written; does not read the disk. */
  isWritable(): boolean {
    return this.writable;
  }

  /** Files of the spool, as of the last check. */
  get files(): number {
    return this.figures.files;
  }

  /** Their size, as of the last check. */
  get bytes(): number {
    return this.figures.bytes;
  }

  /** What the disk has left for this process, as of the last check; 0 where it does not say. */
  get freeBytes(): number {
    return this.figures.freeBytes;
  }

  /** An answer could not be written. */
  failed(error: unknown): void {
    this.failures++;
    this.change(false, error);
  }

  /** Writes to the disk, and reads how much space is left. Never rejects. */
  async check(): Promise<void> {
    const before = this.failures;
    try {
      this.probing ??= this.probe().finally(() => (this.probing = null));
      await within(PROBE_TIMEOUT_MS, this.probing);
      // A write that failed after the probe began is the newer fact.
      if (before === this.failures) this.change(true);
    } catch (error) {
      this.change(false, error);
    }
  }

  private async probe(): Promise<void> {
    try {
      this.figures = await this.measure();
    } catch (error) {
      this.figures = NOTHING_KNOWN;
      throw error;
    }
    await this.write();
    const { freeBytes } = this;
    if (freeBytes < MIN_FREE_BYTES)
      throw new SpoolFailure('ENOSPC', `the disk of the spool has ${freeBytes} bytes left`);
  }

  private async measure(): Promise<Figures> {
    const { spoolDir } = this.settings;
    await mkdir(spoolDir, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(spoolDir);
    const sizes = await this.directory.sizes();
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { files: sizes.length, bytes, freeBytes: bavail * bsize };
  }

  private async write(): Promise<void> {
    const name = path.join(this.settings.spoolDir, `${randomBytes(8).toString('hex')}.probe`);
    const file = await open(name, 'w', 0o600);
    try {
      // Without a name already: a process that is killed here leaves nothing.
      await rm(name);
      await file.writeFile(PROBE);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  private change(writable: boolean, error?: unknown): void {
    if (this.writable === writable) return;
    this.writable = writable;
    this.pause.noteSpool(writable);
    const { freeBytes } = this;
    if (writable) return this.logger.log({ msg: 'spool writable again', freeBytes });
    const code = codeOf(error);
    this.logger.error({ msg: `spool not writable: ${code}`, code, freeBytes, error: describeError(error) });
  }
}

const codeOf = (error: unknown): string =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SpoolFailure('ETIMEDOUT', `the disk of the spool has not answered for ${ms} ms`);
    timer = setTimeout(() => reject(error), ms).unref();
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
