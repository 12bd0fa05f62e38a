import { Injectable, Logger } from '@nestjs/common';
import { InstanceService } from './instance.service.js';
import { OpenRequestRepository } from '../request/open-request.repository.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import type { DeadProcess } from './process-liveness.service.js';
import { DatabaseServer } from '../request/database-server.service.js';
import type { RequestRecord } from '../request/reserved-request.js';
import { TokenAnswers } from '../grant/token-answers.service.js';

/** Takes over the requests that ended and silent processes have left, and ends those of this process. */
@Injectable()
export class RequestTakeover {
  private readonly logger = new Logger(RequestTakeover.name);
  private taken = 0;

  constructor(
    private readonly requests: OpenRequestRepository,
    private readonly instances: InstanceService,
    private readonly server: DatabaseServer,
    private readonly own: OwnRequests,
    private readonly answers: TokenAnswers,
  ) {}

  /** Requests that were taken from ended and silent processes, since this one began. */
  get count(): number {
    return this.taken;
  }

  /** From now on this process answers for requests whose answers it has found, and could not settle. */
  async adopt(left: readonly RequestRecord[]): Promise<void> {
    await this.requests.adopt(idsOf(left), this.own.settings.owner);
  }

  /** Enters into the journal of the current run what is under way here, in doubt, or could not be settled. */
  async enterAgain(left: readonly RequestRecord[]): Promise<void> {
    await this.requests.enterAgain([...this.own.underWay(), ...left], 'sent', this.own.settings.owner);
    await this.requests.enterAgain(this.own.inDoubt(), 'in_doubt', this.own.settings.owner);
  }

  /**
   * Takes what a process has left whose spool was read.
   *
   * @param left requests whose answers could not be settled
   * @param leftElsewhere those of them in other directories: they are read there until all of them are settled
   */
  async takeFromDead(
    { owner, forget }: DeadProcess,
    left: readonly RequestRecord[],
    leftElsewhere: readonly RequestRecord[],
  ): Promise<void> {
    const count = await this.requests.takeFromDead(owner, idsOf(left));
    if (count > 0) this.logger.warn({ msg: 'requests of an ended process taken over', owner, count });
    this.taken += count;
    if (leftElsewhere.some((request) => request.owner === owner)) return;
    await forget();
    this.instances.noteSettled(owner);
  }

  /** @param spooled requests whose answers are in a spool */
  async takeFromSilent(spooled: readonly RequestRecord[]): Promise<void> {
    this.instances.noteOwners(await this.requests.ownersUnderWay());
    const silent = this.instances.silent();
    if (silent.length === 0) return;
    const { latestMs } = this.server.clock;
    const count = await this.requests.takeFromSilent(silent, idsOf(spooled), latestMs);
    this.taken += count;
    if (count === 0) return;
    const owners = silent.map(({ owner }) => owner);
    this.logger.warn({ msg: 'requests of silent processes taken over', owners, count });
  }

  /**
   * What the server believes to be under way in this process, and is not: it was never sent, or a failover has forgotten its end.
   * Ids are known here before they are in the journal.
   *
   * @param spooled requests whose answers are in a spool
   */
  async closeOwn(spooled: readonly RequestRecord[]): Promise<void> {
    const withAnswer = new Set(idsOf(spooled));
    const open = await this.requests.underWayOf(this.own.settings.owner);
    const over = open.filter((id) => !this.own.isOpen(id) && !withAnswer.has(id));
    if (over.length > 0) {
      const unsent = over.filter((id) => this.own.isCutOff(id));
      const ended = over.filter((id) => !this.own.isCutOff(id));
      await this.requests.closeUnsent(unsent);
      await this.requests.doubtEnded(ended);
      const [neverSent, endForgotten] = [unsent.length, ended.length];
      this.logger.warn({
        msg: 'requests closed that this process does not have under way',
        neverSent,
        endForgotten,
      });
    }
    for (const request of this.own.left()) {
      if (withAnswer.has(request.id)) continue;
      await this.answers.doubt(request);
      this.own.doubted(request);
    }
  }
}

const idsOf = (requests: readonly RequestRecord[]): string[] => requests.map(({ id }) => id);
