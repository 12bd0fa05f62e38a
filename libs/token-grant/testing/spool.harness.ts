import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import { AnswerSpool } from '../src/answers/answer-spool.service.js';
import { TokenSealer } from '../src/answers/token-sealer.service.js';
import { SpoolDirectory } from '../src/answers/spool-directory.service.js';
import { SpoolHealth } from '../src/answers/spool-health.service.js';
import { SpoolIndex } from '../src/answers/spool-index.service.js';
import type { RequestRecord } from '../src/request/reserved-request.js';
import { DatabaseClock } from '../src/request/database-clock.service.js';
import { FailoverPause } from '../src/request/failover-pause.service.js';
import { DatabaseServer } from '../src/request/database-server.service.js';
import { TokenGrantSettings } from '../src/token-grant.settings.js';

export const aRequest = (given: Partial<RequestRecord> = {}): RequestRecord => ({
  id: randomUUID(),
  consentId: randomUUID(),
  brand: 'belfius',
  grantType: 'refresh_token',
  expectedGeneration: 1,
  requestId: randomUUID(),
  sentAt: new Date(),
  owner: 'one',
  leaseEndsAt: new Date(),
  callerRequestId: null,
  ...given,
});

/** The spools of processes that share a directory, without a database. */
export class SpoolHarness {
  readonly vault = new TokenVault(KeyRing.parse(`k1:${randomBytes(32).toString('base64')}`));
  private readonly spools: AnswerSpool[] = [];

  private constructor(
    private readonly root: string,
    readonly directory: string,
  ) {}

  static async build(): Promise<SpoolHarness> {
    const root = await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-'));
    return new SpoolHarness(root, path.join(root, 'spool'));
  }

  async close(): Promise<void> {
    await Promise.all(this.spools.map((spool) => spool.onApplicationShutdown()));
    await rm(this.root, { recursive: true, force: true });
  }

  process(owner = 'one') {
    const spoolDir = this.directory;
    const settings = new TokenGrantSettings({
      owner,
      tokenTimeoutMs: 1000,
      spoolDir,
      spoolRetentionMinutes: 30,
    });
    const index = new SpoolIndex();
    const directory = new SpoolDirectory(settings, index);
    const sealer = new TokenSealer(this.vault, settings);
    const pause = new FailoverPause(new DatabaseServer(new DatabaseClock(settings)), settings);
    const health = new SpoolHealth(settings, directory, pause);
    const spool = new AnswerSpool(settings, directory, index, sealer, health);
    this.spools.push(spool);
    const append = async (body = 'answer', given: Partial<RequestRecord> = {}) => {
      const request = aRequest(given);
      await spool.append(request, { body: new Secret(body) });
      return request;
    };
    /** The answers to the requests of a consent, as another process opens them. */
    const opened = async (consentId: string, generation = 0) =>
      (await spool.find(consentId, generation)).map((answer) => sealer.openSpooled(answer).body.reveal());
    return { settings, index, directory, sealer, health, spool, append, opened };
  }

  /** Names of the files that are there, of every kind. */
  names(): Promise<string[]> {
    return readdir(this.directory);
  }

  pathOf(name: string): string {
    return path.join(this.directory, name);
  }
}

/** What the handles of all files share: where the system's answers can be replaced. */
export async function fileHandles(): Promise<FileHandle> {
  const file = await open(tmpdir(), 'r');
  await file.close();
  return Object.getPrototypeOf(file) as FileHandle;
}

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: fails on purpose`), { code });
