import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { BusinessDetailsService } from './business-details.service.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { BusinessDetailsController } from './http/business-details.controller.js';
import { ListPricesController } from './http/list-prices.controller.js';
import { ProvidersController } from './http/providers.controller.js';
import { SigningKeysController } from './http/signing-keys.controller.js';
import { ProvidersService } from './providers.service.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Needs `HttpModule`, `AccessModule` and a `DatabaseModule` beside it. */
@Module({
  controllers: [
    ProvidersController,
    ApiKeysController,
    BusinessDetailsController,
    ListPricesController,
    SigningKeysController,
  ],
  providers: [ProvidersService, ApiKeysService, BusinessDetailsService, SigningKeysService],
  exports: [BusinessDetailsService, ProvidersService, SigningKeysService],
})
export class ProvidersModule {}
