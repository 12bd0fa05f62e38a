import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { OwnWrites } from '../answers/own-writes.js';
import { LONG_WAIT, ReplicasHarness, type Replica } from '../../testing/replicas.harness.js';
import { SpoolFile } from '../answers/spool-file.js';
import { SpoolHealth } from '../answers/spool-health.service.js';
import { SpoolIndex } from '../answers/spool-index.service.js';

let harness: ReplicasHarness;
let hub: Replica;

beforeAll(async () => {
  harness = await ReplicasHarness.build();
});
beforeEach(async () => {
  hub = harness.replica(randomUUID());
  await hub.start();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => harness.close());

const fails = (): never => {
  throw new Error('fails on purpose');
};

/** From the bank's last byte to the flush, and what is reported of it: each step is made to fail. */
const AROUND_THE_FLUSH: readonly (readonly [string, () => unknown])[] = [
  [
    'no log can be written',
    () =>
      (['log', 'warn', 'error'] as const)
        .map((level) => jest.spyOn(Logger.prototype, level))
        .map((log) => log.mockImplementation(fails)),
  ],
  ['what is under way is not counted', () => jest.spyOn(hub.own, 'answered').mockImplementation(fails)],
  ['metrics fail', () => hub.events.on('request_ended', fails)],
  ['the spool cannot index it', () => jest.spyOn(SpoolIndex.prototype, 'note').mockImplementation(fails)],
  ['the spool does not remember it', () => jest.spyOn(OwnWrites.prototype, 'note').mockImplementation(fails)],
];
const NOT_FLUSHED: readonly (readonly [string, () => unknown])[] = [
  ['it cannot be sealed', () => jest.spyOn(hub.sealer, 'sealSpooled').mockImplementation(fails)],
  ['the disk takes nothing', () => jest.spyOn(SpoolFile.prototype, 'append').mockImplementation(fails)],
  [
    'the disk takes nothing, and no listener can be called',
    () => {
      jest.spyOn(SpoolFile.prototype, 'append').mockImplementation(fails);
      jest.spyOn(SpoolHealth.prototype, 'failed').mockImplementation(fails);
      jest.spyOn(Logger.prototype, 'error').mockImplementation(fails);
    },
  ],
];

describe('an answer on its way from the bank', () => {
  beforeEach(() => jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined));

  it.each([...AROUND_THE_FLUSH, ...NOT_FLUSHED])('is stored although %s', async (_what, breakIt) => {
    const id = await harness.liveConsent();
    breakIt();

    await hub.grants.refresh(id, 1, LONG_WAIT);

    expect(await harness.accessToken(id)).toBe(`access-${harness.bank.livePair}`);
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
  });

  it.each(AROUND_THE_FLUSH)(
    'is in the spool although %s, and the process is killed',
    async (_what, breakIt) => {
      const id = await harness.liveConsent();
      breakIt();
      harness.settlementFails(new Error('killed'));
      await expect(hub.grants.refresh(id, 1, LONG_WAIT)).rejects.toThrow();
      expect((await harness.stored(id)).tokenPair?.generation).toBe(1);
      jest.restoreAllMocks();

      await harness.replica(randomUUID()).start();

      expect(await harness.accessToken(id)).toBe(`access-${harness.bank.livePair}`);
    },
  );

  it('is stored although the listener that had it sent throws', async () => {
    const id = await harness.liveConsent();
    await harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = NULL WHERE consent_id <> $1`, [
      id,
    ]);
    await harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = $1`, [
      id,
    ]);
    const [claimed] = await hub.due.claim('belfius', 1);

    await expect(claimed?.run(fails)).resolves.toMatchObject({ outcome: 'committed' });

    expect(await harness.accessToken(id)).toBe(`access-${harness.bank.livePair}`);
  });

  it('is on its way to the disk before anything else is done with it', async () => {
    const id = await harness.liveConsent();
    const order: string[] = [];
    const noting = (name: string) => () => void order.push(name);
    const append = hub.spool.append.bind(hub.spool);
    jest.spyOn(hub.spool, 'append').mockImplementation((...given) => (order.push('spool'), append(...given)));
    jest.spyOn(hub.own, 'answered').mockImplementation(noting('counted'));
    jest.spyOn(Logger.prototype, 'log').mockImplementation(noting('logged'));
    const read = harness.bank.readTokenAnswer.bind(harness.bank);
    jest
      .spyOn(harness.bank, 'readTokenAnswer')
      .mockImplementation((body) => (order.push('read'), read(body)));

    await hub.grants.refresh(id, 1, LONG_WAIT);

    const [, ...after] = order.slice(order.indexOf('spool'));
    expect(after.slice(0, 3)).toEqual(['counted', 'logged', 'read']);
    expect(order.indexOf('read')).toBeGreaterThan(order.indexOf('spool'));
  });

  it('that could not be flushed does not keep the next ones from the disk', async () => {
    const lost = await harness.liveConsent();
    jest.spyOn(SpoolFile.prototype, 'append').mockImplementationOnce(fails).mockImplementationOnce(fails);
    jest.spyOn(SpoolHealth.prototype, 'failed').mockImplementationOnce(fails);
    await hub.grants.refresh(lost, 1, LONG_WAIT);
    const next = await harness.liveConsent();

    await hub.grants.refresh(next, 1, LONG_WAIT);

    expect(await hub.spool.find(lost, 1)).toEqual([]);
    expect(await hub.spool.find(next, 1)).toHaveLength(1);
  });
});
