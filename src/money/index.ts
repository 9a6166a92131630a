export { allocate } from './rules/allocate.js';
export { amountOf, formatAmount, minorUnitsOf, parseAmount } from './rules/amount.js';
export { currencyExponent, isCurrency } from './rules/currency.js';
export {
  ZERO,
  add,
  compare,
  floor,
  formatDecimal,
  isDecimal,
  multiply,
  parseDecimal,
  rational,
  subtract,
  type Rational,
} from './rules/rational.js';
export { roundHalfAwayFromZero } from './rules/round.js';
export { isTrafficUnit, quantityOf, unitBytes, type TrafficUnit } from './rules/unit.js';
