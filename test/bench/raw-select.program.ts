import { fastify } from 'fastify';
import { Pool } from 'pg';
import { answering } from './child.js';

// The reference "raw select": Fastify as it comes and one prepared select of one row for each request, over a pool of eight.
// It recognises no caller, opens nothing and logs nothing.
interface SelectedPair {
  readonly consent_id: string;
  readonly generation: number;
  readonly access_token: Buffer;
  readonly access_expires_at: Date;
}

const READ = {
  name: 'read',
  text: `SELECT consent_id, generation, access_token, access_expires_at FROM hub.token_pair WHERE consent_id = $1`,
};

let url: string | undefined;

async function serve(databaseUrl: string): Promise<string> {
  const pool = new Pool({ connectionString: databaseUrl, application_name: 'consent-hub-bench', max: 8 });
  const server = fastify();
  server.get<{ Params: { id: string } }>('/:id', async ({ params }) => {
    const { rows } = await pool.query<SelectedPair>({ ...READ, values: [params.id] });
    const pair = rows[0];
    if (!pair) throw new Error('no such pair');
    return {
      consent_id: pair.consent_id,
      access_token: pair.access_token.toString('base64'),
      generation: pair.generation,
      expires_at: pair.access_expires_at.toISOString(),
    };
  });
  return server.listen({ host: '127.0.0.1', port: 0 });
}

answering(async ({ databaseUrl }) => {
  url ??= await serve(String(databaseUrl));
  return { url };
});
