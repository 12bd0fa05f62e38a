import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import type { PageReply } from './answer.interceptor.js';
import { ASSETS } from './pages/assets.js';

/** The pages' stylesheet and icons. */
@Controller('authorize/assets')
export class AssetsController {
  @Get(':name')
  show(@Param('name') name: string, @Res({ passthrough: true }) reply: PageReply): string {
    const asset = ASSETS.get(name);
    if (!asset) throw new NotFoundException();
    reply.header('content-type', asset.type);
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    reply.header('x-content-type-options', 'nosniff');
    return asset.body;
  }
}
