import { Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { NoQuery, Problems, Requires } from '@consent-hub/platform';
import { ListVaultKeysRequest } from './list-vault-keys.request.js';
import { toVaultKeyListView, toVaultKeyView, VaultKeyListView, VaultKeyView } from './vault-key.view.js';
import {
  NO_DATA_KEY,
  VAULT_KEK_UNAVAILABLE,
  VAULT_KEY_IN_USE,
  VAULT_KEY_NOT_FOUND,
  VAULT_KEY_SEALS,
} from './vault-keys.problems.js';
import { VaultKeysService } from './vault-keys.service.js';

@ApiTags('administration')
@Controller('v1/vault-keys')
export class VaultKeysController {
  constructor(private readonly keys: VaultKeysService) {}

  @Get()
  @Requires('admin')
  @ApiOperation({
    operationId: 'listVaultKeys',
    summary: 'Keys of the vault',
    description:
      'Which keys seal and open, how often they have sealed, and what needs them; never a key itself.',
  })
  @ApiOkResponse({ type: VaultKeyListView, description: 'The keys' })
  async list(@Query() { uses }: ListVaultKeysRequest): Promise<VaultKeyListView> {
    return toVaultKeyListView(await this.keys.list(uses === 'true'));
  }

  @Post('rotate')
  @HttpCode(HttpStatus.ACCEPTED)
  @Requires('admin')
  @Problems(VAULT_KEK_UNAVAILABLE)
  @ApiOperation({
    operationId: 'rotateVaultKey',
    summary: 'Seal with a new data key',
    description:
      'Makes a data key and announces it. As soon as every hub at work has it, within ten seconds, it is current: all hubs seal ' +
      'with it. Asked again before that, the same key is answered. What former keys have sealed opens as before.',
  })
  @ApiAcceptedResponse({ type: VaultKeyView, description: 'The new key' })
  async rotate(@Query() _query: NoQuery): Promise<VaultKeyView> {
    return toVaultKeyView(await this.keys.rotate());
  }

  @Post('reseal')
  @HttpCode(HttpStatus.ACCEPTED)
  @Requires('admin')
  @Problems(NO_DATA_KEY)
  @ApiOperation({
    operationId: 'resealValues',
    summary: 'Seal all values anew with the current data key',
    description:
      'One of the hubs does it in small batches while all of them serve; GET /v1/vault-keys shows how far it has come. If that ' +
      'hub ends, another one continues. Asked again while it runs, nothing changes.',
  })
  @ApiAcceptedResponse({ type: VaultKeyListView, description: 'It runs' })
  async reseal(@Query() _query: NoQuery): Promise<VaultKeyListView> {
    return toVaultKeyListView(await this.keys.reseal());
  }

  @Post(':id/retire')
  @HttpCode(HttpStatus.OK)
  @Requires('admin')
  @Problems(VAULT_KEY_NOT_FOUND, VAULT_KEY_SEALS, VAULT_KEY_IN_USE)
  @ApiParam({ name: 'id', description: 'Of the key.', example: 'dk-20260131-5f2c8a10' })
  @ApiOperation({
    operationId: 'retireVaultKey',
    summary: 'Retire a key that nothing needs',
    description:
      'Refused while a row, a spool file or an answer kept for an Idempotency-Key was sealed with it. A data key is destroyed a ' +
      'day later, if nothing needs it then. A key of HUB_VAULT_KEYS may be taken out of there.',
  })
  @ApiOkResponse({ type: VaultKeyView, description: 'The key, which is retired' })
  async retire(@Param('id') id: string, @Query() _query: NoQuery): Promise<VaultKeyView> {
    return toVaultKeyView(await this.keys.retire(id));
  }
}
