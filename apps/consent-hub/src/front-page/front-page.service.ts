import { HubFigures } from '@consent-hub/consent';
import { perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { ConsoleSettings } from '../config/console.settings.js';
import { BankContactRecorder } from './bank-contact.recorder.js';
import { refreshingOf, type FrontPageView } from './front-page.view.js';

const LINKS = {
  documentation: 'docs',
  errors: 'docs/errors',
  guides: 'docs/guides',
  description: 'openapi.json',
  live: 'health/live',
  ready: 'health/ready',
};

/** How the hub stands, for anyone: from its memory and from figures that are read once for all who ask. */
@Injectable()
export class FrontPageService {
  constructor(
    private readonly figures: HubFigures,
    private readonly contacts: BankContactRecorder,
    private readonly console: ConsoleSettings,
  ) {}

  async read(): Promise<FrontPageView> {
    // Without its database the hub still says what it is.
    const figures = await this.figures.read().catch(() => null);
    const statusOf = (brand: Brand) => {
      const refreshes = figures ? refreshingOf(figures.brands[brand].circuitBreaker) : 'unknown';
      return { refreshes, bank: this.contacts.of(brand) };
    };
    return { service: 'consent-hub', brands: perBrand(statusOf), links: this.links() };
  }

  private links(): FrontPageView['links'] {
    const { HUB_CONSOLE, sandboxUrl } = this.console;
    return {
      ...LINKS,
      ...(HUB_CONSOLE === 'on' && { console: 'console' }),
      ...(sandboxUrl !== undefined && { sandbox: `${sandboxUrl}/` }),
    };
  }
}
