import { create } from 'xmlbuilder2';
import type { Side } from '../../agreements/index.js';
import { amountOf, formatAmount, parseAmount, parseDecimal } from '../../money/index.js';
import { formatLocal, nextPeriod, periodBounds } from '../../period/index.js';
import { payerAndPayee, type Copy } from '../rules/copy.js';
import { describe } from '../rules/focus-charges.js';
import type { PostalAddress } from '../../providers/index.js';
import {
  legalNameOf,
  linesOf,
  sideOfCode,
  type RenderedLine,
  type StatementModel,
} from '../rules/statement-model.js';

/** UNTDID 1001: a commercial invoice, a credit note, or an invoice that its payer makes out. */
type TypeCode = '380' | '381' | '389';

const NAMESPACES = {
  '@xmlns:cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  '@xmlns:cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
};
const PEPPOL = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc';
/** UN/ECE recommendation 20; what is counted in no unit of traffic is counted in ones. */
const UNIT_CODES: Record<string, string> = {
  GB: 'E34',
  TB: 'E35',
  PB: 'E36',
  PiB: 'E60',
  TiB: 'E61',
  GiB: 'E62',
  Mbps: 'E20',
};
const ONE = 'C62';

/** A line as the document has it: signed as its payer sees it, the price never negative. */
interface DocumentLine {
  line: RenderedLine | null;
  /** Minor units. */
  amount: bigint;
  quantity: string;
  unitCode: string;
  price: string;
}

/**
 * A statement in UBL 2.1 with the structure of Peppol BIS Billing 3: who pays the net is the customer, lines
 * that the other pays count against it, and every total is the sum of rounded lines. The payer's own copy is a
 * self-billed invoice; a statement that only takes back what was charged is a credit note of whoever was paid.
 * What a party has not given of its address, registration and endpoint is left out, although Peppol asks for address
 * and endpoint (BR-08, BR-10, PEPPOL-EN16931-R010, R020). No tax category is derived: all is `O`, not subject to VAT,
 * with which no party may have a VAT identifier (BR-O-02): those that are known stand in the note. A line has no period
 * of its own, since that of an adjustment lies before the document's (PEPPOL-EN16931-R110).
 */
export function renderUbl({ model, viewer }: Copy): Buffer {
  const { payer, payee } = payerAndPayee(model);
  const isCreditNote = onlyTakesBack(model);
  // Who is owed the net of a credit note is the customer, from whom too much was taken.
  const [supplier, customer] = isCreditNote ? [payer, payee] : [payee, payer];
  const typeCode: TypeCode = isCreditNote ? '381' : viewer?.side === payer ? '389' : '380';
  const document = documentOf(model, typeCode, supplier, customer);
  const [root, namespace] = isCreditNote ? ['CreditNote', 'CreditNote-2'] : ['Invoice', 'Invoice-2'];
  const xmlns = `urn:oasis:names:specification:ubl:schema:xsd:${namespace}`;
  const xml = create(
    { version: '1.0', encoding: 'UTF-8' },
    { [root]: { '@xmlns': xmlns, ...NAMESPACES, ...document } },
  );
  return Buffer.from(`${xml.end({ prettyPrint: true })}\n`);
}

/** Whether there are lines, and all of them give back to one party what it was charged before. */
function onlyTakesBack(model: StatementModel): boolean {
  const lines = linesOf(model).filter(({ amount }) => !/^-?0(\.0*)?$/.test(amount));
  const payers = new Set(lines.map(({ payer }) => payer));
  return (
    payers.size === 1 && lines.every(({ kind, amount }) => kind === 'adjustment' && amount.startsWith('-'))
  );
}

