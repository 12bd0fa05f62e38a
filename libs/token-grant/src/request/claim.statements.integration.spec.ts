import { randomUUID } from 'node:crypto';
import { CLAIM_AT_RANDOM } from './claim.statements.js';
import { SERVER_RUN } from './reservation.statements.js';
import { runAll, ReplicasHarness } from '../../testing/replicas.harness.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(() => harness.close());

const AT_RANDOM = { atRandom: true };

/** Copies of a live consent, due so many seconds ago each, without a call for each. */
async function due(secondsAgo: readonly number[]): Promise<string[]> {
  const id = await harness.liveConsent();
  const ids = secondsAgo.map(() => randomUUID());
  await harness.dataSource.query(
    `INSERT INTO hub.consent SELECT (jsonb_populate_record(c, jsonb_build_object(
            'id', copy, 'psu_ref', copy, 'callback_state_hash', NULL))).*
       FROM hub.consent c, unnest($1::uuid[]) AS copy WHERE c.id = $2`,
    [ids, id],
  );
  for (const copy of ids) await harness.givePair(copy);
  await harness.dataSource.query(
    `UPDATE hub.token_pair t SET refresh_due_at = now() - make_interval(secs => given.ago)
       FROM unnest($1::uuid[], $2::float8[]) AS given (id, ago) WHERE t.consent_id = given.id`,
    [ids, secondsAgo],
  );
  return ids;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('claiming at random', () => {
  it.each([
    ['became due an hour before the others', [...times(30, 3600), ...times(30, 1)]],
    ['became due at the same moment', times(60, 60)],
    ['are spread evenly', Array.from({ length: 60 }, (_, number) => 60 - number)],
  ])('takes from the front and from the rest when those at the front %s', async (_where, secondsAgo) => {
    const ids = await due(secondsAgo);
    const claimed = await harness.replica('one').due.claim('belfius', 20, AT_RANDOM);
    const positions = claimed.map(({ consentId }) => ids.indexOf(consentId));
    expect(new Set(positions).size).toBe(20);
    expect(positions).not.toContain(-1);
    // By chance the other way once in 10^7 runs.
    expect(Math.min(...positions)).toBeLessThan(30);
    expect(Math.max(...positions)).toBeGreaterThanOrEqual(30);
  });

  it('leaves nothing out, takes nothing twice, and nothing that is not due', async () => {
    const ids = await due([...times(10, 3600), ...times(10, 1)]);
    await due(times(5, -3600));
    const replicas = [harness.replica('one'), harness.replica('two')];
    const claimed = await Promise.all(
      replicas.map(async (replica) => {
        const all: string[] = [];
        for (let round = 0; round < 20; round++) {
          const some = await replica.due.claim('belfius', 3, AT_RANDOM);
          all.push(...some.map(({ consentId }) => consentId));
        }
        return all;
      }),
    );
    expect(claimed.flat().sort()).toEqual([...ids].sort());
    expect(await harness.replica('one').due.claim('banx', 3, AT_RANDOM)).toEqual([]);
    expect(await harness.replica('one').due.claim('belfius', 3, AT_RANDOM)).toEqual([]);
  });

  it('reserves as the claim by due time does, and probes where a process has ended', async () => {
    const id = await harness.liveConsent();
    await harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = $1`, [
      id,
    ]);
    expect(await harness.replica('dead').due.claim('belfius', 1, AT_RANDOM)).toHaveLength(1);
    expect(await harness.replica('two').due.claim('belfius', 1, AT_RANDOM)).toEqual([]);
    expect(await harness.replica('two').due.claim('belfius', 1)).toEqual([]);
    await harness.leaseEnds(id);
    const probe = await harness.replica('two').due.claim('belfius', 1, AT_RANDOM);
    expect(await runAll(probe)).toEqual(['committed']);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });

  it('neither moves the lower bound of the claims by due time nor obeys it', async () => {
    const [old = '', late = ''] = await due([10, 1]);
    const { due: claims } = harness.replica('one');
    const inOrder = await claims.claim('belfius', 2);
    expect(inOrder.map(({ consentId }) => consentId)).toEqual([old, late]);
    const [below = ''] = await due([100]);
    expect(await claims.claim('belfius', 1)).toEqual([]);
    const drawn = await claims.claim('belfius', 1, AT_RANDOM);
    expect(drawn.map(({ consentId }) => consentId)).toEqual([below]);
  });

  it('reads a few hundred rows by index however much is due', async () => {
    const id = await harness.liveConsent();
    const DUE = 50_000;
    await harness.dataSource.transaction(async (tx) => {
      // Without a consent each: only the choice is checked.
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(
        `INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at,
                access_expires_at, refresh_due_at)
         SELECT gen_random_uuid(), brand, 1, access_token, refresh_token, key_id, issued_at, access_expires_at,
                now() - random() * interval '1 hour'
           FROM hub.token_pair, generate_series(1, $2::int) WHERE consent_id = $1`,
        [id, DUE],
      );
    });
    await harness.dataSource.query(`ANALYZE hub.token_pair`);
    const [server] = await harness.dataSource.query<{ run: string }[]>(`SELECT ${SERVER_RUN} AS run`);
    const ids = [[randomUUID()], [randomUUID()]];
    const values = ['belfius', '-infinity', 1, ...ids, 'one', 60, server?.run, ['k1']];
    const [row] = await harness.dataSource.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${CLAIM_AT_RANDOM.text}`,
      values,
    );
    const nodes = row ? flat(row['QUERY PLAN'][0].Plan) : [];
    const ofPairs = nodes.filter((node) => node['Relation Name'] === 'token_pair');
    expect(new Set(ofPairs.map((node) => node['Index Name']))).toEqual(
      new Set(['token_pair_refresh_due', 'token_pair_pkey']),
    );
    expect(
      Math.max(...ofPairs.map((node) => node['Actual Rows'] * node['Actual Loops'])),
    ).toBeLessThanOrEqual(500);
    expect(nodes.filter((node) => node['Node Type'] === 'Sort').every(isSmall)).toBe(true);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  }, 60_000);
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
const isSmall = (sort: Plan): boolean => sort['Actual Rows'] <= 500;
