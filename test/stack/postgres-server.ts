import { rmSync } from 'node:fs';
import { Program } from './local-stack.js';

/** A program that starts the server on a directory, says where, and holds it until it is ended. */
const HOLDER = `
  import { startPostgres } from './scripts/lib/postgres.mjs';
  const [directory] = process.argv.slice(1);
  const server = await startPostgres({ directory, logFile: directory + '.log' });
  console.log('ready ' + JSON.stringify(server.value) + ' .');
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
  setInterval(() => {}, 60_000);
`;

/** A PostgreSQL server of its own, empty, that is gone after `close()`. */
export class PostgresServer {
  private constructor(
    /** URL of the superuser. */
    readonly url: string,
    private readonly holder: Program,
    private readonly directory: string,
    private readonly withinMs: number,
  ) {}

  /** @param directory made here, and removed at the end */
  static async start(directory: string, withinMs: number): Promise<PostgresServer> {
    const program = ['--input-type=module', '-e', HOLDER, directory];
    const holder = new Program(process.execPath, program, process.env);
    await holder.prints(' .', withinMs);
    const { url } = JSON.parse(/ready (.*) \./.exec(holder.output)?.[1] ?? '') as { url: string };
    return new PostgresServer(url, holder, directory, withinMs);
  }

  async close(): Promise<void> {
    await this.holder.stops(this.withinMs);
    for (const path of [this.directory, `${this.directory}.log`])
      rmSync(path, { recursive: true, force: true });
  }
}
