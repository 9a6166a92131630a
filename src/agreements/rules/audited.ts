/** What an audited change says of the agreement that it belongs to. */
export interface AuditedAgreement<Party extends { id: string; code: string }> {
  agreement: string;
  parties: readonly [Party, Party];
}

/** That a change belongs to an agreement, and so concerns both parties. */
export function concerning<Party extends { id: string; code: string }>(agreement: {
  code: string;
  partyA: Party;
  partyB: Party;
}): AuditedAgreement<Party> {
  return { agreement: agreement.code, parties: [agreement.partyA, agreement.partyB] };
}
