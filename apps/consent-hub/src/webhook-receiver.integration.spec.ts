import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { freePort } from '@consent-hub/platform';
import { runHere } from '../testing/cli.harness.js';
import { until } from '../testing/due-consents.harness.js';
import { WebhooksHarness } from '../testing/webhooks.harness.js';

jest.setTimeout(60_000);

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

let world: WebhooksHarness;
beforeEach(async () => {
  world = await WebhooksHarness.start();
});
afterEach(() => world.close());

const run = (...args: string[]) =>
  runHere({ CONSENT_HUB_URL: world.first.url, CONSENT_HUB_API_KEY: world.owner.key }, 'webhooks', ...args);

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** The program of docs/events.md, with the client library from its sources. */
async function startDocumentedReceiver(
  port: number,
  secret: string,
): Promise<{ child: ChildProcess; out: () => string; file: string }> {
  const page = await readFile(path.join(ROOT, 'docs', 'events.md'), 'utf8');
  const [, program = ''] = /```js\n(import [\s\S]*?)```/.exec(page) ?? [];
  const file = path.join(ROOT, `.receiver-${port}.mjs`);
  await writeFile(file, program.replace('@consent-hub/client', './libs/client/src/index.ts'));
  const child = spawn(process.execPath, ['--import', '@swc-node/register/esm-register', file], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PORT: String(port), WEBHOOK_SECRET: secret },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => isListening(port));
  return { child, out: () => text, file };
}

describe('the receiver of docs/events.md', () => {
  it('takes what the hub sends, and refuses what any other sender sends', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const webhook = await world.webhook({ url, event_types: ['consent.opened'] });
    const { child, out, file } = await startDocumentedReceiver(port, webhook.secret);
    try {
      const { id } = await world.given.opened(world.owner);
      await world.settled();
      const [delivery] = await world.deliveries(webhook.id);
      expect(delivery).toMatchObject({ state: 'delivered', last_status: 204 });
      await until(() => out() !== '');
      expect(out()).toBe(`${delivery?.event_id} consent.opened ${id}\n`);
      expect((await fetch(url, { method: 'POST', body: '{"type":"consent.failed"}' })).status).toBe(400);
      expect(out()).not.toContain('consent.failed');
    } finally {
      child.kill();
      await once(child, 'exit');
      await rm(file);
    }
  });
});

describe('consent-hub webhooks', () => {
  it('makes, lists, tests and replays webhooks, and shows the result of their events', async () => {
    const url = `${world.receiver.url}/cli`;
    const created = await run('create', url, '--type', 'consent.opened', '--description', 'by hand');
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const [id = '', secret = ''] = ['id', 'secret'].map(
      (name) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(created.stdout)?.[1],
    );
    expect(secret).toMatch(/^whsec_/);

    const listed = await run('list');
    expect(listed.stdout).toContain(id);
    expect(listed.stdout).toContain(url);
    expect(listed.stdout).not.toContain(secret);

    expect((await run('test', id)).stdout).toBe('Delivered: status 204.\n');
    world.receiver.answer = () => 500;
    expect(await run('test', id)).toMatchObject({
      exitCode: 1,
      stdout: 'Not delivered: status 500, http_500.\n',
    });
    world.receiver.answer = () => 204;

    const consent = (await world.given.opened(world.owner)).id;
    await world.settled();
    const deliveries = await run('deliveries', id, '--state', 'delivered', '--json');
    const { items } = JSON.parse(deliveries.stdout) as { items: { event_id: string; subject: string }[] };
    expect(items).toMatchObject([{ subject: consent }]);
    expect((await run('deliveries', id, '--state', 'failed')).stdout).toBe('There is no such delivery.\n');

    expect((await run('replay', id, '--event', items[0]?.event_id ?? '')).stdout).toBe(
      '1 event will be sent.\n',
    );
    await world.settled();
    expect(world.receiver.events.filter(({ subject }) => subject === consent)).toHaveLength(2);
  });

  it('says what is wrong', async () => {
    const unknown = '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70';
    expect(await run('test', unknown)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('webhook_not_found'),
    });
    expect(await run('test', 'first')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('UUID'),
    });
    expect(await run('replay', unknown)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--failed'),
    });
    expect(await run('create', 'ftp://receiver.example/')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('webhook_url_invalid'),
    });
  });
});
