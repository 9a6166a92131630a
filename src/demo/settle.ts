import { setTimeout as sleep } from 'node:timers/promises';
import type { Balance, Credit, CreditTotals, Job, Page, Reconciliation, Statement } from './answers.js';
import type { ApiClient } from './client.js';
import type { Cloud, Peering, TrafficReport } from './peering.js';
import type { Progress } from './progress.js';
import type { Participants } from './set-up.js';

const RECORDS_A_BATCH = 100;
const POLL_MS = 50;

/** What one cloud sees of a settled period. */
export interface CloudOutcome {
  cloud: string;
  credits: Credit[];
  totals: CreditTotals;
  balances: Balance[];
  /** How many entries its book has. */
  entries: number;
}

/** A settled period. */
export interface Outcome {
  reconciliation: Reconciliation;
  statement: Statement;
  clouds: { A: CloudOutcome; B: CloudOutcome };
}

/** Sends both sides' reports, closes the period and reads what came of it. */
export async function settle(
  participants: Participants,
  peering: Peering,
  progress: Progress,
): Promise<Outcome> {
  const { agreement, partyA, partyB, period } = peering;
  await report(participants.A, peering, partyA, peering.reports.A, progress);
  await report(participants.B, peering, partyB, peering.reports.B, progress);
  const statementId = await close(participants.operator, peering, progress);
  const path = `/v1/agreements/${agreement.code}/periods/${period}/reconciliation`;
  return {
    reconciliation: await participants.A.get<Reconciliation>(path),
    statement: await participants.A.get<Statement>(`/v1/statements/${statementId}`),
    clouds: {
      A: await outcomeOf(participants.A, partyA, statementId),
      B: await outcomeOf(participants.B, partyB, statementId),
    },
  };
}

async function report(
  client: ApiClient,
  { agreement, gzip }: Peering,
  cloud: Cloud,
  records: readonly TrafficReport[],
  progress: Progress,
): Promise<void> {
  const step = progress.begin(`${cloud.code} reports`, records.length);
  let sent = 0;
  let created = 0;
  let bytes = 0n;
  while (sent < records.length) {
    const batch = records.slice(sent, sent + RECORDS_A_BATCH);
    const receipt = await client.postRecords(agreement.code, batch, gzip);
    sent += batch.length;
    created += receipt.counts.created;
    bytes += BigInt(receipt.totalBytes);
    step.to(sent, records.length);
  }
  const before = sent === created ? '' : `, ${sent - created} of them known before`;
  step.end(`${cloud.code} reported ${sent} records, ${bytes} bytes${before}`);
}

/** Closing twice gives the same statement. */
async function close(
  operator: ApiClient,
  { agreement, period }: Peering,
  progress: Progress,
): Promise<string> {
  const step = progress.begin(`Closing ${period}`, 1);
  let job = await operator.post<Job>(`/v1/agreements/${agreement.code}/periods/${period}/close`);
  while (job.state === 'queued' || job.state === 'running') {
    step.to(job.progress.done, Math.max(job.progress.total, 1));
    await sleep(POLL_MS);
    job = await operator.get<Job>(`/v1/jobs/${job.id}`);
  }
  if (job.state === 'failed' || !job.result) {
    const { code, detail } = job.error ?? { code: 'unknown', detail: 'it gave no reason' };
    throw new Error(`Closing ${period} of ${agreement.code} failed (${code}): ${detail}`);
  }
  step.end(`Closed ${period} of ${agreement.code}`);
  return job.result.statement;
}

async function outcomeOf(client: ApiClient, { code }: Cloud, statementId: string): Promise<CloudOutcome> {
  const path = `/v1/statements/${statementId}/credits`;
  const { totals } = await client.get<Page<Credit> & { totals: CreditTotals }>(`${path}?limit=1`);
  return {
    cloud: code,
    credits: await client.all<Credit>(path),
    totals,
    balances: await client.all<Balance>('/v1/balances'),
    entries: (await client.all('/v1/ledger/entries')).length,
  };
}
