import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AuthorizationCallbackController } from './authorization-callback.controller.js';
import { AuthorizationCallbackSettings } from './authorization-callback.settings.js';
import { AuthorizationReturnService } from './authorization-return.service.js';
import { BankReturnService } from './bank-return.service.js';
import { LinkStartController } from './link-start.controller.js';
import { LinkStartService } from './link-start.service.js';
import { ScaReturnService } from './sca-return.service.js';

type Settings = Pick<AuthorizationCallbackSettings, 'validityDays' | 'publicUrl'>;

/** Sends the PSU off and catches the return. Needs the port `CodeExchange`, the vault and the database from the app. */
@Module({})
export class AuthorizationCallbackModule {
  static register({ validityDays, publicUrl }: Settings): DynamicModule {
    return {
      module: AuthorizationCallbackModule,
      imports: [ConsentModule],
      controllers: [LinkStartController, AuthorizationCallbackController],
      providers: [
        LinkStartService,
        AuthorizationReturnService,
        BankReturnService,
        ScaReturnService,
        {
          provide: AuthorizationCallbackSettings,
          useValue: new AuthorizationCallbackSettings(validityDays, publicUrl),
        },
      ],
    };
  }
}
