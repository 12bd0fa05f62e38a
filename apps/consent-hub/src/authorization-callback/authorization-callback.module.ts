import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AuthorizationCallbackController } from './authorization-callback.controller.js';
import { AuthorizationCallbackSettings } from './authorization-callback.settings.js';
import { AuthorizationReturnService } from './authorization-return.service.js';

/** Catches the PSU's return. Needs the port `CodeExchange`, the vault and the database from the app. */
@Module({})
export class AuthorizationCallbackModule {
  static register({ validityDays }: AuthorizationCallbackSettings): DynamicModule {
    return {
      module: AuthorizationCallbackModule,
      imports: [ConsentModule],
      controllers: [AuthorizationCallbackController],
      providers: [
        AuthorizationReturnService,
        { provide: AuthorizationCallbackSettings, useValue: new AuthorizationCallbackSettings(validityDays) },
      ],
    };
  }
}
