import { ErasureRegister, type PastErasure } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AdminActionRepository } from '../audit/admin-action.repository.js';

const PER_PAGE = 20;

/** An erasure, with the words of the person where one did it in the console. */
export interface RegisteredErasure extends PastErasure {
  readonly why: string | null;
}

/** The register of erasures, a page at a time. */
@Injectable()
export class PastErasuresService {
  constructor(
    private readonly register: ErasureRegister,
    private readonly actions: AdminActionRepository,
  ) {}

  /**
   * Newest first.
   *
   * @param before the `next` of the page before
   */
  async page(before?: string): Promise<{ erasures: readonly RegisteredErasure[]; next: string | null }> {
    const { items, next } = await this.register.page(PER_PAGE, before);
    const reasons = await this.actions.reasonsOf(items.flatMap(({ adminAction }) => adminAction ?? []));
    return {
      erasures: items.map((one) => ({ ...one, why: reasons.get(one.adminAction ?? '') ?? null })),
      next,
    };
  }
}
