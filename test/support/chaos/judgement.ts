import { checkTrace } from '../../../libs/token-grant/model/trace.js';
import {
  bankPairsOf,
  doubtsOf,
  heldToken,
  hubPairsOf,
  spooledTokens,
  type BankPair,
  type Evidence,
  type HubPair,
} from './evidence.js';
import { modelTrace } from './model-trace.js';
import type { TokenCall } from './relay.js';

/*
 * How it is judged whether a pair was spent twice, and whether one that had reached the hub was lost.
 *
 * The bank's tables say what is true at the end: which refresh token each pair has now, which ones were rotated away, and
 * how often a rotated one was presented again. A consent is kept when the hub is live with the very token that the bank
 * has; it is lost otherwise. Generations need not be compared: equal tokens are the stronger statement.
 *
 * A loss is the hub's fault only if the answer with the bank's present token had reached it. Two records show it:
 *
 *  - The spool. An answer that can be opened there was received, also if its process ended later.
 *  - The relay, which sees every answer in clear. When it has handed the last byte over, the answer is with the operating
 *    system of the hub, which is not yet the hub: a process that is killed before it has read the byte, sealed the answer
 *    and brought it to the disk has not received it, and no program could have kept it. That takes milliseconds on an idle
 *    machine and more on a busy one. A process that was not killed within RECEIVED_WITHIN_MS has received it.
 *
 * The same holds for a process that closed the connection within that time because its deadline had passed: it may have been
 * about to, with the answer unread.
 *
 * So a loss that neither record shows is the bank's: an answer that never came, came to an ended process, or came in the last
 * moment of one. Those are counted (`lostNotReceived`, `lostAtTheLastMoment`), and are no violation; the longest of these
 * moments is shown, so that a reader can see how near to the limit it came.
 *
 * A token presented again is a violation if an answer to its first use had been received by the same measure, or while the
 * first call was still under way. Otherwise it is the one careful probe by which a doubt is resolved, and at most one of
 * those is due to each lost pair. A bank that ends a pair because a former token came again (`refresh_replay=kills_pair`) makes
 * a loss of what would otherwise only be counted.
 *
 * A process that is paused by SIGSTOP reads nothing during the pause: of the time in which it could have read an answer, only the part
 * counts in which it ran, and its spool shows only what it had read before a probe if it ran all the time until then.
 *
 * The bank counts every replay, so what the relays saw must explain the bank's number:
 * a replay that no relay knows of is a violation as well.
 *
 * The calls and the journal are checked against the rules of the model, too (libs/token-grant/model/trace.ts): none was made
 * without a request of its own.
 *
 * The relays' moments and those of the kills are taken in one process, so that they can be compared.
 */
const RECEIVED_WITHIN_MS = 1_000;

export interface Judgement {
  /** Refreshes that the bank granted. */
  readonly refreshes: number;
  /** Tokens and codes that came to the bank again after they had been spent, by its ledger. */
  readonly replays: number;
  /** The ones of these that were probes for an answer that was not received. */
  readonly probes: number;
  /** Pairs that the hub does not hold although the bank has them. */
  readonly lost: number;
  /** The ones of these whose answer never came to a live process. */
  readonly lostNotReceived: number;
  /** The ones of these whose answer came so shortly before a kill that the process may not have received it. */
  readonly lostAtTheLastMoment: number;
  /** The longest of these moments, milliseconds. */
  readonly longestMomentMs: number;
  /** Requests that were in doubt and are resolved. */
  readonly doubtsResolved: number;
  /** Requests that are in doubt, or open for another reason. */
  readonly inDoubt: number;
  /** What must not be: empty, or the product's promise is broken. */
  readonly violations: readonly string[];
}

