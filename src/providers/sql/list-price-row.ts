import type { TrafficUnit } from '../../money/index.js';
import type { ListPrice, PriceSide } from '../rules/list-price.js';

/** A list price as the database has it. */
export interface ListPriceRow {
  id: string;
  side: PriceSide;
  /** Empty for every region. */
  region: string;
  valid_from: Date;
  unit: TrafficUnit;
  unit_price: string;
}

/** The price that a row stands for. */
export function listPriceOf(row: ListPriceRow): ListPrice {
  return {
    side: row.side,
    region: row.region === '' ? null : row.region,
    from: row.valid_from.getTime(),
    unit: row.unit,
    unitPrice: row.unit_price,
  };
}
