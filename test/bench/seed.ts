import { newId, type Permission } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import type { Client } from 'pg';

/** The key of the benchmark's hub. */
export const VAULT_KEYS = `bench:${Buffer.alloc(32, 'bench').toString('base64')}`;

const BATCH = 2_000;
const NOT_DUE = '30 days';

/**
 * Writes live consents of Belfius, none of them due. Sealed with the hub's key: their pairs are opened when they are
 * refreshed.
 */
export async function seedConsents(client: Client, count: number): Promise<void> {
  const vault = new TokenVault(KeyRing.parse(VAULT_KEYS));
  const clientId = newId();
  await client.query(
    `INSERT INTO hub.api_client (id, name, permissions, token_scopes)
     VALUES ($1, 'bench', '{consents:write}', '{AIS}')`,
    [clientId],
  );
  for (let written = 0; written < count; written += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, count - written) }, newId);
    const sealed = (purpose: 'access_token' | 'refresh_token') =>
      ids.map((consentId) =>
        vault.seal(new Secret(`${purpose}-${consentId}`), { consentId, purpose, generation: 1 }),
      );
    await client.query(
      `WITH opened AS (
         INSERT INTO hub.consent (id, brand, scope, psu_ref, state, opened_by, redirect_uri, authorized_at, activated_at,
                                  consent_expires_at)
         SELECT id, 'belfius', 'AIS', id::text, 'active', $2, 'https://hub.example/callback/belfius', now(), now(),
                now() + interval '180 days'
           FROM unnest($1::uuid[]) AS id
       )
       INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at,
                                  access_expires_at, last_used_at, refresh_due_at)
       SELECT id, 'belfius', 1, access, refresh, 'bench', now(), now() + interval '1 hour', now(),
              now() + interval '${NOT_DUE}'
         FROM unnest($1::uuid[], $3::bytea[], $4::bytea[]) AS n (id, access, refresh)`,
      [ids, clientId, sealed('access_token'), sealed('refresh_token')],
    );
  }
  await client.query('VACUUM ANALYZE hub.consent, hub.token_pair');
}

/** Lets an API client in by this key. */
export async function seedApiClient(
  client: Client,
  { name, permissions, key }: { name: string; permissions: readonly Permission[]; key: string },
): Promise<void> {
  await client.query(
    `WITH made AS (INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, $2, $3) RETURNING id)
     INSERT INTO hub.api_client_key (id, api_client_id, key_hash) SELECT $4, id, sha256($5::text::bytea) FROM made`,
    [newId(), name, permissions, newId(), key],
  );
}

/** Time for the garbage of what made them due to be collected, as it would be long before in production. */
const UNTIL_DUE = '3 seconds';

/**
 * Makes so many consents due soon, in an order of due times that is independent of their place in the table. Each becomes due
 * later than all that was due before, as in production.
 *
 * @returns when the first of them is due, by the clock of the database
 */
export async function makeDue(client: Client, count: number): Promise<string> {
  const { rows } = await client.query<{ due_at: string }>(
    `WITH made AS (
       UPDATE hub.token_pair
          SET refresh_due_at = now() + interval '${UNTIL_DUE}' + random() * interval '50 milliseconds', last_used_at = now()
        WHERE consent_id IN (SELECT consent_id FROM hub.token_pair ORDER BY issued_at, random() LIMIT $1)
       RETURNING refresh_due_at
     )
     SELECT min(refresh_due_at)::text AS due_at FROM made`,
    [count],
  );
  await client.query('VACUUM hub.token_pair, hub.token_request, hub.consent_timeline');
  const dueAt = rows[0]?.due_at;
  if (dueAt === undefined) throw new Error('nothing was made due');
  return dueAt;
}
