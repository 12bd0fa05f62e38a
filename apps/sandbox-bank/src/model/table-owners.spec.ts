import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const SOURCES = resolve(import.meta.dirname, '..');
/** A table behind a word of SQL; what is called is a function of the schema. */
const NAMED = /\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:bank\.\w+ \w+, )?bank\.(\w+)\b(?!\()/g;

describe('the tables of the bank', () => {
  it('are each named in the SQL of one folder alone', () => {
    const owners = new Map<string, Set<string>>();
    for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
      if (!/(?<!\.spec|\.harness)\.tsx?$/.test(file)) continue;
      for (const [, table = ''] of readFileSync(join(SOURCES, file), 'utf8').matchAll(NAMED))
        owners.set(table, (owners.get(table) ?? new Set<string>()).add(dirname(file)));
    }
    expect(Object.fromEntries([...owners].map(([table, folders]) => [table, [...folders].join()]))).toEqual({
      account: 'model/accounts',
      account_compartment: 'model/accounts',
      account_psu: 'model/accounts',
      authorization_link: 'model/consents',
      clock: 'model/clock',
      fault: 'model/faults',
      fault_strike: 'model/faults',
      logical_id_key: 'model/accounts',
      page_session: 'authorize',
      payment: 'model/payments',
      psu: 'model/accounts',
      psu_authorization: 'model/consents',
      replay: 'model/consents',
      rotated_refresh_token: 'model/consents',
      seen_request: 'model/tpps',
      token_pair: 'model/consents',
      tpp: 'model/tpps',
      unattended_call: 'model/tpps',
    });
  });
});