export async function judge(evidence: Evidence): Promise<Judgement> {
  const { consents, ledger, vault } = evidence;
  const [bankPairs, hubPairs, spooled, doubts] = await Promise.all([
    bankPairsOf(evidence),
    hubPairsOf(evidence),
    spooledTokens(evidence),
    doubtsOf(evidence),
  ]);
  const receipts = new Receipts(evidence, spooled);
  const losses = consents.flatMap(({ id, psuId }) => {
    const [pair, held] = [bankPairs.get(psuId), hubPairs.get(id)];
    if (!pair || !held) return [{ violation: `consent ${id} is unknown to one side`, momentMs: null }];
    const isHeld = heldToken(vault, held) === pair.refreshHash;
    if (pair.killed) return [receipts.ofKilled(pair, held, isHeld)];
    return isHeld ? [] : [receipts.ofLoss(pair, held)];
  });
  const tokens = [...bankPairs.values()].flatMap(({ refreshHash, rotated }) => [refreshHash, ...rotated]);
  const repeats = receipts.repeats(new Set(tokens));
  const replays =
    ledger.after.refresh_replays +
    ledger.after.code_replays -
    ledger.before.refresh_replays -
    ledger.before.code_replays;
  const unseen = replays - repeats.length;
  const violations = [
    ...[...losses, ...repeats].flatMap(({ violation }) => violation ?? []),
    ...(unseen > 0 ? [`${unseen} replays that no relay saw`] : []),
  ];
  const trace = await modelTrace({
    evidence,
    bankPairs,
    isReceived: (call) => receipts.isReceivedInTime(call),
  });
  const moments = losses.flatMap(({ momentMs }) => (momentMs === null ? [] : [momentMs]));
  return {
    refreshes: ledger.after.refresh_grants - ledger.before.refresh_grants,
    replays,
    probes: repeats.filter(({ isProbe }) => isProbe).length,
    lost: losses.length,
    lostNotReceived: losses.filter(({ violation, momentMs }) => violation === null && momentMs === null)
      .length,
    lostAtTheLastMoment: moments.length,
    longestMomentMs: Math.round(Math.max(0, ...moments)),
    ...doubts,
    // What the tables have shown is not repeated by the model.
    violations: violations.length > 0 ? violations : checkTrace(trace),
  };
}

interface Loss {
  readonly violation: string | null;
  /** How long the answer was within reach of the process; null when it never was, or for too long to be excused. */
  readonly momentMs: number | null;
}

interface Repeat {
  readonly violation: string | null;
  /** Whether it asked for the result of an earlier call. */
  readonly isProbe: boolean;
}

/** What reached a process that lived long enough to receive it. */
class Receipts {
  private readonly answers: ReadonlyMap<string, TokenCall>;

  constructor(
    private readonly evidence: Evidence,
    private readonly spooled: ReadonlySet<string>,
  ) {
    const granting = evidence.calls.flatMap((call) =>
      call.answer?.granted ? [[call.answer.granted, call] as const] : [],
    );
    this.answers = new Map(granting);
  }

  /** A pair that the bank has ended may be held without a fault of the hub: its answer may have been read after a careful probe had ended it. */
  ofKilled(pair: BankPair, held: HubPair, isHeld: boolean): Loss {
    const isSpentTwice = this.repeats(new Set(pair.rotated)).some(({ violation }) => violation !== null);
    if (isSpentTwice) return broken('ended by a token that was spent twice', pair, held);
    if (!isHeld && held.state !== 'failed') return broken('not known to be lost', pair, held);
    const call = this.answers.get(pair.refreshHash);
    const momentMs = call ? this.momentMs(call) : null;
    return {
      violation: null,
      momentMs: momentMs !== null && momentMs < RECEIVED_WITHIN_MS ? momentMs : null,
    };
  }

  ofLoss(pair: BankPair, held: HubPair): Loss {
    if (this.spooled.has(pair.refreshHash)) return broken('lost though spooled', pair, held);
    const call = this.answers.get(pair.refreshHash);
    const momentMs = call ? this.momentMs(call) : null;
    if (momentMs !== null && momentMs >= RECEIVED_WITHIN_MS)
      return broken(`lost though received, ${shown(momentMs)} before`, pair, held);
    // A hub that has lost a pair without receiving its answer must have noticed by the end, and must record it.
    if (held.state !== 'failed' || held.reason !== 'rotation_lost')
      return broken('not known to be lost', pair, held);
    return { violation: null, momentMs };
  }

