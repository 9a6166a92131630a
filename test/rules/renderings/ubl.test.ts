import { create } from 'xmlbuilder2';
import { renderUbl } from '../../../src/renderings/formats/ubl.js';
import type { StatementModel } from '../../../src/renderings/rules/statement-model.js';
import { sampleModel, type Line } from './sample-models.js';

/** A statement of nothing but an adjustment that gives back. */
const TAKEN_BACK: Partial<Line>[] = [
  {
    kind: 'adjustment',
    originalPeriod: '2026-02',
    originalKind: 'usage',
    cause: 'correction',
    reference: 'alpha-beta-0007',
    bytes: '-10000000000000',
    quantity: '-10',
    unit: 'TB',
    unitPrice: '20',
    amount: '-200.00',
  },
  {
    kind: 'adjustment',
    originalPeriod: '2026-02',
    originalKind: null,
    cause: 'dispute',
    reference: '01900000-0000-7000-8000-0000000000dd',
    bytes: null,
    quantity: '-5.00',
    unit: 'USD',
    unitPrice: '1',
    amount: '-5.00',
  },
];

const BUSINESS = {
  legalName: 'Alpha Cloud International Ltd',
  address: {
    street: '1 Exchange Square',
    additionalStreet: 'Level 2',
    city: 'Zürich',
    postalZone: '8001',
    countrySubentity: 'ZH',
    country: 'CH',
  },
  vatId: 'CHE123456789',
  registrationId: 'CHE-123.456.789',
  endpoint: { scheme: '0088', id: '7300010000001' },
};

const credited = (): StatementModel =>
  sampleModel({
    lines: TAKEN_BACK,
    statement: {
      payableByA: '-205.00',
      payableByB: '0.00',
      net: { amount: '205.00', payer: 'beta', payee: 'alpha' },
    },
  });

function parsed(model: StatementModel): any {
  const xml = renderUbl({ model, viewer: null }).toString();
  return create(xml).end({ format: 'object' });
}

it('of a statement that only takes back is a credit note of whoever was paid', () => {
  const { CreditNote: note, Invoice } = parsed(credited());
  expect(Invoice).toBeUndefined();
  expect(note['cbc:CreditNoteTypeCode']).toBe('381');
  const name = (role: string): string =>
    note[`cac:${role}`]['cac:Party']['cac:PartyIdentification']['cbc:ID'];
  expect([name('AccountingSupplierParty'), name('AccountingCustomerParty')]).toEqual(['beta', 'alpha']);
  expect(note['cbc:DueDate']).toBeUndefined();
  // BR-CO-25: what is above 0 has a date or terms of payment.
  expect(note['cac:PaymentTerms']['cbc:Note']).toMatch(/^Due at 20/);
  // Only a statement is one that is credited; a dispute is no document.
  expect(note['cac:BillingReference']).toEqual({
    'cac:InvoiceDocumentReference': { 'cbc:ID': 'alpha-beta-0007' },
  });
  const amounts = note['cac:CreditNoteLine'].map((line: any) => [
    line['cbc:CreditedQuantity']['#'],
    line['cbc:CreditedQuantity']['@unitCode'],
    line['cac:Price']['cbc:PriceAmount']['#'],
    line['cbc:LineExtensionAmount']['#'],
  ]);
  expect(amounts).toEqual([
    ['10', 'E35', '20', '200.00'],
    ['5.00', 'C62', '1', '5.00'],
  ]);
  expect(note['cac:LegalMonetaryTotal']['cbc:PayableAmount']['#']).toBe('205.00');
});

it('that charges as well is an invoice, on which what is given back counts less', () => {
  const { Invoice } = parsed(
    sampleModel({ lines: [{ amount: '2000.00' }, TAKEN_BACK[0]!], statement: { payableByA: '1800.00' } }),
  );
  expect(Invoice['cbc:InvoiceTypeCode']).toBe('380');
  expect(Invoice['cac:LegalMonetaryTotal']['cbc:PayableAmount']['#']).toBe('1800.00');
});

it('says where the parties are and by what they are known, in the order of the schema', () => {
  const model = sampleModel();
  const { Invoice } = parsed({
    ...model,
    parties: { ...model.parties, A: { ...model.parties.A, business: BUSINESS } },
  });
  const party = Invoice['cac:AccountingCustomerParty']['cac:Party'];
  expect(Object.keys(party)).toEqual([
    'cbc:EndpointID',
    'cac:PartyIdentification',
    'cac:PartyName',
    'cac:PostalAddress',
    'cac:PartyLegalEntity',
  ]);
  expect(party['cbc:EndpointID']).toEqual({ '@schemeID': '0088', '#': '7300010000001' });
  expect(Object.entries(party['cac:PostalAddress'])).toEqual([
    ['cbc:StreetName', '1 Exchange Square'],
    ['cbc:AdditionalStreetName', 'Level 2'],
    ['cbc:CityName', 'Zürich'],
    ['cbc:PostalZone', '8001'],
    ['cbc:CountrySubentity', 'ZH'],
    ['cac:Country', { 'cbc:IdentificationCode': 'CH' }],
  ]);
  expect(party['cac:PartyLegalEntity']).toEqual({
    'cbc:RegistrationName': 'Alpha Cloud International Ltd',
    'cbc:CompanyID': 'CHE-123.456.789',
  });
  // BR-O-02: with the category O no party has a VAT identifier, so what is known of them is said in words.
  expect(JSON.stringify({ ...Invoice, 'cbc:Note': undefined })).not.toContain('CHE123456789');
  expect(Invoice['cbc:Note']).toMatch(
    /^This statement .* VAT identifiers: alpha CHE123456789\. SHA-256 [0-9a-f]{64}$/,
  );
  const other = Invoice['cac:AccountingSupplierParty']['cac:Party'];
  expect(Object.keys(other)).toEqual(['cac:PartyIdentification', 'cac:PartyName', 'cac:PartyLegalEntity']);
});

// PEPPOL-EN16931-R110 and R111: the period of a line lies within that of the document.
it('says of an adjustment as a property which period it is of, and gives no line a period', () => {
  const { CreditNote: note } = parsed(credited());
  for (const line of note['cac:CreditNoteLine']) {
    expect(line['cac:InvoicePeriod']).toBeUndefined();
    expect(line['cac:Item']['cac:AdditionalItemProperty']).toContainEqual({
      'cbc:Name': 'Original period',
      'cbc:Value': '2026-02',
    });
  }
});

it('says nothing of VAT identifiers where none is known', () => {
  const { Invoice } = parsed(sampleModel());
  expect(Invoice['cbc:Note']).not.toContain('VAT');
});
