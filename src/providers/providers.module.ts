import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { ListPricesController } from './http/list-prices.controller.js';
import { ProvidersController } from './http/providers.controller.js';
import { ProvidersService } from './providers.service.js';

/** Needs `HttpModule`, `AccessModule` and a `DatabaseModule` beside it. */
@Module({
  controllers: [ProvidersController, ApiKeysController, ListPricesController],
  providers: [ProvidersService, ApiKeysService],
  exports: [ProvidersService],
})
export class ProvidersModule {}
