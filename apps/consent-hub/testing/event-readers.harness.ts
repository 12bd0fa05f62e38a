import { CONSENT_ENTITIES, EventFeed } from '@consent-hub/consent';
import type { Caller, Permission } from '@consent-hub/platform';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ApiClientService } from '../src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../src/bootstrap.js';
import type { EventView } from '../src/http-api/event.view.js';

/** An API client of the hub, and its key. */
export interface Reader extends Caller {
  readonly key: string;
}

export interface ListedEvents {
  readonly items: EventView[];
  readonly next_after: string;
}

/** A hub that listens, on a database in which consents can be given. */
export class EventReaders {
  private constructor(
    readonly hub: RunningHub,
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly given: GivenConsents,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<EventReaders> {
    const database = await createTestDatabase();
    const dataSource = await database.open(CONSENT_ENTITIES);
    const settings = { HUB_PORT: '0', HUB_LOG_LEVEL: 'silent', ...environment };
    const hub = await startHub(hubEnvironment(database.url, settings), { bankClient: new ScriptedBank() });
    return new EventReaders(hub, database, dataSource, new GivenConsents(dataSource));
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.database.drop();
  }

  async reader(name: string, permissions: readonly Permission[] = ['events:read']): Promise<Reader> {
    const { client, key } = await this.hub.app.get(ApiClientService).create({ name, permissions });
    const held = new Set(permissions);
    return { id: client.id, name, permissions: held, tokenScopes: new Set(), key: key.reveal() };
  }

  /** Waits until all that was written is final. @returns where this reader continues */
  async end(reader: Reader): Promise<string> {
    const [row] = await this.dataSource.query<{ last: number }[]>(
      `SELECT CASE WHEN is_called THEN last_value::int ELSE 0 END AS last FROM hub.event_position`,
    );
    const feed = this.hub.app.get(EventFeed);
    while ((await feed.advance()) < (row?.last ?? 0));
    return (await this.list(reader, 'limit=1000')).next_after;
  }

  get(reader: Reader, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.hub.url + path, { headers: { authorization: `Bearer ${reader.key}`, ...headers } });
  }

  async list(reader: Reader, query = ''): Promise<ListedEvents> {
    const answer = await this.get(reader, `/v1/events?${query}`);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ListedEvents;
  }

  /** Until that many events are final: other databases of the server have transactions that may hold them back. */
  async listAll(reader: Reader, count: number, query = ''): Promise<EventView[]> {
    for (;;) {
      const { items } = await this.list(reader, query);
      if (items.length >= count) return items;
    }
  }

  async problem(reader: Reader, path: string, headers?: Record<string, string>): Promise<[number, string]> {
    const answer = await this.get(reader, path, headers);
    return [answer.status, ((await answer.json()) as { code: string }).code];
  }
}

/** What one stream has sent. */
export class StreamReader {
  private readonly blocks: AsyncGenerator<string, void>;

  private constructor(
    readonly answer: Response,
    private readonly leaving: AbortController,
  ) {
    this.blocks = blocksOf(answer);
  }

  static async open(
    readers: EventReaders,
    reader: Reader,
    query = '',
    headers: Record<string, string> = {},
  ): Promise<StreamReader> {
    const leaving = new AbortController();
    const answer = await fetch(`${readers.hub.url}/v1/events/stream?${query}`, {
      headers: { authorization: `Bearer ${reader.key}`, ...headers },
      signal: leaving.signal,
    });
    return new StreamReader(answer, leaving);
  }

  /** The next event; null when the stream ends. Comments are left out. */
  async next(): Promise<EventView | null> {
    for (;;) {
      const { value, done }: IteratorResult<string, void> = await this.blocks.next();
      if (done) return null;
      const event = eventOf(value);
      if (event) return event;
    }
  }

  /** The next lines as they came, comments too. */
  async nextBlock(): Promise<string | null> {
    const { value, done }: IteratorResult<string, void> = await this.blocks.next();
    return done ? null : value;
  }

  async leave(): Promise<void> {
    this.leaving.abort();
    await this.blocks.next().catch(() => undefined);
  }
}

async function* blocksOf(answer: Response): AsyncGenerator<string, void> {
  if (!answer.body) return;
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
}

function eventOf(block: string): EventView | null {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const [name = '', ...value] = line.split(': ');
      return [name, value.join(': ')];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  const event = JSON.parse(data) as EventView;
  if (fields.get('id') !== event.id || fields.get('event') !== event.type)
    throw new Error(`not the event of its id and type: ${block}`);
  return event;
}
