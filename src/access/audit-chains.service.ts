import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../platform/database/index.js';
import {
  EMPTY_CHAIN,
  faultInEvent,
  faultInHead,
  type AuditFault,
  type AuditHead,
} from './rules/verify-audit.js';
import { findAuditHead } from './sql/find-audit-head.js';
import { listAuditChains } from './sql/list-audit-chains.js';
import { readAuditChain } from './sql/read-audit-chain.js';

/** Bounds what is held in memory. */
const EVENTS_A_READ = 1_000;

/** What came of checking chains of the log, up to the first that is broken. */
export interface AuditVerification {
  events: number;
  /** The first broken link: its chain, as the code of a provider or null for the operator's, and where. */
  firstProblem: (AuditFault & { provider: string | null }) | null;
}

/** Checks the log's chains from their stored bytes. */
@Injectable()
export class AuditChainsService {
  constructor(private readonly database: Database) {}

  /** Checks the chain of one provider, or with null all there are; each in a snapshot of its own. */
  async verify(providerId: string | null): Promise<AuditVerification> {
    const all = await listAuditChains(this.database);
    const chains = providerId === null ? all : all.filter(({ chainId }) => chainId === providerId);
    let events = 0;
    for (const { chainId, provider } of chains) {
      const { last, fault } = await this.database.snapshot((tx) => verifyChain(tx, chainId));
      events += Number(last.sequence);
      if (fault) return { events, firstProblem: { ...fault, provider } };
    }
    return { events, firstProblem: null };
  }
}

async function verifyChain(
  tx: Transaction,
  chainId: string,
): Promise<{ last: AuditHead; fault: AuditFault | null }> {
  let last = EMPTY_CHAIN;
  for (;;) {
    const events = await readAuditChain(
      tx,
      chainId,
      last === EMPTY_CHAIN ? null : last.sequence,
      EVENTS_A_READ,
    );
    for (const event of events) {
      const fault = faultInEvent(last, event);
      if (fault) return { last, fault };
      last = event;
    }
    if (events.length < EVENTS_A_READ) break;
  }
  return { last, fault: faultInHead(last, await findAuditHead(tx, chainId)) };
}
