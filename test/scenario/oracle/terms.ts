export type Flow = 'aToB' | 'bToA';
export type Party = 'A' | 'B';
export const FLOWS: readonly Flow[] = ['aToB', 'bToA'];

export interface Tier {
  upTo: string | null;
  unitPrice: string;
  flatFee?: string;
}

/** Terms as they are proposed, with all that the oracle reads stated. */
export interface Terms {
  reconciliation: {
    bucket: string;
    scope: ('sourceRegion' | 'destinationRegion' | 'service')[];
    scopeValues: Record<string, string[]>;
    absoluteBytes: string;
    ppm: number;
    settledBytesRule: string;
    mismatchRule: string;
    oneSided: string;
  };
  days?: object;
  backBillingMonths: number;
  minimumDisputeAmount?: string;
  netting?: boolean;
  directions: Record<
    Flow,
    {
      zeroRating: { kind: string; quantity?: string; unit?: string; sourceRegions?: string[] };
      pricing: {
        model: string;
        unit?: string;
        payer?: 'sender' | 'receiver';
        unitPrice?: string;
        tiers?: Tier[];
      };
    }
  >;
  ratioExcess?: { ratio: string; unitPrice: string; unit: string };
  percentile?: {
    basis: string;
    commitMbps: string;
    commitPrice: string;
    overagePrice: string;
    payer: Party;
  };
  commitments?: { party: Party; amount: string }[];
}

/** Whole bytes in a unit. */
export const BYTES_IN: Record<string, bigint> = {
  GB: 1_000_000_000n,
  TB: 1_000_000_000_000n,
  GiB: 1_073_741_824n,
  TiB: 1_099_511_627_776n,
};

export function other(party: Party): Party {
  return party === 'A' ? 'B' : 'A';
}

export function senderOf(flow: Flow): Party {
  return flow === 'aToB' ? 'A' : 'B';
}
