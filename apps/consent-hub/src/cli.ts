import 'reflect-metadata';
import { assertSchemaIsOwn, databaseOptions, readEnvironment } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ApiClientError } from './api-client/api-client-error.js';
import type { ApiClientEntity } from './api-client/api-client.entity.js';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { knownFailure } from './boot-failure.js';
import { HELP, readCall, UsageError, type CliCall } from './cli-call.js';
import { DatabaseEnvironment } from './config/database.environment.js';

const EXIT = { done: 0, failed: 1, misused: 2 } as const;

/** @returns what belongs on stdout */
async function run(call: Exclude<CliCall, { command: 'help' }>, clients: ApiClientService): Promise<string> {
  switch (call.command) {
    case 'create': {
      const { client, key } = await clients.create(call);
      // The one time that a key leaves the process: its owner must get it.
      const shown = { ...facts(client), key: key.reveal() };
      return call.isJson ? json(shown) : `Created ${client.name}. Its key, shown only now:\n${shown.key}\n`;
    }
    case 'list': {
      const all = (await clients.list()).map(facts);
      return call.isJson ? json(all) : table(all);
    }
    case 'revoke':
      await clients.revoke(call.name);
      return `Revoked ${call.name}.\n`;
  }
}

const facts = (client: ApiClientEntity) => ({
  id: client.id,
  name: client.name,
  permissions: client.permissions,
  token_scopes: client.tokenScopes,
  created_at: client.createdAt.toISOString(),
  revoked_at: client.revokedAt?.toISOString() ?? null,
});

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function table(clients: ReturnType<typeof facts>[]): string {
  if (clients.length === 0) return 'There are no API clients yet.\n';
  const rows = [
    ['NAME', 'PERMISSIONS', 'TOKEN SCOPES', 'CREATED', 'REVOKED'],
    ...clients.map((client) => [
      client.name,
      client.permissions.join(','),
      client.token_scopes.join(','),
      client.created_at,
      client.revoked_at ?? '-',
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

async function withDatabase<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const { DATABASE_URL } = readEnvironment(DatabaseEnvironment, process.env);
  const dataSource = new DataSource(databaseOptions(DATABASE_URL, 'consent-hub-cli', API_CLIENT_ENTITIES));
  await dataSource.initialize();
  try {
    const names = MIGRATIONS.map(({ name }) => name);
    await assertSchemaIsOwn(dataSource, names);
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return EXIT.misused;
  }
  const text = error instanceof ApiClientError ? error.message : knownFailure(error);
  process.stderr.write(`${text ?? (error instanceof Error ? error.stack : String(error))}\n`);
  return EXIT.failed;
}

try {
  const call = readCall(process.argv.slice(2));
  process.stdout.write(
    call.command === 'help'
      ? HELP
      : await withDatabase((dataSource) => run(call, new ApiClientService(dataSource))),
  );
  process.exitCode = EXIT.done;
} catch (error) {
  process.exitCode = report(error);
}
