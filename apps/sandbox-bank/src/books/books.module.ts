import { Module } from '@nestjs/common';
import { AuthorizationBook } from './authorization-book.js';
import { Ledger } from './ledger.js';
import { PsuBook } from './psu-book.js';
import { TokenBook } from './token-book.js';
import { TppBook } from './tpp-book.js';

/** The bank's own model, where its features meet. Needs a DataSource and the BankTerms of the app. */
@Module({
  providers: [AuthorizationBook, Ledger, PsuBook, TokenBook, TppBook],
  exports: [AuthorizationBook, Ledger, PsuBook, TokenBook, TppBook],
})
export class BooksModule {}
