import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { PisTokenController } from './pis-token.controller.js';
import { PisTokenService } from './pis-token.service.js';

/** Payment codes. Needs the port `CodeExchange`. */
@Module({ imports: [ConsentModule], controllers: [PisTokenController], providers: [PisTokenService] })
export class PisTokenModule {}
