import { Module } from '@nestjs/common';
import { BooksModule } from '../books/books.module.js';
import { ConsentUrisController } from './consent-uris.controller.js';
import { ConsentUrisService } from './consent-uris.service.js';
import { PsuPages } from './psu-pages.js';

@Module({
  imports: [BooksModule],
  controllers: [ConsentUrisController],
  providers: [ConsentUrisService, PsuPages],
})
export class ConsentUrisModule {}
