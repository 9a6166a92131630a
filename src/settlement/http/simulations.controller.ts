import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService, OfAgreement, plainTerms } from '../../agreements/index.js';
import { SimulationService } from '../simulation.service.js';
import { SimulationInput, SimulationView } from './simulations.dto.js';
import { Problems } from '../../platform/http/index.js';

@ApiTags('statements')
@OfAgreement()
@Controller('v1/agreements/:agreement/simulations')
export class SimulationsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly simulation: SimulationService,
  ) {}

  @Post()
  @HttpCode(200)
  @Scopes('statements:read')
  @Problems('agreement_not_in_force', 'cannot_simulate', 'invalid_terms')
  @ApiOperation({
    operationId: 'simulate',
    summary: 'What periods would have come to under other terms',
    description: 'Prices the buckets already settled and posts nothing, so no Idempotency-Key is needed.',
  })
  @ApiOkResponse({ type: SimulationView })
  async simulate(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Body() { terms, periods }: SimulationInput,
  ): Promise<SimulationView> {
    const agreement = await this.agreements.find(caller, code);
    return {
      agreement: agreement.code,
      periods: await this.simulation.simulate(agreement, plainTerms(terms), periods),
    };
  }
}
