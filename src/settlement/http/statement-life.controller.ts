import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  AnswerHeaders,
  ApiIfMatch,
  IfMatch,
  Optional,
  OptionalBody,
  Problems,
  type Precondition,
} from '../../platform/http/index.js';
import { StatementsService } from '../statements.service.js';
import { VoidService } from '../void.service.js';
import { showStatement, StatementView } from './statements.dto.js';
import { OfStatement } from './of-statement.js';

const REASON_MAX = 1000;
const SIGNATURE_MAX = 2000;

class AcceptInput {
  @ApiPropertyOptional({
    type: String,
    maxLength: SIGNATURE_MAX,
    description:
      'A detached JWS (RFC 7515, appendix F) of Ed25519 over the bytes of the .json download, by a key that the ' +
      'party registered; its header has `alg` EdDSA and the `kid` of the key',
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcks4In0..c2lnbmF0dXJl',
  })
  @Optional()
  @IsString({ message: 'must be a detached JWS' })
  @MaxLength(SIGNATURE_MAX, { message: `must be a detached JWS of at most ${SIGNATURE_MAX} characters` })
  signature?: string;
}

class VoidInput {
  @ApiProperty({ type: String, maxLength: REASON_MAX, example: 'The rate of July was used' })
  @IsString({ message: `must be a text of 1 to ${REASON_MAX} characters` })
  @Length(1, REASON_MAX, { message: `must be a text of 1 to ${REASON_MAX} characters` })
  reason: string;
}

@ApiTags('statements')
@OfStatement()
@Controller('v1/statements/:statement')
export class StatementLifeController {
  constructor(
    private readonly statements: StatementsService,
    private readonly voiding: VoidService,
  ) {}

  @Post('accept')
  @HttpCode(200)
  @Scopes('statements:accept')
  @ApiIfMatch({ required: true })
  @Problems('not_a_party', 'signature_invalid', 'statement_disputed', 'statement_void')
  @ApiOperation({
    operationId: 'acceptStatement',
    summary: 'Accept a statement as one of its parties',
    description:
      'It is accepted when both have. Accepting twice changes nothing, with whatever If-Match; nothing takes it back.',
  })
  @ApiBody({ type: AcceptInput, required: false })
  @ApiOkResponse({ type: StatementView })
  async accept(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @IfMatch({ required: true }) precondition: Precondition,
    @OptionalBody() { signature }: AcceptInput,
  ): Promise<StatementView> {
    const request = { now: Date.now(), signature: signature ?? null };
    const accepted = await this.statements.accept(caller, id, request, (seen) =>
      precondition.check(showStatement(seen)),
    );
    return showStatement(accepted);
  }

  @Post('void')
  @HttpCode(200)
  @Scopes('operator')
  @ApiIfMatch({ required: true })
  @Problems('statement_not_latest', 'statement_void', 'statement_settled', 'statement_disputed')
  @Problems('statement_partly_paid')
  @ApiOperation({
    operationId: 'voidStatement',
    summary: 'Make an agreement’s latest statement void',
    description:
      'Its postings are reversed and its number stays taken. Its period is issued anew under the next number ' +
      'by the job that `Location` names. A statement that is paid or disputed cannot be made void. ' +
      'Sent again after it was done, it changes nothing, with whatever If-Match.',
  })
  @ApiOkResponse({ type: StatementView })
  @AnswerHeaders(200, 'Location')
  async void(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @IfMatch({ required: true }) precondition: Precondition,
    @Body() { reason }: VoidInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StatementView> {
    const seen = await this.statements.find(caller, id);
    const { statement, jobId } = await this.voiding.makeVoid(seen, reason, Date.now(), (row) =>
      precondition.check(showStatement(row)),
    );
    if (jobId) reply.header('Location', `/v1/jobs/${jobId}`);
    return showStatement(statement);
  }
}
