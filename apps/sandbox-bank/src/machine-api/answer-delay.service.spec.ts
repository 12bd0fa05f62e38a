import { Socket } from 'node:net';
import { AnswerDelayService } from './answer-delay.service.js';

const LONG_MS = 3_600_000;

describe('an answer that is held', () => {
  const isHeld = async (answer: Promise<void>): Promise<boolean> =>
    Promise.race([answer.then(() => false), new Promise<boolean>((turn) => setImmediate(turn, true))]);

  it('goes out when its time has come', async () => {
    await expect(new AnswerDelayService().hold(5, new Socket())).resolves.toBeUndefined();
  });

  it('goes nowhere once its caller has left', async () => {
    const caller = new Socket();
    const answer = new AnswerDelayService().hold(LONG_MS, caller);
    expect(await isHeld(answer)).toBe(true);
    caller.destroy();
    await answer;
    expect(caller.listenerCount('close')).toBe(0);
    await new AnswerDelayService().hold(LONG_MS, caller);
  });

  it('goes out at once when the bank closes, as does every later one', async () => {
    const answers = new AnswerDelayService();
    const callers = [new Socket(), new Socket()];
    const held = callers.map((caller) => answers.hold(LONG_MS, caller));
    answers.release();
    await Promise.all(held);
    await answers.hold(LONG_MS, new Socket());
    expect(callers.map((caller) => caller.listenerCount('close'))).toEqual([0, 0]);
  });
});
