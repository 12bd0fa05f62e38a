export interface DevelopmentOidc {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}
export const ACCOUNTS: Readonly<Record<string, readonly string[]>>;
export function consoleVariables(
  provider: Pick<DevelopmentOidc, 'issuer' | 'clientId' | 'clientSecret'>,
): Readonly<Record<string, string>>;
export function startDevelopmentOidc(options: {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}): Promise<DevelopmentOidc>;
