import { pdfmake, type Content, type DocumentDefinition, type TableLayout } from './pdfmake.js';
import { formatLocal } from '../../../period/index.js';
import type { Copy } from '../../rules/copy.js';
import type { PostalAddress } from '../../../providers/index.js';
import { legalNameOf, linesOf, type PartyDetails, type StatementModel } from '../../rules/statement-model.js';
import { CHART_WIDTH, differenceChart, trafficChart, type Chart } from './charts.js';
import { anyScript, FONT_FILES, FONTS } from './fonts.js';
import { breakable, disputesPart, grouped, linesTable, trafficTable } from './tables.js';

pdfmake.setFonts(FONTS);
// A document reads its fonts, and nothing else from this machine or any other.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path: string) => FONT_FILES.has(path));

/** Lines above and below the heads and at the end; thin ones between rows. The first row is the heading. */
const LAYOUT: TableLayout = {
  hLineWidth: (row, node) => {
    if (row === 0) return 0;
    return row <= 2 || row === node.table.body.length ? 0.8 : 0.25;
  },
  vLineWidth: () => 0,
  hLineColor: () => '#9aa7b8',
  paddingLeft: () => 3,
  paddingRight: () => 3,
  paddingTop: () => 2.5,
  paddingBottom: () => 2.5,
};

pdfmake.setTableLayouts({ statement: LAYOUT });

/** Of a letterhead: half of what an A4 page has between its margins, less half the gap. */
const LETTERHEAD_GAP_PT = 24;
const LETTERHEAD_WIDTH_PT = (515 - LETTERHEAD_GAP_PT) / 2;
const FONT_SIZE = 8.5;

/** As many lines are kept on one page with their totals. */
const LINES_ON_ONE_PAGE_MAX = 20;

const BLUE = '#1f3a5f';
const PALE = '#eef2f7';

/**
 * A statement set for reading and filing: letterheads, who pays what by when, traffic with its charts, every
 * line, and the hash. PDF/A-3b, and the same bytes whenever it is made: its dates are those of the issue.
 */
export async function renderPdf(copy: Copy): Promise<Buffer> {
  return pdfmake.createPdf(definition(copy)).getBuffer();
}

function definition(copy: Copy): DocumentDefinition {
  const { statement } = copy.model;
  const issuedAt = new Date(statement.issuedAt);
  return {
    version: '1.7',
    subset: 'PDF/A-3b',
    language: 'en',
    pageSize: 'A4',
    pageMargins: [40, 46, 40, 62],
    info: {
      title: statement.number,
      author: 'peerledger',
      subject: `Settlement of ${statement.agreement}, ${statement.period}`,
      creationDate: issuedAt,
      modDate: issuedAt,
    },
    defaultStyle: { font: 'latin', fontSize: FONT_SIZE, lineHeight: 1.15 },
    styles: {
      title: { fontSize: 17, bold: true, color: BLUE },
      section: { fontSize: 11, bold: true, color: BLUE, margin: [0, 12, 0, 4] },
      head: { bold: true, color: BLUE },
      table: { fontSize: 7 },
      small: { fontSize: 6.5, color: '#5a6675' },
    },
    header: (page) =>
      page === 1
        ? null
        : { text: `${statement.number}, ${statement.period}`, style: 'small', margin: [40, 24, 40, 0] },
    footer: (page, pages) => ({
      margin: [40, 10, 40, 0],
      stack: [
        {
          columns: [
            { text: statement.notice, style: 'small' },
            { text: `Page ${page} of ${pages}`, style: 'small', alignment: 'right', width: 80 },
          ],
        },
        { text: `SHA-256 ${statement.sha256}`, style: 'small' },
      ],
    }),
    content: body(copy),
  };
}

function body(copy: Copy): Content[] {
  const { model } = copy;
  return [
    {
      columns: [letterhead('Party A', model.parties.A), letterhead('Party B', model.parties.B)],
      columnGap: LETTERHEAD_GAP_PT,
    },
    { text: `Statement ${model.statement.number}`, style: 'title', margin: [0, 16, 0, 6] },
    facts(model),
    summaryBox(model),
    ...creditsBox(copy),
    { unbreakable: true, stack: [trafficTable(model)] },
    ...charts(model),
    charges(model),
    ...disputesPart(model),
    ...proof(model),
  ];
}

function letterhead(role: string, party: PartyDetails): Content {
  const { code, asns, billingCurrency, business } = party;
  const ids = [
    business?.registrationId && `Registered as ${business.registrationId}`,
    business?.vatId && `VAT ${business.vatId}`,
  ].filter((text): text is string => Boolean(text));
  const inLetterhead = { width_pt: LETTERHEAD_WIDTH_PT, fontSize: FONT_SIZE };
  return {
    stack: [
      { text: role, style: 'small' },
      anyScript(legalNameOf(party), { ...inLetterhead, fontSize: 12, bold: true }),
      breakable(code),
      ...[...addressLines(business?.address ?? null), ...ids].map((line) => anyScript(line, inLetterhead)),
      { text: `${asns.map((asn) => `AS${asn}`).join(', ')}` },
      { text: `Bills in ${billingCurrency}`, style: 'small' },
    ],
  };
}

/** An address as it is written on a letter, the country last. */
function addressLines(address: PostalAddress | null): string[] {
  if (!address) return [];
  const { street, additionalStreet, city, postalZone, countrySubentity, country } = address;
  const town = [postalZone, city, countrySubentity].filter((part) => part !== null).join(' ');
  return [street, ...(additionalStreet === null ? [] : [additionalStreet]), town, country];
}