  /** Every call with one of these tokens after the first one with it, in the order in which they were sent. */
  repeats(tokens: ReadonlySet<string>): Repeat[] {
    const byToken = new Map<string, TokenCall[]>();
    for (const call of [...this.evidence.calls].sort((a, b) => a.sentAt - b.sentAt))
      if (tokens.has(call.spent)) byToken.set(call.spent, [...(byToken.get(call.spent) ?? []), call]);
    return [...byToken.values()].flatMap((calls) =>
      calls.slice(1).map((call, index) => this.ofRepeat(call, calls.slice(0, index + 1))),
    );
  }

  private ofRepeat(call: TokenCall, earlier: readonly TokenCall[]): Repeat {
    const first = earlier.map(({ by }) => by).join(', ');
    const story = `${call.by} spent a token ${shown(call.sentAt - (earlier[0]?.sentAt ?? 0))} after ${first}`;
    if (earlier.some(({ endedAt }) => endedAt === null || endedAt > call.sentAt))
      return { violation: `${story}, while that call was under way`, isProbe: false };
    if (earlier.some((each) => this.isReceived(each, call.sentAt)))
      return { violation: `${story}, whose answer was received`, isProbe: false };
    return { violation: null, isProbe: earlier.some(isDoubtful) };
  }

  /** Whether the answer was received before the same token was spent again, if it was. */
  isReceivedInTime(call: TokenCall): boolean {
    const next = this.evidence.calls.find(
      ({ spent, sentAt }) => spent === call.spent && sentAt > call.sentAt,
    );
    return this.isReceived(call, next?.sentAt ?? Infinity);
  }

  /** Whether the answer was received by the moment at which the same token was spent again. */
  private isReceived(call: TokenCall, by: number): boolean {
    const { granted = null, handedOverAt = null } = call.answer ?? {};
    if (granted === null) return false;
    const hasPaused = handedOverAt !== null && this.pausedMs(call.by, handedOverAt, by) > 0;
    if (hasPaused) return (this.momentMs(call, by) ?? 0) >= RECEIVED_WITHIN_MS;
    return this.spooled.has(granted) || (this.momentMs(call) ?? 0) >= RECEIVED_WITHIN_MS;
  }

  /**
   * How long the process ran, and listened, after the answer had been handed over to its machine; null when it never was.
   *
   * @param by what comes after that moment does not count
   */
  private momentMs({ by: hub, answer, closedAt }: TokenCall, by = Infinity): number | null {
    const at = answer?.handedOverAt ?? null;
    if (at === null) return null;
    const death = (this.evidence.deaths.get(hub) ?? []).find((moment) => moment >= at);
    const end = Math.min(death ?? Infinity, closedAt ?? Infinity, by);
    return end - at - this.pausedMs(hub, at, end);
  }

  private pausedMs(hub: string, from: number, to: number): number {
    const pauses = this.evidence.pauses.get(hub) ?? [];
    return pauses.reduce(
      (sum, pause) => sum + Math.max(0, Math.min(pause.to, to) - Math.max(pause.from, from)),
      0,
    );
  }
}

function broken(how: string, pair: BankPair, held: HubPair): Loss {
  const story = `consent ${held.id}: ${held.state}/${held.reason ?? '-'} at generation ${held.generation}, the bank is at ${pair.generation}`;
  return { violation: `${how}: ${story}`, momentMs: null };
}

const shown = (ms: number): string => (Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'an unlimited time');

/** Whether it is unknown that the bank has acted; it is known for a call that the bank refused, or was too busy for. */
const isDoubtful = ({ answer }: TokenCall): boolean =>
  answer === null || answer.granted !== null || (answer.status >= 500 && answer.status !== 503);
