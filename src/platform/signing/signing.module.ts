import { Global, Module } from '@nestjs/common';
import { KeysController } from './keys.controller.js';
import { SigningService } from './signing.service.js';

/** Needs a `DatabaseModule`, and `Config`, beside it. */
@Global()
@Module({ controllers: [KeysController], providers: [SigningService], exports: [SigningService] })
export class SigningModule {}
