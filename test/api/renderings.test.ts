import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { convert } from 'xmlbuilder2';
import { RenderingsService } from '../../src/renderings/renderings.service.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';

/** Without poppler a PDF cannot be read back here; `.ci/run` installs it. */
const poppler = (() => {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return it;
  } catch {
    return it.skip;
  }
})();

let market: Market;
let deal: Deal;
let statement: any;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  deal = await market.deal({
    timezone: 'Europe/Zurich',
    terms: {
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '1000', unit: 'GB' },
          pricing: {
            model: 'graduated',
            unit: 'GiB',
            tiers: [
              { upTo: '100', unitPrice: '0.0213' },
              { upTo: null, unitPrice: '0.0107', flatFee: '10.00' },
            ],
          },
        },
        bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.0333' } },
      },
      ratioExcess: { ratio: '2', unit: 'GB', unitPrice: '0.001' },
      commitments: [{ party: 'B', amount: '50.00' }],
    },
    prices: {
      a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }],
      b: [{ side: 'ingress', unit: 'GB', unitPrice: '0.15' }],
    },
  });
  await market.take(deal, deal.a, [
    hourly('r1', '05T00', '1500000000007', { customer: '=cmd|calc' }),
    hourly('r2', '06T00', '700000000000', { customer: 'shop, "17"' }),
    hourly('r3', '07T00', '333000000001', { direction: 'ingress' }),
  ]);
  await market.take(deal, deal.b, [
    hourly('r1', '05T00', '1500000000003', { direction: 'ingress', customer: '-lab' }),
    hourly('r3', '07T00', '333000000001'),
  ]);
  statement = await market.closePeriod(deal);
});

afterAll(() => market.close());

const get = (end: string, key: string, headers?: Record<string, string>): Promise<TestAnswer> =>
  market.request('GET', `/v1/statements/${statement.id}${end}`, { key, ...(headers && { headers }) });

/** Adds amounts of USD up, exactly. */
function sum(amounts: Iterable<string | number | null>): string {
  let cents = 0n;
  for (const amount of amounts) {
    if (amount === null || amount === '') continue;
    const [whole, part = ''] = String(amount).replace('-', '').split('.');
    const value = BigInt(whole!) * 100n + BigInt(part.padEnd(2, '0'));
    cents += String(amount).startsWith('-') ? -value : value;
  }
  const text = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}

const csvOf = async (end: string, key: string): Promise<Record<string, string>[]> =>
  parse(expectStatus(await get(end, key), 200).bytes, { columns: true });

/** What A and B pay, and who pays the net. */
interface Totals {
  byA: string;
  byB: string;
  net: string;
}

const ROUTES = [
  '.json',
  '.csv',
  '.focus.csv',
  '.ubl.xml',
  '.pdf',
  '.xlsx',
  '.journal',
  '.journal.csv',
  '/credits.xlsx',
  '/credits.csv',
  '/credits.focus.csv',
];

