import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswerHeaders, Idempotent, Problems } from '../../platform/http/index.js';
import { accessProblems } from '../access.errors.js';
import { CurrentCaller, type Caller, type Session } from '../caller.js';
import { Scopes } from '../decorators.js';
import { credentialIn } from '../rules/credentials.js';
import { csrfTokenOf } from '../rules/session-secret.js';
import { SessionCookie } from '../session-cookie.js';
import { SessionsService } from '../sessions.service.js';
import { SessionView, showSession } from './session.view.js';

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @Scopes()
  @Idempotent({ withoutBody: ['csrfToken'] })
  @Problems('session_not_extendable')
  @ApiOperation({
    operationId: 'createSession',
    summary: 'Make a session of an API key or access token, for pages of the service itself',
    description:
      'Sets a cookie that no script can read, which then stands for the key: with its scopes, until it is revoked or ' +
      'expires, and no longer than configured. What changes something has to come from a page of the same origin ' +
      'with the csrfToken in the header X-CSRF-Token. A repeated request gets neither the cookie nor the token again.',
  })
  @ApiCreatedResponse({ type: SessionView })
  @AnswerHeaders(201, 'Set-Cookie')
  async create(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    if (caller.proof.kind === 'session') {
      throw accessProblems.session_not_extendable(
        'A session is made of an API key or token: send one as Authorization: Bearer.',
      );
    }
    const { secret, ...session } = await this.sessions.create(caller);
    reply.header('Set-Cookie', this.cookie.set(secret, session.expiresAt));
    return showSession(caller, session, { csrfToken: csrfTokenOf(secret), idle_s: this.sessions.idle_s });
  }

  @Get('current')
  @Scopes()
  @Problems('session_not_found')
  @ApiOperation({
    operationId: 'getCurrentSession',
    summary: 'The session that the request is made by, with the token that its changes have to carry',
  })
  @ApiOkResponse({ type: SessionView })
  get(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest): SessionView {
    const session = sessionOf(caller);
    const { secret } = credentialIn(request.headers, this.cookie.name)!;
    return showSession(caller, session, { csrfToken: csrfTokenOf(secret), idle_s: this.sessions.idle_s });
  }

  @Delete('current')
  @Scopes()
  @HttpCode(204)
  @Problems('session_not_found')
  @ApiOperation({
    operationId: 'endCurrentSession',
    summary: 'End the session that the request is made by, at once',
  })
  @ApiNoContentResponse()
  @AnswerHeaders(204, 'Set-Cookie')
  async end(@CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.sessions.end(caller, sessionOf(caller));
    reply.header('Set-Cookie', this.cookie.clear());
  }
}

function sessionOf({ proof }: Caller): Session {
  if (proof.kind === 'session') return proof.session;
  throw accessProblems.session_not_found('The request was made by a key or token, which is no session.');
}
