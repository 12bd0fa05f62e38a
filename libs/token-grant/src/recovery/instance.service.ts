import { randomBytes } from 'node:crypto';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { describeError, SoleRun } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';
import { InstanceRepository, type InstanceRow, type ObservedInstance } from './instance.repository.js';
import type { SilentOwner } from '../request/open-request.repository.js';
import { ProcessLiveness, type DeadProcess, type ProcessPlace } from './process-liveness.service.js';
import { DatabaseServer } from '../request/database-server.service.js';
import { HEARTBEAT_MS, TokenGrantSettings } from '../token-grant.settings.js';

interface Observed {
  row: ObservedInstance;
  /** When its heartbeat was last seen to move, by the monotonic clock of this process. */
  movedAt: number;
}

/** A process that has not written for so long could not observe either: its earlier observations prove nothing. */
const BLIND_AFTER_MS = 1.5 * HEARTBEAT_MS;

/** The processes of the hub, as this one observes them, and its own row among theirs. */
@Injectable()
export class InstanceService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(InstanceService.name);
  private readonly runs = new SoleRun(InstanceService.name, () => this.beat());
  private readonly others = new Map<string, Observed>();
  /** Owners of open requests that have no row: since when they are known. */
  private readonly ownersWithoutRow = new Map<string, number>();
  private place: ProcessPlace | null = null;
  private timer: NodeJS.Timeout | undefined;
  private writtenAt = performance.now();
  private isDuplicate = false;
  private spooledByKey: () => Record<string, number> = () => ({});
  /** Ended processes whose spools were read, and the run on which that was. Their rows stay, for a server that loses the result. */
  private readonly settledOn = new Map<string, string | null>();
  /** When the others were read last; null before. */
  private readAt: number | null = null;

  constructor(
    private readonly repository: InstanceRepository,
    private readonly liveness: ProcessLiveness,
    private readonly server: DatabaseServer,
    private readonly vault: TokenVault,
    private readonly settings: TokenGrantSettings,
  ) {}

  /** @param spooledByKey answers in the spool by the key that has sealed them: the others must know which keys are needed */
  reports(spooledByKey: () => Record<string, number>): void {
    this.spooledByKey = spooledByKey;
  }

  /** From now on the others know of this process, and this one of them. */
  async join(): Promise<void> {
    this.place = await this.liveness.place();
    await this.beat();
    const { instance } = this.settings;
    const namesakes = [...this.others.values()].filter(({ row }) => row.name === instance);
    const { dead } = await this.liveness.survey(namesakes.map(({ row }) => placeOf(row)));
    const isOver = ({ row }: Observed) => dead.some(({ owner }) => owner === row.owner);
    if (namesakes.every(isOver)) return;
    this.settings.instance = `${instance}~${randomBytes(3).toString('hex')}`;
    this.isDuplicate = true;
    const taken = this.settings.instance;
    const msg =
      'HUB_INSTANCE is in use, or its last process has not been seen to end: a name of its own is taken';
    this.logger.warn({ msg, instance, taken });
    await this.beat();
  }

  @Interval(HEARTBEAT_MS)
  run(): Promise<void> {
    return this.place ? this.runs.start() : Promise.resolve();
  }

  /** The schedule ends here; calls under way do not. */
  beforeApplicationShutdown(): void {
    this.timer = setInterval(() => void this.run(), HEARTBEAT_MS);
  }

  /**
   * After the last call has been settled. The name is free; the row stays for as long as the spool, since a server that forgets
   * the last commits must know of it.
   */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.runs.stop();
    if (!this.place) return;
    await this.repository.releaseName(this.settings.owner).catch((error: unknown) => {
      this.logger.warn({ msg: 'name of this instance not released', error: describeError(error) });
    });
  }

  /**
   * Moves the heartbeat of this process and reads those of the others.
   *
   * @param confirms the run that this process is about to confirm: the others must know before it spends
   */
  async beat(confirms = this.server.confirmed): Promise<void> {
    const askedAt = performance.now();
    const { server, others } = await this.repository.beat({ ...this.ownRow(), confirmed_run: confirms });
    this.server.clock.note(server.now_ms, askedAt);
    this.server.saw(server.run);
    const now = performance.now();
    const isAnotherRun = this.readAt !== null && this.server.metAt > this.readAt;
    if (this.server.system === null)
      this.server.identify(await this.repository.readSystem(), server.wal_bytes);
    this.server.noteWal(server.wal_bytes);
    if (isAnotherRun) await this.repository.enterAgain(this.known());
    this.readAt = now;
    if (isAnotherRun) return this.beat(confirms);
    const wasBlind = now - this.writtenAt > BLIND_AFTER_MS;
    this.writtenAt = now;
    this.observe(others, wasBlind ? now : null);
    this.vault.sealWith(this.commonKey());
  }

  /** Reads which run of the server answers now. */
  async look(): Promise<string> {
    const run = await this.repository.readRun();
    this.server.saw(run);
    return run;
  }

  /** Seconds since this process was last able to write. */
  get secondsSinceWrite(): number {
    return (performance.now() - this.writtenAt) / 1000;
  }

  /** Whether every other hub at work can open what this key seals; one that has just fallen silent counts. */
  othersHave(keyId: string): boolean {
    return this.atWork().every(({ row }) => row.key_ids.includes(keyId));
  }

  /** Answers in the spools of all processes, by the key that has sealed them; as each has last said. */
  countSpooledByKey(): Promise<ReadonlyMap<string, number>> {
    return this.repository.spooledByKey();
  }

  /** Whether another hub was found under the same name. */
  get hasDuplicate(): boolean {
    return this.isDuplicate;
  }

  /** How many hubs are at work, this one among them: neither ended in order nor silent for the longest silence. */
  get livingCount(): number {
    const others = [...this.others.values()].filter(
      ({ row, movedAt }) => row.name !== '' && !this.isSilent(movedAt),
    );
    return others.length + 1;
  }

  /** Whether one of the others has confirmed a server of another system or timeline than this one's. */
  othersKnowAnotherSystem(): boolean {
    const { system } = this.server;
    return [...this.others.values()].some(({ row }) => row.system && system && row.system !== system);
  }

  /** Processes that have spent pairs on another run and not confirmed this one: they may hold what it has forgotten. */
  unconfirmed(): string[] {
    return [...this.others.values()]
      .filter(({ row: { confirmed_run: run } }) => run !== null && run !== this.server.current)
      .filter(({ row, movedAt }) => !this.isSilent(movedAt) && !this.isSettled(row.owner))
      .map(({ row }) => row.owner);
  }

  /** Processes of this machine that have certainly ended. One that has answered on its socket was not silent. */
  async dead(): Promise<DeadProcess[]> {
    const { dead, alive } = await this.liveness.survey(
      [...this.others.values()].map(({ row }) => placeOf(row)),
    );
    for (const owner of alive) {
      const other = this.others.get(owner);
      if (other) other.movedAt = performance.now();
    }
    return dead.filter(({ owner }) => !this.isSettled(owner));
  }

  /** What an ended process has left is settled on this run. */
  noteSettled(owner: string): void {
    this.settledOn.set(owner, this.server.current);
  }

  /** Takes note of owners of open requests; those without a row are observed from now on. */
  noteOwners(owners: readonly string[]): void {
    for (const owner of this.ownersWithoutRow.keys())
      if (!owners.includes(owner)) this.ownersWithoutRow.delete(owner);
    for (const owner of owners) {
      if (owner === this.settings.owner || this.others.has(owner)) this.ownersWithoutRow.delete(owner);
      else if (!this.ownersWithoutRow.has(owner)) this.ownersWithoutRow.set(owner, performance.now());
    }
  }

  /** Processes that have been silent for the longest silence; none while this one was blind within that time. */
  silent(): SilentOwner[] {
    if (performance.now() - this.writtenAt > BLIND_AFTER_MS) return [];
    const silent: SilentOwner[] = [];
    for (const { row, movedAt } of this.others.values())
      if (this.isSilent(movedAt)) silent.push({ owner: row.owner, beat: row.beat });
    for (const [owner, since] of this.ownersWithoutRow)
      if (this.isSilent(since)) silent.push({ owner, beat: null });
    return silent;
  }

  /** Removes the rows of processes that have been silent for as long as spools are kept, and have no open request. */
  async removeOld(): Promise<void> {
    const oldest = performance.now() - this.settings.spoolRetentionMinutes * 60_000;
    for (const { row, movedAt } of this.others.values()) {
      if (movedAt > oldest || !this.isSilent(movedAt)) continue;
      await this.repository.removeSilent(row);
      this.settledOn.delete(row.owner);
    }
  }

  private isSettled(owner: string): boolean {
    return this.settledOn.get(owner) === this.server.current;
  }

  private isSilent(since: number): boolean {
    return performance.now() - Math.max(since, this.server.metAt) > this.settings.longestSilenceMs;
  }

  private observe(rows: readonly ObservedInstance[], blindUntil: number | null): void {
    const now = performance.now();
    const owners = new Set(rows.map(({ owner }) => owner));
    for (const owner of this.others.keys()) if (!owners.has(owner)) this.others.delete(owner);
    for (const row of rows) {
      const before = this.others.get(row.owner);
      const hasMoved = !before || before.row.beat !== row.beat;
      this.others.set(row.owner, { row, movedAt: hasMoved ? now : before.movedAt });
    }
    if (blindUntil === null) return;
    for (const other of this.others.values()) other.movedAt = blindUntil;
    for (const owner of this.ownersWithoutRow.keys()) this.ownersWithoutRow.set(owner, blindUntil);
  }

  private known(): InstanceRow[] {
    return [...this.others.values()].map(({ row }) => row);
  }

  /** The first key that may seal and that every hub at work can open values with. */
  private commonKey(): string {
    const { sealingKeyIds, currentKeyId } = this.vault;
    const common = sealingKeyIds.find((id) => this.othersHave(id));
    return common ?? sealingKeyIds.find((id) => id === currentKeyId) ?? sealingKeyIds[0] ?? currentKeyId;
  }

  private atWork(): Observed[] {
    return [...this.others.values()].filter(
      ({ row, movedAt }) => !this.isSilent(movedAt) && !this.isSettled(row.owner),
    );
  }

  private ownRow(): Omit<InstanceRow, 'confirmed_run'> {
    const { owner, instance, spoolDir } = this.settings;
    return {
      owner,
      name: instance,
      machine: this.place?.machine ?? '',
      spool_dir: spoolDir,
      spool_id: this.place?.spoolId ?? null,
      key_ids: [...this.vault.keyIds],
      spooled_by_key: this.spooledByKey(),
      system: this.server.system || null,
    };
  }
}

const placeOf = (row: InstanceRow): ProcessPlace => ({
  owner: row.owner,
  machine: row.machine,
  spoolDir: row.spool_dir,
  spoolId: row.spool_id,
  hasEnded: row.name === '',
});