function documentOf(model: StatementModel, typeCode: TypeCode, supplier: Side, customer: Side): object {
  const { statement } = model;
  const isCreditNote = typeCode === '381';
  // A credit note is of charges below 0: what it takes back of the customer's counts as if the supplier paid it.
  const lines = documentLines(model, isCreditNote ? supplier : customer);
  const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const money = (minor: bigint): object => ({
    '@currencyID': statement.currency,
    '#': formatAmount(minor, statement.currency),
  });
  const profile = typeCode === '389' ? 'selfbilling' : 'billing';
  return {
    'cbc:CustomizationID': `${PEPPOL}:${profile}:3.0`,
    'cbc:ProfileID': `urn:fdc:peppol.eu:2017:poacc:${profile}:01:1.0`,
    'cbc:ID': statement.number,
    'cbc:IssueDate': localDate(statement.issuedAt, statement.timezone),
    ...(!isCreditNote && { 'cbc:DueDate': lastDayBefore(statement.paymentDue, statement.timezone) }),
    [isCreditNote ? 'cbc:CreditNoteTypeCode' : 'cbc:InvoiceTypeCode']: typeCode,
    'cbc:Note': note(model),
    'cbc:DocumentCurrencyCode': statement.currency,
    'cbc:BuyerReference': statement.agreement,
    'cac:InvoicePeriod': period(statement.period),
    ...(isCreditNote && { 'cac:BillingReference': correctedStatements(model) }),
    'cac:ContractDocumentReference': { 'cbc:ID': `${statement.agreement} version ${statement.version}` },
    'cac:AccountingSupplierParty': party(model, supplier),
    'cac:AccountingCustomerParty': party(model, customer),
    'cac:PaymentTerms': { 'cbc:Note': `Due at ${statement.paymentDue}` },
    'cac:TaxTotal': {
      'cbc:TaxAmount': money(0n),
      'cac:TaxSubtotal': {
        'cbc:TaxableAmount': money(total),
        'cbc:TaxAmount': money(0n),
        'cac:TaxCategory': {
          'cbc:ID': 'O',
          'cbc:TaxExemptionReason': statement.notice,
          'cac:TaxScheme': { 'cbc:ID': 'VAT' },
        },
      },
    },
    'cac:LegalMonetaryTotal': {
      'cbc:LineExtensionAmount': money(total),
      'cbc:TaxExclusiveAmount': money(total),
      'cbc:TaxInclusiveAmount': money(total),
      'cbc:PayableAmount': money(total),
    },
    [isCreditNote ? 'cac:CreditNoteLine' : 'cac:InvoiceLine']: lines.map((line, index) =>
      lineOf(line, index, isCreditNote, money),
    ),
  };
}

/** All that is said in words: a document has one note (PEPPOL-EN16931-R002). */
function note({ statement, parties }: StatementModel): string {
  const ids = [parties.A, parties.B].flatMap(({ code, business }) =>
    business?.vatId ? [`${code} ${business.vatId}`] : [],
  );
  const known = ids.length > 0 ? ` VAT identifiers: ${ids.join(', ')}.` : '';
  return `${statement.notice}${known} SHA-256 ${statement.sha256}`;
}

/** The lines, positive where `positive` pays. */
function documentLines(model: StatementModel, positive: Side): DocumentLine[] {
  const { currency } = model.statement;
  const lines = linesOf(model).map((line): DocumentLine => {
    const minor = parseAmount(line.amount, currency);
    const isPositive = sideOfCode(model, line.payer) === positive;
    return { line, amount: isPositive ? minor : -minor, ...priced(line, minor, isPositive, currency) };
  });
  // A document needs a line, and a month without charges has none.
  return lines.length > 0 ? lines : [{ line: null, amount: 0n, quantity: '1', unitCode: ONE, price: '0' }];
}

/** Quantity and price that multiply out to the amount; one of the amount itself where the line's own do not. */
function priced(
  { quantity, unit, unitPrice }: RenderedLine,
  minor: bigint,
  isPositive: boolean,
  currency: string,
): Pick<DocumentLine, 'quantity' | 'unitCode' | 'price'> {
  const magnitude = minor < 0n ? -minor : minor;
  const count = quantity.replace('-', '');
  const sign = minor !== 0n && minor < 0n === isPositive ? '-' : '';
  if (
    !unitPrice.startsWith('-') &&
    amountOf(parseDecimal(count), parseDecimal(unitPrice), currency) === magnitude
  ) {
    return { quantity: sign + count, unitCode: UNIT_CODES[unit] ?? ONE, price: unitPrice };
  }
  return { quantity: `${sign}1`, unitCode: ONE, price: formatAmount(magnitude, currency) };
}

