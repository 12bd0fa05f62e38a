// Loaded before a hub: its calendar clock is wrong by CHAOS_CLOCK_SKEW_MS, in every way in which JavaScript can ask for the
// time of day. Timers and the monotonic clock continue as they are, as on a machine whose clock was set wrongly.
const skewMs = Number(process.env.CHAOS_CLOCK_SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, [...given], caller) =>
    Reflect.construct(target, given.length === 0 ? [target.now() + skewMs] : given, caller),
  apply: (target) => new target(target.now() + skewMs).toString(),
  get: (target, name) => (name === 'now' ? () => RealDate.now() + skewMs : Reflect.get(target, name)),
});
RealDate.prototype.constructor = globalThis.Date;
