import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService, OfAgreement } from '../../agreements/index.js';
import { formatInstant } from '../../period/index.js';
import { Etagged, isOrdinalValue, page, PageQuery, Problems, readCursor } from '../../platform/http/index.js';
import { Database } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import { integrityProblems } from '../integrity.errors.js';
import { IntegrityService, type IntegrityScope } from '../integrity.service.js';
import { SealsService } from '../seals.service.js';
import {
  EntryProofView,
  IntegrityQuery,
  IntegrityView,
  LedgerHeadPage,
  LedgerHeadView,
} from './integrity.dto.js';
import type { ProvenEntryView } from './proofs.dto.js';

@ApiTags('ledger')
@Controller('v1')
export class IntegrityController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly database: Database,
    private readonly integrity: IntegrityService,
    private readonly seals: SealsService,
  ) {}

  @Get('ledger/integrity')
  @Scopes('balances:read')
  @Problems('unknown_agreement')
  @ApiOperation({
    operationId: 'checkIntegrity',
    summary: 'Check books, statements, ledger heads and audit log from their stored bytes, now',
    description:
      'The caller’s agreements and its own chain of the audit log; of the operator all. With `agreement` that one ' +
      'alone. Names the first thing that is wrong.',
  })
  @ApiOkResponse({ type: IntegrityView })
  async check(
    @CurrentCaller() caller: Caller,
    @Query() { agreement }: IntegrityQuery,
  ): Promise<IntegrityView> {
    const checkedAt = formatInstant(Date.now());
    const { counts, firstProblem } = await this.integrity.verify(await this.scopeOf(caller, agreement));
    return { ok: firstProblem === null, checkedAt, counts, firstProblem };
  }

  @Get('agreements/:agreement/ledger-heads')
  @Scopes('balances:read')
  @OfAgreement()
  @ApiOperation({
    operationId: 'listLedgerHeads',
    summary: 'The signed heads of both parties’ books, one for each statement, oldest first',
    description: 'Keep them: with one, whatever is later rewritten in the books before it can be shown.',
  })
  @ApiOkResponse({ type: LedgerHeadPage })
  async heads(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<LedgerHeadPage> {
    const agreement = await this.agreements.find(caller, code);
    const [after] = readCursor<[number]>(cursor, [isOrdinalValue]) ?? [0];
    const seals = await this.seals.list(agreement, after, limit + 1);
    return page(seals, limit, ({ head }) => [head.number]);
  }

  @Get('agreements/:agreement/ledger-heads/:number')
  @Scopes('balances:read')
  @Etagged()
  @OfAgreement()
  @ApiParam({
    name: 'number',
    description: 'Number of the head, from 1',
    schema: { type: 'integer', minimum: 1, example: 1 },
  })
  @Problems('ledger_head_not_found')
  @ApiOperation({
    operationId: 'getLedgerHead',
    summary: 'One signed ledger head, as a file that `peerledger verify` checks',
  })
  @ApiOkResponse({ type: LedgerHeadView })
  async head(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('number') number: string,
  ): Promise<LedgerHeadView> {
    const agreement = await this.agreements.find(caller, code);
    if (!/^[1-9]\d{0,8}$/.test(number))
      throw integrityProblems.ledger_head_not_found('There is no such ledger head.');
    return this.seals.find(agreement, Number(number));
  }

  @Get('ledger/entries/:entry/proof')
  @Scopes('balances:read')
  @ApiParam({
    name: 'entry',
    description: 'Id of the entry',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('ledger_entry_not_found', 'ledger_entry_not_sealed')
  @ApiOperation({
    operationId: 'proveLedgerEntry',
    summary: 'A proof that an entry is in the own book, as a file that `peerledger verify` checks',
    description: 'An entry can be proven once its period is sealed, which the next statement does.',
  })
  @ApiOkResponse({ type: EntryProofView })
  async proof(@CurrentCaller() caller: Caller, @Param('entry') id: string): Promise<EntryProofView> {
    if (caller.kind !== 'provider' || !isId(id))
      throw integrityProblems.ledger_entry_not_found('There is no such entry in the book.');
    const provider = { id: caller.providerId, code: caller.providerCode };
    const ids = await this.agreements.idsOf(this.database, caller.providerId);
    const proof = await this.seals.prove(provider, id, ids);
    return { ...proof, entry: proof.entry as unknown as ProvenEntryView };
  }

  private async scopeOf(caller: Caller, agreement: string | undefined): Promise<IntegrityScope> {
    if (agreement !== undefined) {
      const { id } = await this.agreements.find(caller, agreement);
      return { agreements: [id], auditChains: 'none' };
    }
    if (caller.kind === 'operator') return { agreements: null, auditChains: 'all' };
    const { providerId } = caller;
    const agreements = await this.agreements.idsOf(this.database, providerId);
    return { agreements, auditChains: { of: providerId } };
  }
}
