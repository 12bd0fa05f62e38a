import type { GrantEnd } from './grant-outcome.js';
import type { ReservedRequest } from '../request/reserved-request.js';
import type { TokenGrants } from './token-grants.service.js';

/** A due refresh that is this process's to make. Run it at once: unsent, it is given up after some seconds. */
export class ClaimedRefresh {
  constructor(
    private readonly grants: TokenGrants,
    private readonly reserved: ReservedRequest,
  ) {}

  get consentId(): string {
    return this.reserved.request.consentId;
  }

  /**
   * Sends and settles. Throws for nothing that a bank may answer.
   *
   * @param answered called once the bank has answered, if it was asked: what remains is the database's work
   */
  run(answered: () => void = () => undefined): Promise<GrantEnd> {
    return this.grants.runClaimed(this.reserved, answered);
  }

  /** Instead of the run: it is not sent, and somebody else may claim it soon. */
  giveBack(): Promise<void> {
    return this.grants.giveBackClaimed(this.reserved);
  }
}
