import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { agreementProblems, AgreementsService, OfAgreement } from '../../agreements/index.js';
import { Problems, validationFailed } from '../../platform/http/index.js';
import { PublicJwkView } from '../../platform/signing/index.js';
import { StoredRecordView } from '../../traffic/index.js';
import { RecordProofsService } from '../record-proofs.service.js';
import { BatchRootView } from './proofs.dto.js';

const REVISION_MAX = 2 ** 31 - 1;
const REVISION_EXPECTED = `must be a whole number from 0 to ${REVISION_MAX}`;

class RecordProofQuery {
  @ApiProperty({
    type: String,
    description: 'The reporter’s own id of the record',
    example: 'flow-2026-10-01-00',
  })
  @IsOptional()
  @IsString({ message: 'must be the id of a record' })
  @Length(1, 128, { message: 'must be the id of a record' })
  record?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: REVISION_MAX,
    description: 'Default: the highest that the batch stored',
    example: 0,
  })
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

  @ApiProperty({ type: StoredRecordView, description: 'Its RFC 8785 JSON is what the tree hashes' })
  record: StoredRecordView;

  @ApiProperty({ type: 'integer', description: 'Place among the records of the batch, from 0' })
  index: number;

  @ApiProperty({ type: 'integer' })
  size: number;

  @ApiProperty({
    type: [String],
    description: 'Hashes from the record to the root (RFC 6962), in hex',
    example: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  })
  path: string[];

  @ApiProperty({ type: BatchRootView, description: 'What is signed' })
  batch: BatchRootView;

  @ApiProperty({
    type: String,
    description: 'Detached JWS (RFC 7515, appendix F) over the RFC 8785 JSON of batch',
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcks4In0..c2lnbmF0dXJl',
  })
  signature: string;

  @ApiProperty({ type: PublicJwkView, description: 'The public key that made it' })
  key: PublicJwkView;
}

@ApiTags('traffic')
@OfAgreement()
@Controller('v1/agreements/:agreement/batches/:id/proof')
export class RecordProofsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly proofs: RecordProofsService,
  ) {}

  @Get()
  @Scopes('traffic:read')
  @ApiParam({ name: 'id', description: 'Id of the batch', example: '019a7d3c-5e80-7000-8000-000000000001' })
  @Problems('not_a_party', 'batch_not_found', 'traffic_record_not_found')
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
    const named = { recordId: record, revision: revision ?? null };
    const proof = await this.proofs.prove(agreement, reporter, batchId, named);
    return { ...proof, record: proof.record as unknown as StoredRecordView };
  }
}
