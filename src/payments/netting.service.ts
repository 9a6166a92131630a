import { Injectable } from '@nestjs/common';
import { LedgerService } from '../ledger/index.js';
import { ProvidersService } from '../providers/index.js';
import { proposeNetting, type NetPosition, type NettingProposal } from './rules/netting.js';

/** How all positions in one currency could be cleared at once. */
export interface CurrencyNetting {
  currency: string;
  positions: (NetPosition & { disputed: bigint })[];
  /** Whether the positions add up to zero, as they must: what one owes another is owed. */
  isConserved: boolean;
  /** None where the positions are not conserved. */
  proposal: NettingProposal | null;
}

/** Multilateral netting: a report and a proposal, which changes nothing. */
@Injectable()
export class NettingService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly providers: ProvidersService,
  ) {}

  /** Net positions over all agreements, what is disputed left out, and the payments that would clear them. */
  async propose(currency: string | null): Promise<CurrencyNetting[]> {
    const byCurrency = new Map<string, CurrencyNetting['positions']>();
    for (const position of await this.ledger.bookPositions(currency)) {
      const provider = (await this.providers.findById(position.bookId))!.code;
      const positions = byCurrency.get(position.currency) ?? [];
      positions.push({ provider, net: position.net, disputed: position.disputed });
      byCurrency.set(position.currency, positions);
    }
    return [...byCurrency].map(([each, positions]) => {
      const isConserved = positions.reduce((sum, { net }) => sum + net, 0n) === 0n;
      positions.sort((a, b) => (a.provider < b.provider ? -1 : 1));
      return {
        currency: each,
        positions,
        isConserved,
        proposal: isConserved ? proposeNetting(positions) : null,
      };
    });
  }
}