describe('the same statement', () => {
  let issued: Totals;
  beforeAll(() => {
    issued = { byA: statement.payableByA, byB: statement.payableByB, net: statement.net.amount };
    expect(issued.byA).not.toBe('0.00');
    expect(issued.byB).toBe('50.00');
    expect(statement.lines.map(({ kind }: any) => kind)).toEqual([
      'usage',
      'usage',
      'usage',
      'flat_fee',
      'ratio_excess',
      'true_up',
    ]);
  });

  const totalsOf = (rows: { payer: string; amount: string | number | null }[]): Totals => {
    const paidBy = (code: string): string =>
      sum(rows.filter(({ payer }) => payer === code).map(({ amount }) => amount));
    const [byA, byB] = [paidBy(deal.a.code), paidBy(deal.b.code)];
    return { byA, byB, net: sum([byA, `-${byB}`]).replace('-', '') };
  };

  it('has its totals in CSV', async () => {
    expect(totalsOf((await csvOf('.csv', deal.a.key)) as any)).toEqual(issued);
  });

  it('has its totals in FOCUS', async () => {
    const rows = await csvOf('.focus.csv', deal.b.key);
    const paid = rows.map((row) => ({ payer: row.BillingAccountId!, amount: row.BilledCost! }));
    expect(totalsOf(paid)).toEqual(issued);
  });

  poppler('has its totals in PDF', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'renderings-')), 'statement.pdf');
    writeFileSync(file, expectStatus(await get('.pdf', deal.a.key), 200).bytes);
    const text = execFileSync('pdftotext', ['-layout', file, '-'])
      .toString('utf8')
      .replace(/(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))/g, '');
    const payable = (code: string): string =>
      new RegExp(`Payable by ${code} +(-?[\\d.]+) +USD`).exec(text)![1]!;
    const rows = [...text.matchAll(/^ *\d+ +.* (-?\d+\.\d\d) +(\S+)$/gm)];
    expect(totalsOf(rows.map(([, amount, payer]) => ({ amount: amount!, payer: payer! })))).toEqual(issued);
    expect([payable(deal.a.code), payable(deal.b.code)]).toEqual([issued.byA, issued.byB]);
    expect(text).toContain(`pays ${statement.net.payee} ${issued.net} USD`);
  });

  it('has its totals in XLSX', async () => {
    const { bytes } = expectStatus(await get('.xlsx', deal.a.key), 200);
    const { sheets } = await readXlsx(bytes);
    expect(sheets.map(({ name }) => name)).toEqual(['Summary', 'Lines', 'Reconciliation', 'Credits']);
    const [head, ...rows] = sheets[1]!.rows as (string | number | null)[][];
    const column = (name: string): number => head!.indexOf(name);
    const lines = rows.map((row) => ({
      payer: String(row[column('Payer')]),
      amount: row[column('Amount')]!,
    }));
    expect(totalsOf(lines)).toEqual(issued);
    expect(rows.every((row) => typeof row[column('Amount')] === 'number')).toBe(true);
    expect(rows.flatMap((row) => row[column('Bytes')] ?? []).every((cell) => typeof cell === 'string')).toBe(
      true,
    );
    const summary = new Map(sheets[0]!.rows.map((row) => [row[0], row[1]]));
    expect(summary.get('Net of the period')).toBe(Number(issued.net));
    expect(summary.get(`Payable by ${deal.a.code}`)).toBe(Number(issued.byA));
    const credited = (await get('/credits', deal.a.key)).body.totals.amount;
    expect(summary.get('Credited in USD')).toBe(Number(credited));
  });

  it('has its totals in UBL, as an invoice of who is paid and a self-billed one of who pays', async () => {
    const types = new Set<string>();
    for (const key of [deal.a.key, deal.b.key, market.operatorKey]) {
      const { text } = expectStatus(await get('.ubl.xml', key), 200);
      const { Invoice: invoice } = convert(text, { format: 'object' }) as any;
      types.add(invoice['cbc:InvoiceTypeCode']);
      const supplier =
        invoice['cac:AccountingSupplierParty']['cac:Party']['cac:PartyIdentification']['cbc:ID'];
      expect(supplier).toBe(statement.net.payee);
      const lines = invoice['cac:InvoiceLine'].map((line: any) => line['cbc:LineExtensionAmount']['#']);
      const totals = invoice['cac:LegalMonetaryTotal'];
      expect(sum(lines)).toBe(issued.net);
      for (const name of [
        'LineExtensionAmount',
        'TaxExclusiveAmount',
        'TaxInclusiveAmount',
        'PayableAmount',
      ]) {
        expect(totals[`cbc:${name}`]).toEqual({ '@currencyID': 'USD', '#': issued.net });
      }
      const units = invoice['cac:InvoiceLine'].map((line: any) => line['cbc:InvoicedQuantity']['@unitCode']);
      expect(units).toEqual(['E62', 'E62', 'E34', 'C62', 'E34', 'C62']);
    }
    expect([...types].sort()).toEqual(['380', '389']);
  });

  it('has its totals in both books’ journals', async () => {
    for (const [own, payable, receivable] of [
      [deal.a, issued.byA, issued.byB],
      [deal.b, issued.byB, issued.byA],
    ] as const) {
      const rows = await csvOf('.journal.csv', own.key);
      const on = (account: string, side: 'debit' | 'credit'): string =>
        sum(rows.filter((row) => row.account === account).map((row) => row[side]!));
      expect([on('payable', 'credit'), on('settlement_cost', 'debit')]).toEqual([payable, payable]);
      expect([on('receivable', 'debit'), on('settlement_revenue', 'credit')]).toEqual([
        receivable,
        receivable,
      ]);
      expect(sum(rows.map(({ debit }) => debit!))).toBe(sum(rows.map(({ credit }) => credit!)));
      expect(new Set(rows.map(({ external_id }) => external_id)).size).toBe(rows.length);
      const credited = (await get('/credits', own.key)).body.totals.amount;
      expect(on('customer_credits', 'credit')).toBe(credited);
      const { text } = await get('.journal', own.key);
      const posted = [...text.matchAll(/^ {4}liabilities:payable\S+ {2}USD -(.+)$/gm)].map(
        ([, amount]) => amount!,
      );
      expect(sum(posted)).toBe(payable);
    }
  });

  const hledger = (() => {
    try {
      execFileSync('hledger', ['--version']);
      return it;
    } catch {
      return it.skip;
    }
  })();

  hledger('has journals that `hledger check --strict` accepts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    for (const { key, code } of [deal.a, deal.b]) {
      const file = join(folder, `${code}.journal`);
      writeFileSync(file, (await get('.journal', key)).bytes);
      execFileSync('hledger', ['check', '--strict', '-f', file]);
      const balance = execFileSync('hledger', [
        'balance',
        '-f',
        file,
        '-N',
        '-O',
        'csv',
        'liabilities:payable',
      ]);
      expect(String(balance)).toContain(`USD -${code === deal.a.code ? issued.byA : issued.byB}`);
    }
  });
});

