import { defineProblems } from '../platform/problems/index.js';

export const integrityProblems = defineProblems({
  ledger_head_not_found: { status: 404, title: 'Ledger head not found' },
  traffic_record_not_found: { status: 404, title: 'Traffic record not found' },
  ledger_entry_not_found: { status: 404, title: 'Ledger entry not found' },
  ledger_entry_not_sealed: { status: 409, title: 'Ledger entry is not sealed yet' },
});
