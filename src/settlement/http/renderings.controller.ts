import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { noneMatch } from '../../platform/http/index.js';
import { StatementsService } from '../statements.service.js';

const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Downloads of issued statements, byte for byte as they were stored. */
@ApiTags('statements')
@Controller('v1/statements')
export class RenderingsController {
  constructor(private readonly statements: StatementsService) {}

  @Get(':statement.json')
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'downloadStatementJson', summary: 'A statement as canonical JSON (RFC 8785)' })
  @ApiOkResponse({ content: { 'application/json': { schema: { type: 'object' } } } })
  async json(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('json', caller, id, request, reply);
  }

  @Get(':statement.csv')
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'downloadStatementCsv', summary: 'A statement’s lines as CSV' })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('csv', caller, id, request, reply);
  }

  private async send(
    kind: keyof typeof MEDIA_TYPES,
    caller: Caller,
    id: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const statement = await this.statements.find(caller, id);
    const { content, sha256 } = await this.statements.rendering(statement, kind);
    const etag = `"${sha256}"`;
    reply.header('ETag', etag).header('Cache-Control', 'private, no-cache');
    if (!noneMatch(request.headers['if-none-match'], etag)) {
      await reply.status(304).send();
      return;
    }
    const { number } = JSON.parse(statement.document) as { number: string };
    await reply
      .header('Content-Type', MEDIA_TYPES[kind])
      .header('Content-Disposition', `attachment; filename="${number}.${kind}"`)
      .header('Repr-Digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
      .send(content);
  }
}
