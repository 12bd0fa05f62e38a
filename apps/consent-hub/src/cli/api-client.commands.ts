import { PERMISSIONS } from '@consent-hub/platform';
import { SCOPES } from '@consent-hub/psd2-protocol';
import { isUUID } from 'class-validator';
import { Command } from 'commander';
import type { ApiClientKeyEntity } from '../api-client/api-client-key.entity.js';
import type { ApiClientEntity } from '../api-client/api-client.entity.js';
import { ApiClientService, type ListedApiClient, type MadeKey } from '../api-client/api-client.service.js';
import { isReturnUrl } from '../http-api/return-url.js';
import { collect, newCommand, running, UsageError, type Shell } from './command.js';
import { withDatabase } from './database.js';
import { DURATION, readDuration } from './duration.js';
import { table } from './output.js';

const DATABASE = 'DATABASE_URL';
const MOST_PER_SECOND = 1_000_000;
const USUAL_OVERLAP = '24h';
const EXPIRES_IN = `how long the key works: ${DURATION}; default without an end`;
const RATE_LIMIT = 'requests a second that each hub serves it, or none for any number';

interface CreateOptions {
  readonly permissions: string;
  readonly tokenScopes?: string;
  readonly returnUrl?: readonly string[];
  readonly rateLimit?: string;
  readonly expiresIn?: string;
}

const create = (shell: Shell): Command =>
  newCommand('create', {
    summary: 'Makes a client that may call the hub, and prints its key, once.',
    notes: 'A name is 1 to 63 of a-z, 0-9 and hyphen. Lists are written with commas.',
    reads: DATABASE,
  })
    .argument('<name>')
    .requiredOption('--permissions <list>', PERMISSIONS.join(', '))
    .option(
      '--token-scopes <list>',
      `${SCOPES.join(', ')}: whose tokens it may read with tokens:read; default all`,
    )
    .option(
      '--return-url <url>',
      'the only addresses to which its PSUs may be sent in the end; default any; may be repeated',
      collect,
    )
    .option('--rate-limit <n>', `${RATE_LIMIT}; default HUB_RATE_LIMIT of the hub`)
    .option('--expires-in <duration>', EXPIRES_IN)
    .action(
      running(shell, (name: string, options: CreateOptions) => {
        const wanted = {
          name,
          permissions: readList(PERMISSIONS, '--permissions', options.permissions),
          tokenScopes:
            options.tokenScopes === undefined
              ? SCOPES
              : readList(SCOPES, '--token-scopes', options.tokenScopes),
          returnUrls: options.returnUrl?.map(toUrl) ?? null,
          rateLimit: toRateLimit(options.rateLimit ?? 'default'),
          expiresInSeconds: readExpiry(options.expiresIn),
        };
        return withDatabase(shell.env, async (dataSource) => {
          const { client, ...made } = await new ApiClientService(dataSource).create(wanted);
          const data = { ...view(client), ...revealed(made) };
          return { data, text: `Created ${client.name}. Its key, shown only now:\n${data.key}\n` };
        });
      }),
    );

interface RotateOptions {
  readonly overlap?: string;
  readonly expiresIn?: string;
}

const rotate = (shell: Shell): Command =>
  newCommand('rotate', {
    summary: 'Gives a client another key, and prints it, once.',
    notes:
      'The older keys of the client work until the overlap ends. Its consents, its name and its permissions stay.\n' +
      `A duration is ${DURATION}.`,
    reads: DATABASE,
  })
    .argument('<name>')
    .option(
      '--overlap <duration>',
      `how long the older keys keep working; 0s ends them now; default ${USUAL_OVERLAP}`,
    )
    .option('--expires-in <duration>', EXPIRES_IN)
    .action(
      running(shell, (name: string, { overlap = USUAL_OVERLAP, expiresIn }: RotateOptions) => {
        const overlapSeconds = readDuration('overlap', overlap);
        const expiresInSeconds = readExpiry(expiresIn);
        return withDatabase(shell.env, async (dataSource) => {
          const clients = new ApiClientService(dataSource);
          const made = await clients.rotate(name, { overlapSeconds, expiresInSeconds });
          const data = { name, ...revealed(made) };
          const older =
            overlapSeconds === 0
              ? 'Its older keys are refused now.'
              : `Its older keys work for ${overlap} more.`;
          return { data, text: `${older} The new key of ${name}, shown only now:\n${data.key}\n` };
        });
      }),
    );

const list = (shell: Shell): Command =>
  newCommand('list', {
    summary: 'Lists who may call the hub, and who once might, with their keys.',
    notes:
      'It shows the id of a key, which api-client revoke takes, and how the key begins, never the key. The last use is precise to the minute.',
    reads: DATABASE,
  }).action(
    running(shell, () =>
      withDatabase(shell.env, async (dataSource) => {
        const data = (await new ApiClientService(dataSource).list()).map(listedView);
        const text =
          data.length > 0 ? `${clientTable(data)}\n${keyTable(data)}` : 'There are no API clients yet.\n';
        return { data, text };
      }),
    ),
  );

