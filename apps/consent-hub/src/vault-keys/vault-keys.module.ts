import { ConsentModule } from '@consent-hub/consent';
import { VaultKeyAdministration } from '@consent-hub/token-vault';
import { Global, Module } from '@nestjs/common';
import { KeyRotationJob } from './key-rotation.job.js';
import { KeyUsesService } from './key-uses.service.js';
import { ResealJob } from './reseal.job.js';
import { RetiredKeysJob } from './retired-keys.job.js';
import { SealCountRecorder } from './seal-count.recorder.js';
import { UnknownKeysCheck } from './unknown-keys.check.js';
import { VaultKeysController } from './vault-keys.controller.js';
import { VaultKeysService } from './vault-keys.service.js';

/** Global for its port alone: admins at the console ask `VaultKeyAdministration`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [VaultKeysController],
  providers: [
    VaultKeysService,
    { provide: VaultKeyAdministration, useExisting: VaultKeysService },
    KeyUsesService,
    KeyRotationJob,
    SealCountRecorder,
    ResealJob,
    RetiredKeysJob,
    UnknownKeysCheck,
  ],
  exports: [VaultKeyAdministration],
})
export class VaultKeysModule {}
