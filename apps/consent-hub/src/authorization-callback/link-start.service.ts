import { Injectable } from '@nestjs/common';
import { findLinkStart, readLinkStart, type LinkStart } from '@consent-hub/consent';
import { TokenVault } from '@consent-hub/token-vault';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { HttpSettings } from '../config/http.settings.js';
import { browserCookie } from './browser-cookie.js';
import { preferredLanguage } from '../http-api/page-language.js';

/** Where the browser continues, and what it takes along. */
export interface StartedLink {
  /** Address at the bank. */
  readonly uri: string;
  readonly cookie: string;
}

/** Ties a waiting link to the browser that opens it. Writes nothing: a link can be opened again, and by scanners of links. */
@Injectable()
export class LinkStartService {
  constructor(
    private readonly http: HttpSettings,
    private readonly dataSource: DataSource,
    private readonly vault: TokenVault,
  ) {}

  /**
   * @param language of the bank's screens; without it, or where the bank does not have it, the one that the browser prefers
   * @returns null when no link waits under that id, for any reason
   */
  async start(
    consentId: string,
    language: unknown,
    acceptLanguage: string | undefined,
  ): Promise<StartedLink | null> {
    const start = isUUID(consentId) ? await this.find(consentId) : null;
    if (!start) return null;
    const { browserKey, uris } = start;
    const named = (wanted: unknown) => uris.find((one) => one.language === wanted);
    const uri = (named(language) ?? named(preferredLanguage(acceptLanguage)) ?? uris[0])?.uri;
    if (uri === undefined) return null;
    return { uri, cookie: browserCookie(consentId.toLowerCase(), browserKey, this.http.isSecure) };
  }

  private async find(consentId: string): Promise<LinkStart | null> {
    const sealed = await findLinkStart(this.dataSource, consentId);
    if (!sealed) return null;
    const binding = { consentId: consentId.toLowerCase(), purpose: 'link_start', generation: 0 } as const;
    return this.vault.opening(() => readLinkStart(this.vault.open(sealed, binding)));
  }
}
