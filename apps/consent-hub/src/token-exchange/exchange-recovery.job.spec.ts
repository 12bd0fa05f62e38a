import { ConsentError } from '@consent-hub/consent';
import type { TokenGrants } from '@consent-hub/token-grant';
import { ExchangeRecoveryJob } from './exchange-recovery.job.js';
import type { TokenExchangeService } from './token-exchange.service.js';

describe('the recovery of exchanges', () => {
  it('takes up each unfinished one, and continues when the bank refuses the code of another', async () => {
    const taken: string[] = [];
    const grants = { unfinishedExchanges: () => Promise.resolve(['a', 'b', 'c']) } as Partial<TokenGrants>;
    const codes: Pick<TokenExchangeService, 'exchange'> = {
      exchange: (id) => {
        taken.push(id);
        const refused = new ConsentError('consent_not_live', { consentId: id, state: 'failed' });
        return id === 'b' ? Promise.reject(refused) : Promise.resolve();
      },
    };
    await new ExchangeRecoveryJob(grants as TokenGrants, codes).run();
    expect(taken).toEqual(['a', 'b', 'c']);
  });
});
