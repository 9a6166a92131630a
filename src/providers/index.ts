export { providersProblems } from './providers.errors.js';
export { OfProvider } from './http/of-provider.js';
export { ProvidersModule } from './providers.module.js';
export {
  ProvidersService,
  type NumberedPrice,
  type PriceObserver,
  type Provider,
} from './providers.service.js';
export { slotOf, type ListPrice, type PriceSide } from './rules/list-price.js';
export { BusinessDetailsService } from './business-details.service.js';
export type { BusinessDetails, PostalAddress } from './rules/business-details.js';
export { SigningKeysService } from './signing-keys.service.js';