describe('a rendering', () => {
  it('is sent with its hash, a safe name, and not again to whom has it', async () => {
    for (const end of ROUTES) {
      const first = expectStatus(await get(end, deal.a.key), 200);
      const sha256 = createHash('sha256').update(first.bytes).digest();
      expect(first.headers.get('etag')).toBe(`"${sha256.toString('hex')}"`);
      expect(first.headers.get('repr-digest')).toBe(`sha-256=:${sha256.toString('base64')}:`);
      expect(first.headers.get('content-length')).toBe(String(first.bytes.length));
      expect(first.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z0-9.-]+"$/);
      expect(first.headers.get('cache-control')).toBe('private, no-cache');
      const again = await get(end, deal.a.key, { 'If-None-Match': first.headers.get('etag')! });
      expect({ end, status: again.status, text: again.text }).toEqual({ end, status: 304, text: '' });
    }
  });

  it('stays as it was first made, whoever makes it again', async () => {
    const before = await Promise.all(ROUTES.map(async (end) => (await get(end, deal.b.key)).bytes));
    const tenant = await market.acting(RenderingsService).askedFor(statement.id);
    await market.acting(RenderingsService, tenant).makeAll(statement.id, () => Promise.resolve());
    const after = await Promise.all(ROUTES.map(async (end) => (await get(end, deal.b.key)).bytes));
    after.forEach((bytes, index) => expect(bytes.equals(before[index]!)).toBe(true));
  });

  it('shows nobody the other’s customers or credits', async () => {
    for (const end of ROUTES.filter((each) => !/xlsx|pdf/.test(each))) {
      expect((await get(end, deal.b.key)).text).not.toContain('cmd|calc');
    }
    const { sheets } = await readXlsx((await get('.xlsx', deal.b.key)).bytes);
    expect(JSON.stringify(sheets)).not.toContain('cmd|calc');
    expect(JSON.stringify(sheets)).toContain('-lab');
    const operators = await readXlsx((await get('.xlsx', market.operatorKey)).bytes);
    expect(operators.sheets.map(({ name }) => name)).toEqual(['Summary', 'Lines', 'Reconciliation']);
    for (const end of ['.journal', '.journal.csv', '/credits.xlsx', '/credits.csv', '/credits.focus.csv']) {
      expectProblem(await get(end, market.operatorKey), 403, 'not_a_party');
    }
    const stranger = (await market.deal()).a;
    for (const end of ROUTES) expectProblem(await get(end, stranger.key), 404, 'statement_not_found');
  });

  it('is open to safe reading: no text of a customer is a formula, and negative amounts are numbers', async () => {
    const customers = (await csvOf('/credits.csv', deal.a.key)).map(({ customer }) => customer);
    expect(customers.sort()).toEqual(["'=cmd|calc", 'shop, "17"']);
    const focus = await csvOf('/credits.focus.csv', deal.a.key);
    expect(focus.map(({ BillingAccountId }) => BillingAccountId).sort()).toEqual(customers);
    expect(focus.every(({ BilledCost }) => /^-\d+\.\d\d$/.test(BilledCost!))).toBe(true);
    const { totals } = (await get('/credits', deal.a.key)).body;
    expect(sum(focus.map(({ BilledCost }) => BilledCost!))).toBe(`-${totals.amount}`);
    const { sheets } = await readXlsx((await get('/credits.xlsx', deal.a.key)).bytes);
    expect(
      sheets[0]!.rows
        .slice(1)
        .map(([customer]) => customer)
        .sort(),
    ).toEqual(customers);
    expect(totals.sinceAgreementBegan).toEqual([{ currency: 'USD', amount: totals.amount }]);
  });
});

