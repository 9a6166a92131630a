import type { StatementModel } from '../../../src/renderings/rules/statement-model.js';
import { issuedStatement } from '../../../src/settlement/rules/issued-statement.js';
import { sealStatement, statementDocument } from '../../../src/settlement/rules/statement-document.js';
import { input } from '../settlement/support.js';

export type Line = StatementModel['statement']['lines'][number];

export interface SampleOptions {
  lines?: readonly Partial<Line>[];
  names?: [string, string];
  days?: boolean;
  statement?: Partial<StatementModel['statement']>;
}

/** A statement of March 2026 between alpha and beta, with the given lines or one of 2,000.00. */
export function sampleModel({
  lines,
  names,
  days = true,
  statement = {},
}: SampleOptions = {}): StatementModel {
  const document = statementDocument(input());
  const base: Line = { id: 'line-0', ...document.lines[0]! };
  const issued = issuedStatement(document, {
    id: '01900000-0000-7000-8000-0000000000aa',
    lineIds: ['line-0'],
    sha256: sealStatement(document).sha256,
  });
  return {
    statement: {
      ...issued,
      lines: lines ? lines.map((line, index) => ({ ...base, id: `line-${index}`, ...line })) : issued.lines,
      ...statement,
    },
    parties: {
      A: { code: 'alpha', name: names?.[0] ?? 'Alpha Cloud Ltd', asns: [64500], billingCurrency: 'USD' },
      B: {
        code: 'beta',
        name: names?.[1] ?? 'Beta Networks SA',
        asns: [64501, 64502],
        billingCurrency: 'EUR',
      },
    },
    days: days ? sampleDays() : [],
  };
}

function sampleDays(): StatementModel['days'] {
  return Array.from({ length: 31 }, (_, index) => {
    const sent = 3_000_000_000_000n + BigInt(index * index) * 7_000_000_000n;
    const back = 1_000_000_000_000n - BigInt(index) * 11_000_000_000n;
    return {
      date: `2026-10-${String(index + 1).padStart(2, '0')}`,
      flows: {
        aToB: {
          sender: String(sent + BigInt(index % 5) * 10n ** 9n),
          receiver: String(sent),
          settled: String(sent),
        },
        bToA: {
          sender: String(back),
          receiver: String(back + BigInt(index % 3) * 10n ** 9n),
          settled: String(back),
        },
      },
    };
  });
}