const limit = (shell: Shell): Command =>
  newCommand('limit', {
    summary: 'Limits how often a client may call, from the next request on.',
    notes: `<n> is ${RATE_LIMIT}, or default for HUB_RATE_LIMIT of the hub.`,
    reads: DATABASE,
  })
    .argument('<name>')
    .argument('<n>')
    .action(
      running(shell, (name: string, perSecond: string) => {
        const rateLimit = toRateLimit(perSecond);
        return withDatabase(shell.env, async (dataSource) => {
          await new ApiClientService(dataSource).limit(name, rateLimit);
          const data = { name, rate_limit: rateLimit };
          return { data, text: `Limited ${name}: ${rateLimitText(rateLimit)}.\n` };
        });
      }),
    );

const revoke = (shell: Shell): Command =>
  newCommand('revoke', {
    summary: 'Refuses all keys of a client, or one of them, from the next request on.',
    notes:
      'The name of a revoked client is free for another one, which owns nothing of what the first had opened.',
    reads: DATABASE,
  })
    .argument('<name>')
    .option('--key <id>', 'this key alone; api-client list shows the ids')
    .action(
      running(shell, (name: string, { key }: { readonly key?: string }) => {
        const keyId = readKeyId(key);
        return withDatabase(shell.env, async (dataSource) => {
          const clients = new ApiClientService(dataSource);
          if (keyId === undefined) {
            await clients.revoke(name);
            return { data: { name, revoked: true }, text: `Revoked ${name}.\n` };
          }
          await clients.revokeKey(name, keyId);
          const data = { name, key_id: keyId, revoked: true };
          return { data, text: `Revoked the key ${keyId} of ${name}.\n` };
        });
      }),
    );

/** On the database: who has no key yet can use no API, and no key of the API makes others. */
export const apiClientCommands = (shell: Shell): Command =>
  new Command('api-client')
    .description('API clients and their keys.')
    .addCommand(create(shell))
    .addCommand(rotate(shell))
    .addCommand(list(shell))
    .addCommand(limit(shell))
    .addCommand(revoke(shell));

const view = (client: ApiClientEntity) => ({
  id: client.id,
  name: client.name,
  permissions: client.permissions,
  token_scopes: client.tokenScopes,
  return_urls: client.returnUrls,
  rate_limit: client.rateLimit,
  created_at: client.createdAt.toISOString(),
  revoked_at: client.revokedAt?.toISOString() ?? null,
});

const keyView = (key: ApiClientKeyEntity) => ({
  id: key.id,
  prefix: key.keyPrefix,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  expires_at: key.expiresAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
});

const listedView = ({ client, keys }: ListedApiClient) => ({ ...view(client), keys: keys.map(keyView) });
type ListedView = ReturnType<typeof listedView>;

/** The one time that a key leaves the process: its owner must get it. */
const revealed = ({ keyId, key, expiresAt }: MadeKey) => ({
  key_id: keyId,
  key: key.reveal(),
  key_expires_at: expiresAt?.toISOString() ?? null,
});

const clientTable = (clients: readonly ListedView[]): string =>
  table(
    ['NAME', 'PERMISSIONS', 'TOKEN SCOPES', 'RETURN URLS', 'RATE LIMIT', 'CREATED', 'REVOKED'],
    clients.map((client) => [
      client.name,
      client.permissions.join(','),
      client.token_scopes.join(','),
      client.return_urls?.join(',') ?? 'any',
      rateLimitText(client.rate_limit),
      client.created_at,
      client.revoked_at,
    ]),
  );

const keyTable = (clients: readonly ListedView[]): string =>
  table(
    ['CLIENT', 'KEY', 'BEGINS WITH', 'CREATED', 'LAST USED', 'EXPIRES', 'REVOKED'],
    clients.flatMap(({ name, keys }) =>
      keys.map((key) => [
        name,
        key.id,
        key.prefix,
        key.created_at,
        key.last_used_at,
        key.expires_at,
        key.revoked_at,
      ]),
    ),
  );

function readExpiry(given: string | undefined): number | null {
  if (given === undefined) return null;
  const seconds = readDuration('expires-in', given);
  if (seconds === 0) throw new UsageError('--expires-in takes a duration longer than nothing.');
  return seconds;
}

function readKeyId(given: string | undefined): string | undefined {
  if (given === undefined || isUUID(given)) return given;
  throw new UsageError(`--key takes the id of a key, a UUID, not ${given}.`);
}

function readList<T extends string>(allowed: readonly T[], option: string, given: string): T[] {
  const isAllowed = (word: string): word is T => allowed.some((one) => one === word);
  const words = given
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !isAllowed(word));
  if (words.length === 0 || unknown.length > 0) {
    throw new UsageError(
      `${option} takes one or more of ${allowed.join(', ')}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}.`,
    );
  }
  return words.filter(isAllowed);
}

function toUrl(text: string): string {
  const fault = `--return-url takes an https URL without fragment or credentials (http for localhost only), not ${text}.`;
  if (!isReturnUrl(text)) throw new UsageError(fault);
  return text;
}

function toRateLimit(text: string): number | null {
  if (text === 'default') return null;
  if (text === 'none') return 0;
  const perSecond = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (perSecond <= MOST_PER_SECOND) return perSecond;
  throw new UsageError(
    `A rate limit is none, default, or a whole number up to ${MOST_PER_SECOND}, not ${text}.`,
  );
}

/** In words: 0 would read as nothing at all. */
const rateLimitText = (perSecond: number | null): string => {
  if (perSecond === null) return 'default';
  return perSecond === 0 ? 'none' : `${perSecond}/s`;
};