describe('a rendering that takes long', () => {
  it('is a job with its progress, and there when that is done', async () => {
    const [provider] = await market.database.query<{ id: string }>(
      'SELECT id FROM providers WHERE code = $1',
      [deal.b.code],
    );
    await market.database.query(
      `INSERT INTO credits (agreement_id, statement_id, provider_id, position, id, customer, direction, side, bytes, unit,
         unit_price, price_from, amount, currency, period)
       SELECT s.agreement_id, s.id, $2, 1000 + n, gen_random_uuid(), 'many-' || n, 'aToB', 'ingress', 1, 'GB', '0.15',
              now(), 0, 'USD', s.period
         FROM statements s, generate_series(1, 12000) n WHERE s.id = $1`,
      [statement.id, provider!.id],
    );
    const other = await market.closePeriod(deal, '2025-04');
    await market.database.query(
      `UPDATE credits SET statement_id = $2 WHERE statement_id = $1 AND customer LIKE 'many-%'`,
      [statement.id, other.id],
    );
    const ask = async (path: string): Promise<any> => market.request('GET', path, { key: deal.b.key });
    const take = async (path: string): Promise<Buffer> => {
      const sent = expectStatus(await ask(path), 200);
      const sha256 = createHash('sha256').update(sent.bytes).digest();
      expect(sent.headers.get('etag')).toBe(`"${sha256.toString('hex')}"`);
      expect(sent.headers.get('repr-digest')).toBe(`sha-256=:${sha256.toString('base64')}:`);
      return sent.bytes;
    };
    const bytesOf: Record<string, Buffer> = {};
    for (const end of ['xlsx', 'csv']) {
      const path = `/v1/statements/${other.id}/credits.${end}`;
      const asked = expectStatus(await ask(path), 202);
      expect(asked.headers.get('retry-after')).toBe('1');
      const job = asked.headers.get('location')!;
      expect(await market.job(job.split('/').at(-1)!, deal.b.key)).toMatchObject({
        state: 'completed',
        progress: { done: 12000, total: 12000 },
        result: { url: path },
      });
      bytesOf[end] = await take(path);
      expectProblem(await market.request('GET', job, { key: deal.a.key }), 404, 'job_not_found');
    }
    // What nobody has asked for yet is made ahead, however long.
    const tenant = await market.acting(RenderingsService).askedFor(other.id);
    await market.acting(RenderingsService, tenant).makeAll(other.id, () => Promise.resolve());
    bytesOf['focus.csv'] = await take(`/v1/statements/${other.id}/credits.focus.csv`);
    const { sheets } = await readXlsx(bytesOf['xlsx']!);
    expect(sheets[0]!.rows).toHaveLength(12_001);
    for (const end of ['csv', 'focus.csv']) {
      expect(bytesOf[end]!.toString('utf8').trimEnd().split('\r\n')).toHaveLength(12_001);
    }
  });
});

describe('a void statement', () => {
  it('has a journal that takes back what its own one booked', async () => {
    expectProblem(await get('/reversal.journal', deal.a.key), 409, 'statement_not_void');
    const made = await market.deal({
      terms: { directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } }, bToA: {} } },
    });
    await market.take(made, made.a, [hourly('r1', '05T00', '5000000000')]);
    await market.take(made, made.b, [hourly('r1', '05T00', '5000000000', { direction: 'ingress' })]);
    const { id } = await market.closePeriod(made);
    const headers = { 'If-Match': '*' };
    const body = { reason: 'wrong' };
    const key = market.operatorKey;
    expectStatus(await market.request('POST', `/v1/statements/${id}/void`, { key, headers, body }), 200);
    const rows = async (end: string): Promise<Record<string, string>[]> => {
      const answer = await market.request('GET', `/v1/statements/${id}${end}`, { key: made.b.key });
      return parse(expectStatus(answer, 200).bytes, { columns: true });
    };
    const booked = (await rows('.journal.csv')).map(({ account, debit, credit }) => [account, debit, credit]);
    const back = await rows('/reversal.journal.csv');
    expect(booked).toEqual([
      ['receivable', '5.00', ''],
      ['settlement_revenue', '', '5.00'],
    ]);
    expect(back.map(({ account, debit, credit }) => [account, debit, credit])).toEqual([
      ['settlement_revenue', '5.00', ''],
      ['receivable', '', '5.00'],
    ]);
    expect(back[0]!.external_id).toMatch(/\/void\/debit$/);
    const text = await market.request('GET', `/v1/statements/${id}/reversal.journal`, { key: made.b.key });
    expect(text.text).toMatch(/^\d{4}-\d\d-\d\d \* \(.*\) Void: /m);
  });
});
