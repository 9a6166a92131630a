import { Injectable, Logger } from '@nestjs/common';
import type { Instant } from '../period/index.js';
import { Database } from '../platform/database/index.js';
import { DisputesService } from './disputes.service.js';
import { listLapsed, type LapsedDispute } from './sql/list-lapsed.js';

const LAPSED_A_PAGE = 500;

/** Ends the disputes in which nobody moved while there was time. */
@Injectable()
export class TimeBarService {
  private readonly logger = new Logger(TimeBarService.name);

  constructor(
    private readonly database: Database,
    private readonly disputes: DisputesService,
  ) {}

  /** Gives how many are time-barred now that were not before. */
  async barLapsed(now: Instant): Promise<number> {
    let barred = 0;
    for (let after: string | null = null; ;) {
      const lapsed: LapsedDispute[] = await listLapsed(this.database, new Date(now), after, LAPSED_A_PAGE);
      for (const dispute of lapsed) barred += (await this.bar(dispute, now)) ? 1 : 0;
      if (lapsed.length < LAPSED_A_PAGE) return barred;
      after = lapsed.at(-1)!.id;
    }
  }

  /** One that fails holds up no other: it is tried again when the scheduler next looks. */
  private async bar(dispute: LapsedDispute, now: Instant): Promise<boolean> {
    try {
      return await this.disputes.timeBar(dispute, now);
    } catch (error) {
      this.logger.error(error);
      return false;
    }
  }
}
