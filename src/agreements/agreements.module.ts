import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/index.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementLifeService } from './agreement-life.service.js';
import { AgreementLifeController } from './http/agreement-life.controller.js';
import { AgreementsController } from './http/agreements.controller.js';
import { VersionsController } from './http/versions.controller.js';

@Module({
  imports: [ProvidersModule],
  controllers: [AgreementsController, AgreementLifeController, VersionsController],
  providers: [AgreementsService, AgreementLifeService],
  exports: [AgreementsService],
})
export class AgreementsModule {}
