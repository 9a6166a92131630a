import { checkDetachedSignature, type FileCheck, type Finding } from '../platform/proof/index.js';
import { formFaultInEntryProof, formFaultInHead, formFaultInRecordProof } from './rules/file-form.js';
import {
  checkInclusion,
  checkRecordInclusion,
  checkSealHash,
  type EntryProof,
  type RecordProof,
  type SignedSeal,
} from './rules/proofs.js';
import { SEAL_TYPE } from './rules/seal.js';

/** Checks a ledger head as it was downloaded. */
export const ledgerHeadCheck: FileCheck = {
  kind: 'a ledger head',
  recognises: (content) => content.type === undefined && isHead(content.head),
  check: async (content, { keys }) => {
    const fault = formFaultInHead(content);
    if (fault) return malformed(fault);
    const seal = content as unknown as SignedSeal;
    return [checkSealHash(seal), await checkDetachedSignature(seal.head, seal, keys)];
  },
};

/** Checks that an entry is in the books that a ledger head seals. */
export const entryProofCheck: FileCheck = {
  kind: 'a proof of a ledger entry',
  recognises: (content) => content.type === 'peerledger-entry-proof' && isHead(content.head),
  check: async (content, { keys }) => {
    const fault = formFaultInEntryProof(content);
    if (fault) return malformed(fault);
    const proof = content as unknown as EntryProof;
    return [
      checkInclusion(proof),
      checkSealHash(proof),
      await checkDetachedSignature(proof.head, proof, keys),
    ];
  },
};

/** Checks that a record is among those that its batch stored. */
export const recordProofCheck: FileCheck = {
  kind: 'a proof of a traffic record',
  recognises: (content) => content.type === 'peerledger-record-proof',
  check: async (content, { keys }) => {
    const fault = formFaultInRecordProof(content);
    if (fault) return malformed(fault);
    const proof = content as unknown as RecordProof;
    return [checkRecordInclusion(proof), await checkDetachedSignature(proof.batch, proof, keys)];
  },
};

function isHead(head: unknown): boolean {
  return typeof head === 'object' && head !== null && (head as { type?: unknown }).type === SEAL_TYPE;
}

function malformed(detail: string): Finding[] {
  return [{ check: 'form', ok: false, detail }];
}
