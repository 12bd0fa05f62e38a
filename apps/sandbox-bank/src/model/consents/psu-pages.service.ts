import { Injectable } from '@nestjs/common';
import type { Brand, Language, Scope, Secret } from '@consent-hub/psd2-protocol';

export interface Launch {
  readonly brand: Brand;
  readonly language: Language;
  readonly scope: Scope;
  readonly appToken: Secret;
}

/** The path of the bank's launcher, below the brand (bank page "reference": consent-uris). */
export const launcherPath = (brand: string, language: string): string =>
  `/${encodeURIComponent(brand)}/common/${language}/fw/generic/launcher.html`;

/** The origin of the PSU's pages; known after the bank listens. */
@Injectable()
export class PsuPagesService {
  private origin: string | undefined;

  openAt(origin: string): void {
    this.origin = origin;
  }

  launcherUri({ brand, language, scope, appToken }: Launch): string {
    if (this.origin === undefined) throw new Error('The origin of the PSU’s pages is not known yet');
    const parameters = `appkey=PSD2_${scope}&apptoken=${appToken.reveal()}`;
    return `${this.origin}${launcherPath(brand, language)}?${parameters}`;
  }
}
