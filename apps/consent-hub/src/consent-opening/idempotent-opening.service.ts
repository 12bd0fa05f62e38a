import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Problem, type TracedCaller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { ConsentOpeningService } from './consent-opening.service.js';
import {
  IdempotencyKeyRepository,
  type IdempotencyAnswer,
  type IdempotencyKey,
} from './idempotency-key.repository.js';
import { toOpenedConsentView, type OpenedConsentView } from './opened-consent.view.js';
import type { Opening } from './opening.js';
import { IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED } from './opening.problems.js';

/** How long a caller waits for another one with the same key. */
const WAIT_MS = 20_000;
const RETRY_AFTER_MS = 100;

export interface Opened {
  readonly view: OpenedConsentView;
  /** The answer to an earlier request with the same key. */
  readonly isReplay: boolean;
}

/**
 * Opens a consent once for a key, for all requests at all replicas: the answer is stored, sealed, in the transaction
 * that writes the consent. A key under which nothing was opened is free again.
 */
@Injectable()
export class IdempotentOpeningService {
  constructor(
    private readonly openings: ConsentOpeningService,
    private readonly keys: IdempotencyKeyRepository,
    private readonly vault: TokenVault,
  ) {}

  /**
   * @param key of the header `Idempotency-Key`; without one every call opens a consent
   * @throws Problem 422 `idempotency_key_reused`, 409 `idempotency_key_in_use`
   * @throws BankError
   */
  async open(opener: TracedCaller, opening: Opening, key: string | undefined): Promise<Opened> {
    if (key === undefined) return first(toOpenedConsentView(await this.openings.open(opener, opening)));
    const named: IdempotencyKey = { apiClientId: opener.caller.id, key, requestHash: hashOf(opening) };
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await delay(RETRY_AFTER_MS)) {
      const reserved = await this.keys.reserve(named);
      switch (reserved.kind) {
        case 'reserved':
          return first(await this.openAs(opener, opening, named, reserved.attempt));
        case 'answered':
          opener.trace.consentId = reserved.answer.consentId;
          return { view: await this.reveal(reserved.answer), isReplay: true };
        case 'reused':
          throw keyReused();
        case 'under_way':
      }
    }
    throw keyInUse();
  }

  private async openAs(
    opener: TracedCaller,
    opening: Opening,
    key: IdempotencyKey,
    attempt: number,
  ): Promise<OpenedConsentView> {
    try {
      const opened = await this.openings.open(opener, opening, async (tx, written) => {
        if (!(await this.keys.answer(tx, key, attempt, this.seal(toOpenedConsentView(written))))) {
          throw keyInUse();
        }
      });
      return toOpenedConsentView(opened);
    } catch (error) {
      await this.keys.release(key, attempt);
      throw error;
    }
  }

  private seal(view: OpenedConsentView): IdempotencyAnswer {
    const sealed = this.vault.seal(new Secret(JSON.stringify(view)), bindingOf(view.id));
    return { consentId: view.id, sealed };
  }

  private async reveal({ consentId, sealed }: IdempotencyAnswer): Promise<OpenedConsentView> {
    const written = await this.vault.opening(() => this.vault.open(sealed, bindingOf(consentId)));
    return JSON.parse(written.reveal()) as OpenedConsentView;
  }
}

const first = (view: OpenedConsentView): Opened => ({ view, isReplay: false });

const bindingOf = (consentId: string) =>
  ({ consentId, purpose: 'idempotency_answer', generation: 0 }) as const;

/** Hash of the meaning of the request, not of its text. */
const hashOf = ({ subject, brand, psuRef, language, returnUrl, purpose }: Opening): Buffer =>
  createHash('sha256')
    .update(
      JSON.stringify([
        ...[subject.scope, subject.iban, brand, psuRef, language, returnUrl],
        // Without one the hash is that of versions that knew none.
        ...(purpose === null ? [] : [purpose]),
      ]),
    )
    .digest();

const keyReused = (): Problem => new Problem(IDEMPOTENCY_KEY_REUSED);

const keyInUse = (): Problem => new Problem({ ...IDEMPOTENCY_KEY_IN_USE, headers: { 'Retry-After': '5' } });
