import { SealedValues, type SealedColumn } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';

/** Every place in the database that holds sealed values. */
export class SealedStores {
  readonly all: readonly SealedValues[];

  constructor(dataSource: DataSource, columns: readonly SealedColumn[]) {
    this.all = columns.map((column) => new SealedValues(dataSource, column));
  }
}
