import { Secret } from '@consent-hub/psd2-protocol';
import { IsIn, IsOptional, IsUrl, isURL, Matches, ValidateBy } from 'class-validator';
import { SecretVariable } from './validators.js';

const CLAIM = /^[^=\s]{1,200}=.{1,200}$/;
const CLAIM_FORM = { message: '$property must be claim=value, e.g. groups=hub-operators' };

/** Plain HTTP is for a provider on the same machine: tokens travel on the way to it. */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;
const ISSUER_URL = {
  protocols: ['https', 'http'],
  require_protocol: true,
  require_tld: false,
  disallow_auth: true,
  allow_query_components: false,
  allow_fragments: false,
};

const PAGES_URL = { ...ISSUER_URL, protocols: ['http', 'https'] };
const PAGES_URL_FORM = '$property must be an http or https URL without user, query and fragment';

const isIssuer = (value: unknown): boolean =>
  typeof value === 'string' &&
  isURL(value, ISSUER_URL) &&
  (value.startsWith('https:') || LOOPBACK.test(value));

/** Needed with an issuer. */
const missing = (value: unknown, settings: object | undefined): boolean =>
  value === undefined && (settings as ConsoleSettings | undefined)?.CONSOLE_OIDC_ISSUER !== undefined;

/** The console for admins: whether it is there, and who may sign in. */
export class ConsoleSettings {
  @IsIn(['on', 'off'], { message: '$property must be on or off' })
  HUB_CONSOLE: 'on' | 'off' = 'on';

  /** Where people reach the pages of the sandbox bank; only where the bank is one. */
  @IsOptional()
  @IsUrl(PAGES_URL, { message: PAGES_URL_FORM })
  HUB_SANDBOX_URL?: string;

  /** Where the hub reaches them, where that is another address. */
  @IsOptional()
  @IsUrl(PAGES_URL, { message: PAGES_URL_FORM })
  HUB_SANDBOX_INTERNAL_URL?: string;

  /** Issuer of the identity provider; where there is none, people sign in by one-time links. */
  @IsOptional()
  @ValidateBy({
    name: 'issuer',
    validator: {
      validate: isIssuer,
      defaultMessage: () =>
        '$property must be an https URL without user, query and fragment (http on this machine alone)',
    },
  })
  CONSOLE_OIDC_ISSUER?: string;

  @ValidateBy({
    name: 'neededByIssuer',
    validator: {
      validate: (value, given) => !missing(value, given?.object),
      defaultMessage: () => '$property must be set with CONSOLE_OIDC_ISSUER',
    },
  })
  CONSOLE_OIDC_CLIENT_ID?: string;

  @SecretVariable((text, settings) =>
    missing(text, settings) ? 'must be set with CONSOLE_OIDC_ISSUER' : undefined,
  )
  CONSOLE_OIDC_CLIENT_SECRET?: Secret;

  /** With what some providers give groups: `openid profile groups`. */
  @Matches(/^openid(?: [!-~]+)*$/, {
    message: '$property must begin with openid, and have one space between scopes',
  })
  CONSOLE_OIDC_SCOPE: string = 'openid profile';

  /** The group whose members may do everything. */
  @IsOptional()
  @Matches(CLAIM, CLAIM_FORM)
  CONSOLE_OIDC_ADMIN_CLAIM?: string;

  /** The group whose members may read. */
  @IsOptional()
  @Matches(CLAIM, CLAIM_FORM)
  CONSOLE_OIDC_VIEWER_CLAIM?: string;

  /** The group whose members may act on consents. */
  @IsOptional()
  @Matches(CLAIM, CLAIM_FORM)
  CONSOLE_OIDC_OPERATOR_CLAIM?: string;

  /** The group whose members may see account numbers. */
  @IsOptional()
  @Matches(CLAIM, CLAIM_FORM)
  CONSOLE_OIDC_SECURITY_CLAIM?: string;

  /** Of the sandbox bank, without a slash at its end; undefined where the bank is a real one. */
  get sandboxUrl(): string | undefined {
    return withoutSlash(this.HUB_SANDBOX_URL);
  }

  /** The same, as the hub reaches it. */
  get sandboxInternalUrl(): string | undefined {
    return this.sandboxUrl && (withoutSlash(this.HUB_SANDBOX_INTERNAL_URL) ?? this.sandboxUrl);
  }
}

const withoutSlash = (url: string | undefined): string | undefined => url?.replace(/\/+$/, '');
