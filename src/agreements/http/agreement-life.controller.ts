import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { isPeriod } from '../../period/index.js';
import { ApiIfMatch, IfMatch, Problems, Satisfies, type Precondition } from '../../platform/http/index.js';
import { AgreementLifeService } from '../agreement-life.service.js';
import { AgreementView, showAgreement } from './agreements.dto.js';
import { OfAgreement } from './of-agreement.js';

export class TerminationInput {
  @ApiProperty({ type: String, example: '2026-12', description: 'The period with which the agreement ends' })
  @Satisfies('period', isPeriod, 'must be a period such as 2026-12')
  lastPeriod: string;
}

@ApiTags('agreements')
@OfAgreement()
@Controller('v1/agreements/:agreement')
export class AgreementLifeController {
  constructor(private readonly life: AgreementLifeService) {}

  @Post('suspend')
  @HttpCode(200)
  @Scopes('agreements:write')
  @ApiIfMatch({ required: true })
  @Problems('agreement_terminated')
  @ApiOperation({
    operationId: 'suspendAgreement',
    summary: 'Suspend an agreement from now on',
    description:
      'Traffic of the time until it is resumed does not count and is refused; earlier traffic still is.',
  })
  @ApiOkResponse({ type: AgreementView })
  async suspend(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<AgreementView> {
    const now = Date.now();
    return showAgreement(
      await this.life.suspend(caller, code, now, (seen) => precondition.check(showAgreement(seen, now))),
      now,
    );
  }

  @Post('resume')
  @HttpCode(200)
  @Scopes('agreements:write')
  @ApiIfMatch({ required: true })
  @Problems('suspended_by_other')
  @ApiOperation({
    operationId: 'resumeAgreement',
    summary: 'Resume an agreement from now on',
    description: 'By the party that suspended it, or the operator.',
  })
  @ApiOkResponse({ type: AgreementView })
  async resume(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<AgreementView> {
    const now = Date.now();
    return showAgreement(
      await this.life.resume(caller, code, now, (seen) => precondition.check(showAgreement(seen, now))),
      now,
    );
  }

  @Post('terminate')
  @HttpCode(200)
  @Scopes('agreements:write')
  @ApiIfMatch({ required: true })
  @Problems('agreement_terminated', 'invalid_agreement')
  @ApiOperation({
    operationId: 'terminateAgreement',
    summary: 'End an agreement with a period that is not over yet',
    description: 'Traffic of later periods is refused. An end that is set may be moved forward, never back.',
  })
  @ApiOkResponse({ type: AgreementView })
  async terminate(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @IfMatch({ required: true }) precondition: Precondition,
    @Body() { lastPeriod }: TerminationInput,
  ): Promise<AgreementView> {
    const now = Date.now();
    const check = (seen: Parameters<typeof showAgreement>[0]): void =>
      precondition.check(showAgreement(seen, now));
    return showAgreement(await this.life.terminate(caller, code, lastPeriod, now, check), now);
  }
}
