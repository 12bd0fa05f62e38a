import { ConsentHub } from '@consent-hub/client';
import { runHere } from '../testing/cli.harness.js';
import { EventReaders, StreamReader, type Reader } from '../testing/event-readers.harness.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { EventFigures } from '@consent-hub/consent';

jest.setTimeout(60_000);

let readers: EventReaders;
let platform: Reader;
beforeAll(async () => {
  readers = await EventReaders.start();
});
beforeEach(async () => {
  platform = await readers.reader(`platform-${crypto.randomUUID()}`);
});
afterAll(() => readers.close());

/** Until the stream of the command is open. */
async function streamIsOpen(): Promise<void> {
  while (readers.hub.app.get(EventFigures).openStreams === 0)
    await new Promise((resolve) => setImmediate(resolve));
}

describe('the events of the client library', () => {
  it('come one after the other, from where they were left, over an outage', async () => {
    let calls = 0;
    const library = new ConsentHub({
      url: readers.hub.url,
      apiKey: platform.key,
      fetch: (input, init) =>
        ++calls === 2 ? Promise.reject(new TypeError('connection lost')) : fetch(input, init),
    });
    const id = await readers.given.live(platform);
    const types: string[] = [];
    let last = '';
    for await (const event of library.events()) {
      types.push(event.type);
      last = event.id;
      if (types.length === 3) await readers.given.refreshed(id);
      if (types.length === 4) break;
    }
    expect(types).toEqual(['consent.opened', 'consent.authorized', 'consent.activated', 'consent.refreshed']);
    const signal = AbortSignal.timeout(1_000);
    const rest = library.events({ after: last, consentId: id }, { signal });
    await expect(rest.next()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('end with what waiting does not help against', async () => {
    const library = new ConsentHub({ url: readers.hub.url, apiKey: platform.key });
    await expect(library.events({ types: ['consent.eaten'] }).next()).rejects.toMatchObject({
      code: 'event_type_unknown',
    });
  });
});

describe('events tail', () => {
  it('prints what happens, one event a line, until the hub refuses it', async () => {
    const id = await readers.given.live(platform);
    await readers.end(platform);
    const env = { CONSENT_HUB_URL: readers.hub.url, CONSENT_HUB_API_KEY: platform.key };
    const tail = runHere(env, 'events', 'tail', '--type', 'consent.refreshed', '--consent', id);
    await streamIsOpen();
    // It gets the same events, after the command.
    const next = await StreamReader.open(readers, platform);
    await readers.given.refreshed(id);
    await next.next();
    const [event] = await readers.listAll(platform, 1, 'type=consent.refreshed');
    await readers.hub.app.get(ApiClientService).revoke(platform.name);
    await next.leave();
    const { exitCode, stdout, stderr } = await tail;
    expect(stdout).toBe(`${event?.time}  consent.refreshed  ${id}  ${event?.id}\n`);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('(api_key_revoked)')]);
  });

  it('says what it cannot understand', async () => {
    const env = { CONSENT_HUB_URL: readers.hub.url, CONSENT_HUB_API_KEY: platform.key };
    const { exitCode, stderr } = await runHere(env, 'events', 'tail', '--type', 'consent.eaten');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--type')]);
  });
});
