import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/index.js';
import { BalancesController } from './http/balances.controller.js';
import { BookCsvController } from './http/book-csv.controller.js';
import { BookLists } from './http/book-lists.js';
import { Books } from './http/books.js';
import { LedgerController } from './http/ledger.controller.js';
import { LedgerService } from './ledger.service.js';

/** Needs `HttpModule`, `AccessModule` and a `DatabaseModule` beside it. */
@Module({
  imports: [ProvidersModule],
  controllers: [BalancesController, BookCsvController, LedgerController],
  providers: [LedgerService, BookLists, Books],
  exports: [LedgerService],
})
export class LedgerModule {}
