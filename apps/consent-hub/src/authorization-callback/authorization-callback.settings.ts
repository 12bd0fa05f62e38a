/** What this feature is told when the app is put together. */
export class AuthorizationCallbackSettings {
  /**
   * @param validityDays how long a consent holds from the moment the PSU authenticated
   * @param publicUrl where browsers reach the hub
   */
  constructor(
    readonly validityDays: number,
    readonly publicUrl: string,
  ) {}

  /** Whether browsers come over TLS, without which they take no cookie that asks for it. */
  get isSecure(): boolean {
    return this.publicUrl.startsWith('https:');
  }
}
