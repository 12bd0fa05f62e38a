/** What this feature is told when the app is put together. */
export class PisTokenSettings {
  /** @param validityDays how long a consent holds from the moment the PSU authenticated */
  constructor(readonly validityDays: number) {}
}
