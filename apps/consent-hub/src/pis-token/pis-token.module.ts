import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { PisTokenController } from './pis-token.controller.js';
import { PisTokenService } from './pis-token.service.js';
import { PisTokenSettings } from './pis-token.settings.js';

/** Payment codes. Needs the port `CodeExchange`, the vault and the database from the app. */
@Module({})
export class PisTokenModule {
  static register({ validityDays }: PisTokenSettings): DynamicModule {
    return {
      module: PisTokenModule,
      imports: [ConsentModule],
      controllers: [PisTokenController],
      providers: [
        PisTokenService,
        { provide: PisTokenSettings, useValue: new PisTokenSettings(validityDays) },
      ],
    };
  }
}
