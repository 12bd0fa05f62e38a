import { Module } from '@nestjs/common';
import { BooksModule } from '../books/books.module.js';
import { FundsConfirmationService } from './funds-confirmation.service.js';
import { FundsConfirmationsController } from './funds-confirmations.controller.js';

@Module({
  imports: [BooksModule],
  controllers: [FundsConfirmationsController],
  providers: [FundsConfirmationService],
})
export class FundsConfirmationsModule {}
