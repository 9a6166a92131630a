import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { problemCatalogue } from '../problems/index.js';
import { httpProblems } from './problems.js';
import { Problems } from './openapi/problems-of.js';
import { Public } from './public.js';
import { problemTypeUri } from './render-problem.js';

/** What a problem's `type` URI leads to. */
export class ProblemDescription {
  @ApiProperty({ type: String, example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ type: String, example: 'validation_failed' })
  code: string;

  @ApiProperty({ type: String, example: 'The content of the request is not valid' })
  title: string;

  @ApiProperty({ type: 'integer', example: 422 })
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
  @ApiParam({ name: 'code', description: 'A problem’s `code`', example: 'validation_failed' })
  @Problems('not_found')
  @ApiOperation({ operationId: 'getProblem', summary: 'What a problem code means' })
  @ApiOkResponse({ type: ProblemDescription })
  describe(@Param('code') code: string): ProblemDescription {
    const definition = problemCatalogue().get(code);
    if (!definition) throw httpProblems.not_found('There is no problem with this code.');
    const { title, status } = definition;
    return { type: problemTypeUri(code), code, title, status };
  }
}