function lineOf(
  { line, amount, quantity, unitCode, price }: DocumentLine,
  index: number,
  isCreditNote: boolean,
  money: (minor: bigint) => object,
): object {
  const currency = (money(0n) as { '@currencyID': string })['@currencyID'];
  const properties = line === null ? [] : propertiesOf(line);
  return {
    'cbc:ID': String(index + 1),
    ...(line && { 'cbc:Note': line.id }),
    [isCreditNote ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity']: {
      '@unitCode': unitCode,
      '#': quantity,
    },
    'cbc:LineExtensionAmount': money(amount),
    'cac:Item': {
      'cbc:Name': line ? describe(line) : 'No charges',
      'cac:ClassifiedTaxCategory': { 'cbc:ID': 'O', 'cac:TaxScheme': { 'cbc:ID': 'VAT' } },
      ...(properties.length > 0 && {
        'cac:AdditionalItemProperty': properties.map(([name, value]) => ({
          'cbc:Name': name,
          'cbc:Value': value,
        })),
      }),
    },
    'cac:Price': { 'cbc:PriceAmount': { '@currencyID': currency, '#': price } },
  };
}

function propertiesOf(line: RenderedLine): [string, string][] {
  const properties: [string, string | number | null][] = [
    ['Kind', line.kind],
    ['Direction', line.direction],
    ['Version', line.version],
    ['Tier', line.tier],
    ['Bytes', line.bytes],
    ['Original period', line.originalPeriod],
    ['Cause', line.cause],
    ['Reference', line.reference],
  ];
  return properties.flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, String(value)]],
  );
}

/** The statements whose charges a credit note takes back; a dispute is none. */
function correctedStatements(model: StatementModel): object[] {
  const numbers = new Set(
    linesOf(model).flatMap(({ cause, reference }) => (cause !== 'dispute' && reference ? [reference] : [])),
  );
  return [...numbers].map((number) => ({ 'cac:InvoiceDocumentReference': { 'cbc:ID': number } }));
}

function party({ parties }: StatementModel, side: Side): object {
  const { code, name, business } = parties[side];
  const { endpoint = null, address = null, registrationId = null } = business ?? {};
  return {
    'cac:Party': {
      ...(endpoint && { 'cbc:EndpointID': { '@schemeID': endpoint.scheme, '#': endpoint.id } }),
      'cac:PartyIdentification': { 'cbc:ID': code },
      'cac:PartyName': { 'cbc:Name': name },
      ...(address && { 'cac:PostalAddress': postalAddress(address) }),
      'cac:PartyLegalEntity': {
        'cbc:RegistrationName': legalNameOf(parties[side]),
        ...(registrationId !== null && { 'cbc:CompanyID': registrationId }),
      },
    },
  };
}

function postalAddress(address: PostalAddress): object {
  const { street, additionalStreet, city, postalZone, countrySubentity, country } = address;
  return {
    'cbc:StreetName': street,
    ...(additionalStreet !== null && { 'cbc:AdditionalStreetName': additionalStreet }),
    'cbc:CityName': city,
    ...(postalZone !== null && { 'cbc:PostalZone': postalZone }),
    ...(countrySubentity !== null && { 'cbc:CountrySubentity': countrySubentity }),
    'cac:Country': { 'cbc:IdentificationCode': country },
  };
}

/** The first and the last day of a month. */
function period(month: string): object {
  const { start } = periodBounds(nextPeriod(month), 'UTC');
  const last = new Date(start - 86_400_000).toISOString().slice(0, 10);
  return { 'cbc:StartDate': `${month}-01`, 'cbc:EndDate': last };
}

function localDate(instant: string, timezone: string): string {
  return formatLocal(Date.parse(instant), timezone).slice(0, 10);
}

/** The day that ends at a local midnight. */
function lastDayBefore(midnight: string, timezone: string): string {
  return formatLocal(Date.parse(midnight) - 1, timezone).slice(0, 10);
}
