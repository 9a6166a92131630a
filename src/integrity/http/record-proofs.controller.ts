import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { agreementProblems, AgreementsService } from '../../agreements/index.js';
import { validationFailed } from '../../platform/http/index.js';
import { RecordProofsService } from '../record-proofs.service.js';
import type { BatchRoot, RecordLeaf } from '../rules/proofs.js';

const REVISION_MAX = 2 ** 31 - 1;
const REVISION_EXPECTED = `must be a whole number from 0 to ${REVISION_MAX}`;

class RecordProofQuery {
  @ApiProperty({ type: String, description: 'The reporter’s own id of the record' })
  @IsOptional()
  @IsString({ message: 'must be the id of a record' })
  @Length(1, 128, { message: 'must be the id of a record' })
  record?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Default: the highest that the batch stored' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (/^\d{1,10}$/.test(String(value)) ? Number(value) : value))
  @IsInt({ message: REVISION_EXPECTED })
  @Min(0, { message: REVISION_EXPECTED })
  @Max(REVISION_MAX, { message: REVISION_EXPECTED })
  revision?: number;
}

class RecordProofView {
  @ApiProperty({ enum: ['peerledger-record-proof'] })
  type: string;

  @ApiProperty({ type: Object, description: 'The record as it is stored; absent members are null' })
  record: RecordLeaf;

  @ApiProperty({ type: 'integer', description: 'Place among the records of the batch, from 0' })
  index: number;

  @ApiProperty({ type: 'integer' })
  size: number;

  @ApiProperty({ type: [String], description: 'Hashes from the record to the root (RFC 6962), in hex' })
  path: string[];

  @ApiProperty({ type: Object, description: 'What is signed: the batch, and the tree of what it stored' })
  batch: BatchRoot;

  @ApiProperty({
    type: String,
    description: 'Detached JWS (RFC 7515, appendix F) over the RFC 8785 JSON of batch',
  })
  signature: string;

  @ApiProperty({ type: Object, description: 'The public key that made it, as a JWK' })
  key: object;
}

@ApiTags('traffic')
@Controller('v1/agreements/:agreement/batches/:id/proof')
export class RecordProofsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly proofs: RecordProofsService,
  ) {}

  @Get()
  @Scopes('traffic:read')
  @ApiOperation({
    operationId: 'proveTrafficRecord',
    summary: 'A proof that a record is in an own batch, as a file that `peerledger verify` checks',
    description:
      'Made when it is asked for, from all that the batch stored: of a large one it takes some seconds.',
  })
  @ApiOkResponse({ type: RecordProofView })
  async prove(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('id') batchId: string,
    @Query() { record, revision }: RecordProofQuery,
  ): Promise<RecordProofView> {
    const agreement = await this.agreements.find(caller, code);
    if (caller.kind !== 'provider')
      throw agreementProblems.not_a_party(
        'Records are shown to the party that reported them, and to nobody else.',
      );
    if (record === undefined) {
      // Only here, so that a stranger's agreement is not found whatever is asked of it.
      const detail = 'record must be given: the id of the record to prove.';
      throw validationFailed([{ pointer: '?record', code: 'required', detail }]);
    }
    const reporter = { id: caller.providerId, code: caller.providerCode };
    return this.proofs.prove(agreement, reporter, batchId, { recordId: record, revision: revision ?? null });
  }
}