function facts({ statement }: StatementModel): Content {
  const local = (instant: string): string =>
    formatLocal(Date.parse(instant), statement.timezone).slice(0, 16).replace('T', ' ');
  const left: [string, string][] = [
    ['Agreement', `${statement.agreement}, version ${statement.version}`],
    ['Period', statement.period],
    ['From', local(statement.periodStart)],
    ['To', local(statement.periodEnd)],
  ];
  const right: [string, string][] = [
    ['Issued', local(statement.issuedAt)],
    ['Acceptance due', local(statement.acceptanceDue)],
    ['Disputable until', local(statement.disputableUntil)],
    ['Times in', statement.timezone],
  ];
  const list = (pairs: [string, string][]): Content => ({
    table: {
      widths: [78, '*'],
      body: pairs.map(([name, value]) => [{ text: name, color: '#5a6675' }, breakable(value)]),
    },
    layout: { defaultBorder: false, paddingTop: () => 0.5, paddingBottom: () => 0.5, paddingLeft: () => 0 },
  });
  return { columns: [list(left), list(right)], columnGap: 24 };
}

/** Who pays what by when, and what is owed by all statements together. */
function summaryBox({ statement }: StatementModel): Content {
  const { net, currency, partyA, partyB } = statement;
  const due = formatLocal(Date.parse(statement.paymentDue) - 1, statement.timezone).slice(0, 10);
  const sentence =
    net.payer === null
      ? 'Nothing is due for this period.'
      : `${net.payer} pays ${net.payee} ${grouped(net.amount)} ${currency} by ${due}.`;
  const owes = (signed: string): string => {
    if (/^-?0(\.0*)?$/.test(signed)) return `${signed.replace('-', '')} ${currency}`;
    const [debtor, creditor] = signed.startsWith('-') ? [partyB, partyA] : [partyA, partyB];
    return `${debtor} owes ${creditor} ${grouped(signed.replace('-', ''))} ${currency}`;
  };
  const paid = statement.paymentsSince;
  const payments = /^-?0(\.0*)?$/.test(paid)
    ? 'none'
    : `${paid.startsWith('-') ? partyB : partyA} paid ${grouped(paid.replace('-', ''))} ${currency}`;
  return box([
    { text: sentence, fontSize: 12, bold: true, color: BLUE, margin: [0, 0, 0, 4] },
    { text: `Before: ${owes(statement.openingBalance)}. Payments since: ${payments}.` },
    { text: `After this statement: ${owes(statement.closingBalance)}.` },
  ]);
}

/** What the reader's own customers get; in its own copy only. */
function creditsBox({ model, viewer }: Copy): Content[] {
  if (!viewer) return [];
  const { count, amount, currency, unpricedBytes, sinceAgreementBegan } = viewer.credits;
  const since = sinceAgreementBegan.map((each) => `${grouped(each.amount)} ${each.currency}`).join(', ');
  const lines = [
    `Credits to the customers of ${model.parties[viewer.side].code}: ${grouped(amount)} ${currency} in ${count} credits.`,
    ...(since === '' ? [] : [`Their savings since the agreement began: ${since}.`]),
    ...(unpricedBytes === '0'
      ? []
      : [`Not credited yet for want of a price: ${grouped(unpricedBytes)} bytes.`]),
  ];
  return [box(lines.map((text) => ({ text })))];
}

function box(stack: Content[]): Content {
  return {
    table: { widths: ['*'], body: [[{ stack, fillColor: PALE, margin: [6, 5, 6, 5] }]] },
    layout: { hLineWidth: () => 0, vLineWidth: () => 0 },
    margin: [0, 10, 0, 0],
  };
}

/** The lines and their totals: a few of them on one page, many across pages. */
function charges(model: StatementModel): Content {
  const isShort = linesOf(model).length <= LINES_ON_ONE_PAGE_MAX;
  return { unbreakable: isShort, stack: [linesTable(model)] };
}

function charts(model: StatementModel): Content[] {
  if (model.days.length === 0) return [];
  const drawn = (title: string, { svg, unit }: Chart): Content => ({
    stack: [
      { text: `${title}, ${unit} a day`, bold: true, margin: [0, 8, 0, 2] },
      { svg, width: CHART_WIDTH, font: 'latin' },
    ],
    unbreakable: true,
  });
  return [
    drawn('Settled traffic', trafficChart(model)),
    drawn('What the sender measured beyond the receiver', differenceChart(model)),
  ];
}

/** How the figures came about and how to check that nothing was changed. */
function proof({ statement }: StatementModel): Content[] {
  const { rules, counts } = statement;
  const buckets = Object.entries(counts.buckets).map(
    ([status, count]) => `${count} ${status.replaceAll('_', ' ')}`,
  );
  const records = Object.entries(counts.records).map(([party, count]) => `${count} of ${party}`);
  return [
    {
      unbreakable: true,
      stack: [
        { text: 'How it was settled', style: 'section' },
        {
          text:
            `Compared by ${rules.bucket}, tolerance ${rules.absoluteBytes} bytes or ${rules.ppm} ppm; within it ` +
            `${rules.settledBytesRule}, beyond it ${rules.mismatchRule}, one side missing ${rules.oneSided.replaceAll('_', ' ')}.`,
        },
        { text: `Buckets: ${buckets.join(', ')}. Records: ${records.join(', ')}.` },
        breakable(`SHA-256 of the statement before: ${statement.previousSha256 ?? 'none'}`),
      ],
    },
  ];
}
