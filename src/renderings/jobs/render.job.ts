import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { RENDER, RENDER_STATEMENT, RenderingsService } from '../renderings.service.js';

/** Makes renderings in the worker: those that take long, and all of a statement after its issue. */
@Injectable()
export class RenderJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly renderings: RenderingsService,
  ) {}

  onModuleInit(): void {
    this.runner.handle(RENDER, {
      actsFor: (subject) => this.renderings.askedFor(subject),
      run: (subject, report) => this.renderings.makeAsked(subject, report),
    });
    this.runner.handle(RENDER_STATEMENT, {
      actsFor: (statementId) => this.renderings.askedFor(statementId),
      run: (statementId, report) => this.renderings.makeAll(statementId, report),
    });
  }
}
