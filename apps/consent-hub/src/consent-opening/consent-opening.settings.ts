import type { BrowserBinding } from '@consent-hub/consent';

/** What this feature is told when the app is put together. */
export class ConsentOpeningSettings {
  /**
   * @param publicUrl where browsers reach the hub, without a slash at its end
   * @param linkSeconds how long the PSU can follow a link
   */
  constructor(
    readonly publicUrl: string,
    readonly linkSeconds: number,
    readonly bindBrowser: BrowserBinding,
  ) {}
}
