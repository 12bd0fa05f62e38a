import { PAGE_STYLE, styleSource } from './page-style.js';

/** Where the hub serves the logo. */
const BRAND_LOGO_PATH = '/my/logo';

/** An image file as it was read. */
export interface BrandLogo {
  readonly type: 'image/svg+xml' | 'image/png';
  readonly content: Buffer;
}

/** A colour with the colour of text on it, as `#rrggbb`. */
export interface BrandAccent {
  readonly colour: string;
  readonly ink: string;
}

/** What the pages show of the provider that runs the hub. */
export class PageBrand {
  /** Style sheet of the accent; null without one. A constant per process: its hash is in the security policy. */
  readonly style: string | null;
  /** URL of the logo, for browsers; null without one. */
  readonly logoUrl: string | null;
  /** Security policy of pages without forms. */
  readonly policy: string;
  /** Security policy of pages whose forms lead to the hub itself. */
  readonly formPolicy: string;

  /**
   * @param name null: the pages speak of "the application"
   * @param base path under which browsers reach the hub, without a slash at its end
   */
  constructor(
    readonly name: string | null = null,
    accent: BrandAccent | null = null,
    readonly logo: BrandLogo | null = null,
    readonly base = '',
  ) {
    this.style = accent && `:root { --accent: ${accent.colour}; --on-accent: ${accent.ink}; }`;
    this.logoUrl = logo && base + BRAND_LOGO_PATH;
    this.policy = this.policyWith(`'none'`);
    this.formPolicy = this.policyWith(`'self'`);
  }

  /** Of pages without forms that have a stylesheet of their own. @param hasImages whether they show images of the hub, too */
  policyOf(style: string, hasImages = this.logo !== null): string {
    return this.policyWith(`'none'`, style, hasImages);
  }

  private policyWith(formAction: string, style = PAGE_STYLE, hasImages = this.logo !== null): string {
    const styles = [style, this.style].flatMap((each) => (each === null ? [] : [styleSource(each)]));
    return [
      `default-src 'none'`,
      `style-src ${styles.join(' ')}`,
      ...(hasImages ? [`img-src 'self'`] : []),
      `base-uri 'none'`,
      `form-action ${formAction}`,
      `frame-ancestors 'none'`,
    ].join('; ');
  }
}
