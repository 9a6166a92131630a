import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { problemCatalogue } from '../problems/index.js';
import { httpProblems } from './problems.js';
import { Public } from './public.js';
import { problemTypeUri } from './render-problem.js';

/** What a problem's `type` URI leads to. */
export class ProblemDescription {
  @ApiProperty({ type: String })
  type: string;

  @ApiProperty({ type: String })
  code: string;

  @ApiProperty({ type: String })
  title: string;

  @ApiProperty({ type: 'integer' })
  status: number;
}

/** Every description. */
export class ProblemDescriptions {
  @ApiProperty({ type: [ProblemDescription] })
  data: ProblemDescription[];
}

/** The pages that document the codes of problems. */
@ApiTags('about')
@Controller('problems')
export class ProblemsController {
  @Get()
  @Public()
  @ApiOperation({ operationId: 'listProblems', summary: 'Every problem code' })
  @ApiOkResponse({ type: ProblemDescriptions })
  list(): ProblemDescriptions {
    const codes = [...problemCatalogue().keys()].sort();
    return { data: codes.map((code) => this.describe(code)) };
  }

  @Get(':code')
  @Public()
  @ApiOperation({ operationId: 'getProblem', summary: 'What a problem code means' })
  @ApiOkResponse({ type: ProblemDescription })
  describe(@Param('code') code: string): ProblemDescription {
    const definition = problemCatalogue().get(code);
    if (!definition) throw httpProblems.not_found('There is no problem with this code.');
    return { type: problemTypeUri(code), code, ...definition };
  }
}
