import { EventLoopLoad } from '@consent-hub/platform';
import { DeliverySlots } from './delivery-slots.js';

describe('the slots of a webhook', () => {
  it.each([
    [1, 16, 16],
    [0.5, 16, 8],
    [0.2, 16, 3],
    [0.125, 16, 2],
    [0.125, 64, 8],
    [0.125, 1, 1],
  ])('where a share of %f is left, of %i', (share, most, expected) => {
    const load = new EventLoopLoad();
    jest.spyOn(load, 'share').mockReturnValue(share);
    expect(new DeliverySlots(most, load).count).toBe(expected);
  });

  it('says when there are more of them', () => {
    const load = new EventLoopLoad();
    const share = jest.spyOn(load, 'share').mockReturnValue(0.125);
    const slots = new DeliverySlots(16, load);
    const measured = (next: number): boolean => {
      jest.spyOn(load, 'measure').mockImplementationOnce(() => {
        share.mockReturnValue(next);
        return true;
      });
      return slots.measure();
    };
    expect(measured(0.125)).toBe(false);
    expect(measured(0.5)).toBe(true);
    expect(measured(0.25)).toBe(false);
  });
});
