import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { answering } from './child.js';

// The reference "SQL only": claims due pairs in batches with SKIP LOCKED and writes each batch back by UNNEST, with an audit
// row for each; one connection, no bank.
const BATCH = 500;
let client: Client;

const CLAIM = {
  name: 'claim',
  text: `UPDATE bench.pair SET claimed_until = now() + interval '2 minutes'
          WHERE id = ANY (ARRAY(SELECT id FROM bench.pair
                                 WHERE due_at <= now() AND (claimed_until IS NULL OR claimed_until < now())
                                 ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
         RETURNING id, generation, refresh`,
};
const COMPLETE = {
  name: 'complete',
  text: `WITH done AS (
           UPDATE bench.pair p
              SET access = n.access, refresh = n.refresh, generation = p.generation + 1, claimed_until = NULL,
                  due_at = now() + interval '1 hour'
             FROM unnest($1::bigint[], $2::integer[], $3::bytea[], $4::bytea[]) AS n (id, generation, access, refresh)
            WHERE p.id = n.id AND p.generation = n.generation
           RETURNING p.id, p.generation
         )
         INSERT INTO bench.event (pair_id, generation) SELECT id, generation FROM done`,
};

async function run(calls: number): Promise<number> {
  const since = performance.now();
  let done = 0;
  while (done < calls) {
    const { rows } = await client.query<{ id: string; generation: number }>(CLAIM);
    if (rows.length === 0) throw new Error('No pair is due any more');
    await client.query({
      ...COMPLETE,
      values: [
        rows.map(({ id }) => id),
        rows.map(({ generation }) => generation),
        rows.map(() => randomBytes(90)),
        rows.map(() => randomBytes(90)),
      ],
    });
    done += rows.length;
  }
  return done / ((performance.now() - since) / 1000);
}

answering(async ({ databaseUrl, calls }) => {
  if (typeof calls === 'number') return { perSecond: await run(calls) };
  client = new Client({ connectionString: String(databaseUrl) });
  await client.connect();
  return {};
});
