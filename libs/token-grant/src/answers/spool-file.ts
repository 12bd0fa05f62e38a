import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const LINE_END = 0x0a;

/** A file of the spool, as the one process has it that writes it. */
export class SpoolFile {
  private readonly since = performance.now();
  /** Bytes that are known to be on the disk, all of them whole lines. */
  private size = 0;

  private constructor(
    readonly name: string,
    private readonly location: string,
    private readonly handle: FileHandle,
  ) {}

  /** Creates an empty file, and the directory where that is missing; leaves neither open nor empty what cannot be used. */
  static async create(directory: string, name: string): Promise<SpoolFile> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const location = path.join(directory, name);
    const file = new SpoolFile(name, location, await open(location, 'a+', 0o600));
    try {
      // The name is part of what must survive.
      const entry = await open(directory, 'r');
      await entry.sync().finally(() => entry.close());
    } catch (error) {
      await file.abandon();
      throw error;
    }
    return file;
  }

  get ageMs(): number {
    return performance.now() - this.since;
  }

  /**
   * Appends whole lines; durable when it resolves. After a failure the file is not to be used any more: call `abandon`.
   *
   * @returns the offset of the first byte
   * @throws when it fails, or when another process has removed the name since then: no reader would find these lines
   */
  async append(lines: Buffer): Promise<number> {
    await this.handle.appendFile(lines);
    await this.handle.datasync();
    const { nlink, size } = await this.handle.stat();
    if (nlink === 0) throw new Error('the spool file was removed');
    this.size = size;
    return size - lines.length;
  }

  async close(): Promise<void> {
    await this.handle.close().catch(() => undefined);
  }

  /** After a failure: cuts off the line that was torn, and removes a file that holds nothing else. Never rejects. */
  async abandon(): Promise<void> {
    const whole = await this.cutTornLine().catch(() => null);
    await this.close();
    if (whole === 0) await rm(this.location, { force: true }).catch(() => undefined);
  }

  /** Whole lines stay, though no caller may rely on them: the disk may have stored them nevertheless. */
  private async cutTornLine(): Promise<number> {
    const { size } = await this.handle.stat();
    const added = Buffer.alloc(Math.max(0, size - this.size));
    await this.handle.read(added, 0, added.length, this.size);
    const whole = this.size + added.lastIndexOf(LINE_END) + 1;
    if (whole < size) await this.handle.truncate(whole);
    return whole;
  }
}
