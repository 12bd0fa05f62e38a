/** One of the servers that a database may be at. */
export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** What a DATABASE_URL says, in parts that pg understands. */
export interface DatabaseAddress {
  /** With the first host alone, and without what pg does not know. */
  readonly url: string;
  /** In the order in which they are tried; empty where the URL names its only host in another way than `host:port`. */
  readonly hosts: readonly DatabaseHost[];
  /** The `options` of the URL, to be sent to the server. */
  readonly options: string;
}

const DEFAULT_PORT = 5432;
const URL_PARTS = /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#@]*)([^?#]*)(?:\?([^#]*))?$/;
const HOST_AND_PORT = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i;
/** Those of libpq's `target_session_attrs` that agree with a program that writes. */
const WRITABLE = new Set(['read-write', 'primary']);

/** Thrown for a URL that does not lead to a database. The message holds nothing of the URL. */
export class DatabaseUrlError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'DatabaseUrlError';
  }
}

/**
 * Reads the form of libpq: `postgres://user:password@a:5432,b/name?target_session_attrs=read-write`. Ports may be left out,
 * IPv6 addresses are in brackets.
 *
 * @throws DatabaseUrlError
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const [, scheme, credentials, authority, path, query] = /\s/.test(url) ? [] : (URL_PARTS.exec(url) ?? []);
  if (scheme === undefined || authority === undefined) {
    throw new DatabaseUrlError(
      'must be set to the URL of a database: postgres://user:password@host:5432/name',
    );
  }
  const parameters = (query ?? '').split('&').filter((parameter) => parameter !== '');
  const valueOf = (name: string) => new URLSearchParams(query).get(name);
  const attributes = valueOf('target_session_attrs');
  if (attributes !== null && !WRITABLE.has(attributes)) {
    throw new DatabaseUrlError(
      'must not have another target_session_attrs than read-write or primary: it is written to',
    );
  }
  const passedOn = parameters.filter((parameter) => !/^(?:target_session_attrs|options)=/.test(parameter));
  const rest = `${path}${passedOn.length > 0 ? `?${passedOn.join('&')}` : ''}`;
  const [first, ...others] = authority.split(',');
  return {
    url: `${scheme}${credentials}${first}${rest}`,
    hosts: others.length > 0 ? authority.split(',').map(toHost) : [],
    options: valueOf('options') ?? '',
  };
}

function toHost(text: string): DatabaseHost {
  const [, v6, name, port = DEFAULT_PORT] = HOST_AND_PORT.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new DatabaseUrlError('must list its hosts as host:port,host:port');
  }
  return { host, port: Number(port) };
}

/** What is wrong with the URL, to stand behind the name of its variable; undefined when it can be used. */
export function faultOfDatabaseUrl(url: unknown): string | undefined {
  try {
    parseDatabaseUrl(typeof url === 'string' ? url : '');
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}
