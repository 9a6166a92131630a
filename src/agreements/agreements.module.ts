import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/index.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementsController } from './http/agreements.controller.js';
import { VersionsController } from './http/versions.controller.js';

@Module({
  imports: [ProvidersModule],
  controllers: [AgreementsController, VersionsController],
  providers: [AgreementsService],
  exports: [AgreementsService],
})
export class AgreementsModule {}
