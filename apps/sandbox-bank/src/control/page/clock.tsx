import type { JSX } from 'preact';
import { formPath, type ControlPage } from './control-page.js';
import { FormOutcome, Moment, Section } from './parts.js';

const LEAPS: readonly [seconds: number, label: string][] = [
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [91 * 86_400, '91 days'],
  [181 * 86_400, '181 days'],
];

export const Clock = (page: Pick<ControlPage, 'clock' | 'done' | 'refused'>): JSX.Element => {
  const { now, ahead_seconds: ahead } = page.clock;
  return (
    <Section id="clock" title="The bank’s clock">
      <FormOutcome form="clock" {...page} />
      <p>
        <Moment at={new Date(now)} /> UTC,{' '}
        {ahead === 0 ? 'as on this machine' : `${ahead} seconds ahead of this machine`}. Whatever the bank
        issues ends by it.
      </p>
      <form method="post" action={formPath('clock')} class="inline">
        {LEAPS.map(([seconds, label]) => (
          <button key={seconds} class="small" name="advance_seconds" value={seconds}>
            Let {label} pass
          </button>
        ))}
      </form>
      <form method="post" action={formPath('clock')} class="inline">
        <div class="field">
          <label for="advance-seconds">Seconds to let pass</label>
          <input
            id="advance-seconds"
            name="advance_seconds"
            inputMode="numeric"
            required
            aria-invalid={page.refused?.form === 'clock' ? 'true' : undefined}
          />
        </div>
        <button class="secondary">Put forward</button>
      </form>
    </Section>
  );
};
