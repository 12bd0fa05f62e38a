import { Injectable } from '@nestjs/common';
import { AnswerSpool } from '../answers/answer-spool.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { SpoolDirectory } from '../answers/spool-directory.service.js';
import { SpoolIndex } from '../answers/spool-index.service.js';
import type { RequestRecord } from '../request/reserved-request.js';
import { inOrder, type SpooledAnswer } from '../answers/spooled-answer.js';
import { TokenRequestRepository, type Standing } from '../request/token-request.repository.js';

/** So many of the answers settled last are looked up at every turn. */
const SENTINELS = 256;
/** Answers that one statement asks about. */
const AT_ONCE = 1000;

/**
 * - `settled`: written down
 * - `pending`: its request is open in the database; the process that received it may be about to settle it
 * - `forgotten`: the database does not know the request: a failover has lost commits
 * - `unknown`: nor the consent; nothing is there to be brought back
 */
type SpooledAnswerState = 'settled' | 'pending' | 'forgotten' | 'unknown';

/** What the spool holds and the database does not. */
export interface UnsettledAnswers {
  /** To be settled now, in this order. */
  readonly answers: readonly SpooledAnswer[];
  /** Answers for consents that this database does not know. */
  readonly unknown: number;
}

/**
 * Compares spool and database. Each comparison reads only what was written since the last one and not settled by this process,
 * and checks the answers settled last once more: commits are lost from the end backwards, so while those are there, no earlier
 * one is missing. As soon as one is missing, everything is read again.
 */
@Injectable()
export class SpoolReconciler {
  private readonly offsets = new Map<string, number>();
  private sentinels: RequestRecord[] = [];
  private waiting: SpooledAnswer[] = [];

  constructor(
    private readonly directory: SpoolDirectory,
    private readonly spool: AnswerSpool,
    private readonly journal: TokenRequestRepository,
    private readonly index: SpoolIndex,
    private readonly own: OwnRequests,
  ) {}

  /** What was lost since the last comparison. An answer that has just come is left to the process that received it. */
  async compareNew(): Promise<UnsettledAnswers> {
    const files = await this.files();
    if (files.length === 0) {
      this.forget();
      return { answers: [], unknown: 0 };
    }
    if ((await this.isRolledBack()) || !(await this.passOverOwn())) return this.compareAll();
    const before = this.waiting;
    const fresh = await this.readOn(files);
    if (fresh.hasForgotten) return this.compareAll();
    const overdue = await this.stillUnsettled(before);
    this.waiting = [...overdue, ...fresh.pending];
    return { answers: this.toSettle(overdue), unknown: 0 };
  }

  /** Everything that the spool holds and the database does not, from the first line on. */
  async compareAll(): Promise<UnsettledAnswers> {
    this.forget();
    const { pending, unknown } = await this.readOn(await this.files());
    this.waiting = pending;
    return { answers: this.toSettle(pending), unknown };
  }

  /**
   * What another directory of this machine holds and the database does not; its process has ended, so that no process writes
   * there any more.
   */
  async compareDirectory(directory: SpoolDirectory): Promise<UnsettledAnswers> {
    const pending: SpooledAnswer[] = [];
    let unknown = 0;
    for (const name of await directory.files()) {
      for await (const { answers } of directory.read(name)) {
        for (const [answer, state] of await this.withStates(answers)) {
          if (state === 'unknown') unknown++;
          else if (state !== 'settled') pending.push(answer);
        }
      }
    }
    return { answers: inOrder(pending), unknown };
  }

  /** Requests whose answers are not settled yet. */
  unsettled(): RequestRecord[] {
    return this.waiting.map(({ request }) => request);
  }

  /** Answers in the spool by the key that has sealed them, as far as it was read: all of it after the first comparison. */
  answersByKey(): Record<string, number> {
    return this.index.answersByKey();
  }

  /** Removes what is past its retention, once everything is settled. */
  async prune(): Promise<void> {
    this.waiting = await this.stillUnsettled(this.waiting);
    if (this.waiting.length > 0) return;
    for (const name of await this.directory.files())
      if (name !== this.spool.currentFile) await this.directory.prune(name);
  }

  private async files(): Promise<string[]> {
    const files = await this.directory.files();
    this.index.retain(new Set([...files, this.spool.currentFile]));
    return files;
  }

  private forget(): void {
    this.offsets.clear();
    this.sentinels = [];
    this.waiting = [];
  }

  private async isRolledBack(): Promise<boolean> {
    if (this.sentinels.length === 0) return false;
    const standing = await this.journal.standing(this.sentinels);
    return this.sentinels.some((request) => !isSettled(stateOf(standing.get(request.id))));
  }

  /**
   * What this process has settled itself need not be read: that the database still has all of it is enough.
   *
   * @returns false when it has not
   */
  private async passOverOwn(): Promise<boolean> {
    const settled = this.spool.takeSettled(this.offsets);
    if (!settled) return true;
    const { file, end, requests } = settled;
    for (let n = 0; n < requests.length; n += AT_ONCE)
      if (!(await this.journal.hasEnded(requests.slice(n, n + AT_ONCE)))) return false;
    this.offsets.set(file, end);
    this.sentinels = [...this.sentinels, ...requests].slice(-SENTINELS);
    return true;
  }

  private async readOn(files: readonly string[]) {
    const pending: SpooledAnswer[] = [];
    let [hasForgotten, unknown] = [false, 0];
    for (const name of files) {
      for await (const { answers, nextOffset } of this.directory.read(name, this.offsets.get(name))) {
        for (const [answer, state] of await this.withStates(answers)) {
          if (state === 'settled') this.sentinels.push(answer.request);
          else if (state === 'unknown') unknown++;
          else pending.push(answer);
          hasForgotten ||= state === 'forgotten';
        }
        this.offsets.set(name, nextOffset);
        this.sentinels = this.sentinels.slice(-SENTINELS);
      }
    }
    return { pending, hasForgotten, unknown };
  }

  private async stillUnsettled(answers: readonly SpooledAnswer[]): Promise<SpooledAnswer[]> {
    const states = await this.withStates(answers);
    return states.filter(([, state]) => !isSettled(state)).map(([answer]) => answer);
  }

  /** Without those that this process is settling already. */
  private toSettle(answers: readonly SpooledAnswer[]): SpooledAnswer[] {
    return inOrder(answers.filter(({ request }) => !this.own.isWorkedOn(request.id)));
  }

  private async withStates(
    answers: readonly SpooledAnswer[],
  ): Promise<[SpooledAnswer, SpooledAnswerState][]> {
    const standing = await this.standing(answers);
    return answers.map((answer) => [answer, stateOf(standing.get(answer.request.id))]);
  }

  private async standing(answers: readonly SpooledAnswer[]): Promise<Map<string, Standing>> {
    const found = new Map<string, Standing>();
    for (let n = 0; n < answers.length; n += AT_ONCE) {
      const requests = answers.slice(n, n + AT_ONCE).map(({ request }) => request);
      for (const [id, standing] of await this.journal.standing(requests)) found.set(id, standing);
    }
    return found;
  }
}

const isSettled = (state: SpooledAnswerState): boolean => state === 'settled' || state === 'unknown';

function stateOf(standing: Standing | undefined): SpooledAnswerState {
  if (!standing) return 'unknown';
  switch (standing.status) {
    case null:
      return 'forgotten';
    case 'sent':
    case 'in_doubt':
    case 'probed':
      return standing.isNoted ? 'settled' : 'pending';
    default:
      return 'settled';
  }
}
