import { Module } from '@nestjs/common';
import { BooksModule } from '../books/books.module.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';

@Module({ imports: [BooksModule], controllers: [AccountsController], providers: [AccountsService] })
export class AccountsModule {}
