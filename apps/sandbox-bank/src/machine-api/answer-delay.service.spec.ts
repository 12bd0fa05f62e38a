import { Socket } from 'node:net';
import { AnswerDelayService } from './answer-delay.service.js';

const LONG_MS = 3_600_000;

describe('a delayed answer', () => {
  const isHeld = async (answer: Promise<void>): Promise<boolean> =>
    Promise.race([answer.then(() => false), new Promise<boolean>((turn) => setImmediate(turn, true))]);

  it('is sent when its delay has passed', async () => {
    await expect(new AnswerDelayService().wait(5, new Socket())).resolves.toBeUndefined();
  });

  it('is not sent once its caller has disconnected', async () => {
    const caller = new Socket();
    const answer = new AnswerDelayService().wait(LONG_MS, caller);
    expect(await isHeld(answer)).toBe(true);
    caller.destroy();
    await answer;
    expect(caller.listenerCount('close')).toBe(0);
    await new AnswerDelayService().wait(LONG_MS, caller);
  });

  it('is sent at once when the bank closes, as is every later one', async () => {
    const answers = new AnswerDelayService();
    const callers = [new Socket(), new Socket()];
    const held = callers.map((caller) => answers.wait(LONG_MS, caller));
    answers.release();
    await Promise.all(held);
    await answers.wait(LONG_MS, new Socket());
    expect(callers.map((caller) => caller.listenerCount('close'))).toEqual([0, 0]);
  });
});
