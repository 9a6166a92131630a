import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database, OPERATOR } from '../platform/database/index.js';
import { Metrics } from '../platform/telemetry/index.js';
import { IntegrityService } from './integrity.service.js';
import type { LastCheck } from './sql/find-last-check.js';

/** What each gauge says of the last check. */
const GAUGES: { name: string; help: string; value: (last: LastCheck) => number }[] = [
  {
    name: 'peerledger_ledger_integrity_ok',
    help: '1 when the last check of books, statements, ledger heads and audit log found nothing wrong, else 0',
    value: ({ ok }) => (ok ? 1 : 0),
  },
  {
    name: 'peerledger_ledger_integrity_entries',
    help: 'Ledger entries that the last check looked at',
    value: ({ entries }) => Number(entries),
  },
  {
    name: 'peerledger_ledger_integrity_checked_timestamp_seconds',
    help: 'When the last check ended',
    value: ({ finishedAt }) => finishedAt.getTime() / 1000,
  },
];

/** What the last check found, in the metrics of every process, whichever made it; absent before there was one. */
@Injectable()
export class IntegrityMetrics implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly integrity: IntegrityService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const lastCheck = (): Promise<LastCheck | undefined> =>
      this.database.actFor(OPERATOR, () => this.integrity.lastCheck());
    for (const { value, ...gauge } of GAUGES) {
      new Gauge({
        ...gauge,
        registers: [this.metrics.registry],
        async collect(): Promise<void> {
          this.reset();
          // Without a database the other metrics are still worth having.
          const last = await lastCheck().catch(() => undefined);
          if (last) this.set(value(last));
          else this.remove();
        },
      });
    }
  }
}
