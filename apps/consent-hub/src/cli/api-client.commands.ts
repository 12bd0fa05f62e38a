import { PERMISSIONS } from '@consent-hub/platform';
import { SCOPES } from '@consent-hub/psd2-protocol';
import type { ApiClientEntity } from '../api-client/api-client.entity.js';
import { ApiClientService } from '../api-client/api-client.service.js';
import { isReturnUrl } from '../consent-uri/return-url.js';
import { UsageError, type Call, type Command } from './command.js';
import { withDatabase } from './database.js';
import { table } from './output.js';

const MOST_PER_SECOND = 1_000_000;
const RATE_LIMIT = 'requests a second that each hub serves it, or none for any number';

const create: Command = {
  name: 'api-client create',
  summary: 'Makes a client that may call the hub, and prints its key, once.',
  notes: 'A name is 1 to 63 of a-z, 0-9 and hyphen. Lists are written with commas.',
  operands: ['<name>'],
  options: {
    permissions: { value: '<list>', isRequired: true, help: PERMISSIONS.join(', ') },
    'token-scopes': {
      value: '<list>',
      help: `${SCOPES.join(', ')}: whose tokens it may read with tokens:read; default all`,
    },
    'return-url': {
      value: '<url>',
      isRepeatable: true,
      help: 'the only addresses to which its PSUs may be sent in the end; default any',
    },
    'rate-limit': { value: '<n>', help: `${RATE_LIMIT}; default HUB_RATE_LIMIT of the hub` },
  },
  run: (call) => {
    const wanted = {
      name: call.operand(),
      permissions: readList(PERMISSIONS, 'permissions', call),
      tokenScopes:
        call.option('token-scopes') === undefined ? SCOPES : readList(SCOPES, 'token-scopes', call),
      returnUrls: call.all('return-url').length > 0 ? call.all('return-url').map(toUrl) : null,
      rateLimit: toRateLimit(call.option('rate-limit') ?? 'default'),
    };
    return withDatabase(call.env, async (dataSource) => {
      const { client, key } = await new ApiClientService(dataSource).create(wanted);
      // The one time that a key leaves the process: its owner must get it.
      const data = { ...view(client), key: key.reveal() };
      return { data, text: `Created ${client.name}. Its key, shown only now:\n${data.key}\n` };
    });
  },
};

const list: Command = {
  name: 'api-client list',
  summary: 'Lists who may call the hub, and who once might.',
  run: (call) =>
    withDatabase(call.env, async (dataSource) => {
      const data = (await new ApiClientService(dataSource).list()).map(view);
      const rows = data.map((client) => [
        client.name,
        client.permissions.join(','),
        client.token_scopes.join(','),
        client.return_urls?.join(',') ?? 'any',
        rateLimitText(client.rate_limit),
        client.created_at,
        client.revoked_at,
      ]);
      const titles = [
        'NAME',
        'PERMISSIONS',
        'TOKEN SCOPES',
        'RETURN URLS',
        'RATE LIMIT',
        'CREATED',
        'REVOKED',
      ];
      const text = table(titles, rows);
      return { data, text: rows.length > 0 ? text : 'There are no API clients yet.\n' };
    }),
};

const limit: Command = {
  name: 'api-client limit',
  summary: 'Limits how often a client may call, from the next request on.',
  notes: `<n> is ${RATE_LIMIT}, or default for HUB_RATE_LIMIT of the hub.`,
  operands: ['<name>', '<n>'],
  run: (call) => {
    const [name, rateLimit] = [call.operand(), toRateLimit(call.operand(1))];
    return withDatabase(call.env, async (dataSource) => {
      await new ApiClientService(dataSource).limit(name, rateLimit);
      const data = { name, rate_limit: rateLimit };
      return { data, text: `Limited ${name}: ${rateLimitText(rateLimit)}.\n` };
    });
  },
};

const revoke: Command = {
  name: 'api-client revoke',
  summary: 'Refuses the key of a client from the next request on.',
  operands: ['<name>'],
  run: (call) =>
    withDatabase(call.env, async (dataSource) => {
      const name = call.operand();
      await new ApiClientService(dataSource).revoke(name);
      return { data: { name, revoked: true }, text: `Revoked ${name}.\n` };
    }),
};

export const API_CLIENT_COMMANDS: readonly Command[] = [create, list, limit, revoke];

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

function readList<T extends string>(allowed: readonly T[], option: string, call: Call): T[] {
  const isAllowed = (word: string): word is T => allowed.some((one) => one === word);
  const words = (call.option(option) ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !isAllowed(word));
  if (words.length === 0 || unknown.length > 0) {
    throw new UsageError(
      `--${option} takes one or more of ${allowed.join(', ')}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}.`,
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
