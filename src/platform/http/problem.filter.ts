import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problems/index.js';
import { renderProblem, sendAnswer } from './render-problem.js';
import { StoredAnswer } from './stored-answer.js';
import { toProblem } from './to-problem.js';

/** Answers every error, whoever threw it, with a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof StoredAnswer) return sendAnswer(reply, error.answer);
    const problem = toProblem(error);
    request.problemCode = problem.code;
    if (problem.definition.status >= 500) this.log(error, problem, request);
    // Half an answer cannot be taken back; a cut connection is how the client learns of it.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendAnswer(reply, renderProblem(problem, request));
  }

  private log(error: unknown, problem: Problem, request: FastifyRequest): void {
    const where = {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions?.url,
      code: problem.code,
    };
    if (problem === error && problem.definition.status === 503)
      this.logger.warn({ ...where, reason: problem.detail });
    else this.logger.error({ ...where, err: error });
  }
}
