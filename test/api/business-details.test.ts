import { create } from 'xmlbuilder2';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
let deal: Deal;
beforeAll(async () => {
  market = await startMarket({ worker: true });
  deal = await market.deal({
    terms: {
      backBillingMonths: 120,
      directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } }, bToA: {} },
    },
  });
});
afterAll(() => market?.close());

const DETAILS = {
  legalName: 'Alpha International Ltd',
  address: { street: '1 Exchange Square', city: 'Zürich', postalZone: '8001', country: 'CH' },
  vatId: 'CHE123456789',
  registrationId: 'CHE-123.456.789',
  endpoint: { scheme: '0088', id: '7300010000001' },
};
const NOTHING = { legalName: null, address: null, vatId: null, registrationId: null, endpoint: null };

const path = (): string => `/v1/providers/${deal.a.code}/business-details`;
const put = (body: object, key = deal.a.key): Promise<TestAnswer> =>
  market.request('PUT', path(), { key, body });

async function payer(statement: { id: string }): Promise<any> {
  const answer = await market.request('GET', `/v1/statements/${statement.id}.ubl.xml`, { key: deal.b.key });
  const { Invoice } = create(expectStatus(answer, 200).text).end({ format: 'object' }) as any;
  return Invoice['cac:AccountingCustomerParty']['cac:Party'];
}

it('are given by the provider or the operator, whole, and shown to nobody else', async () => {
  expect((await market.request('GET', path(), { key: deal.a.key })).body).toEqual(NOTHING);
  const address = { ...DETAILS.address, additionalStreet: null, countrySubentity: null };
  expect(expectStatus(await put(DETAILS), 200).body).toEqual({ ...DETAILS, address });
  const partly = expectStatus(await put({ vatId: 'DE123456789' }, market.operatorKey), 200).body;
  expect(partly).toEqual({ ...NOTHING, vatId: 'DE123456789' });
  expect((await market.request('GET', path(), { key: deal.a.key })).body).toEqual(partly);
  for (const method of ['GET', 'PUT']) {
    const body = method === 'PUT' ? DETAILS : undefined;
    const strangers = await market.request(method, path(), { key: deal.b.key, ...(body && { body }) });
    expectProblem(strangers, 404, 'provider_not_found');
  }
});

it.each([
  [{ address: { city: 'Bern', country: 'CH' } }, '/address/street'],
  [{ address: { street: 'x', city: 'y', country: 'XX' } }, '/address/country'],
  [{ address: 'Bern' }, '/address'],
  [{ vatId: '12' }, '/vatId'],
  [{ endpoint: { scheme: 'peppol', id: '1' } }, '/endpoint/scheme'],
  [{ legalName: 'a\u0007b' }, '/legalName'],
  [{ legalName: '' }, '/legalName'],
])('are refused where they make no sense: %j', async (details, pointer) => {
  const answer = await put(details);
  expectProblem(answer, 422, 'validation_failed');
  expect(answer.body.errors.map((each: any) => each.pointer)).toContain(pointer);
});

it('stand on statements as they were when these were issued', async () => {
  expectStatus(await put(DETAILS), 200);
  await market.take(deal, deal.a, [hourly('r1', '05T00', '5000000000')]);
  await market.take(deal, deal.b, [hourly('r1', '05T00', '5000000000', { direction: 'ingress' })]);
  const march = await market.closePeriod(deal);
  expectStatus(await put({ ...DETAILS, legalName: 'Alpha Universal Ltd', endpoint: null }), 200);
  const first = await payer(march);
  expect(first['cac:PartyLegalEntity']['cbc:RegistrationName']).toBe('Alpha International Ltd');
  expect(first['cbc:EndpointID']).toEqual({ '@schemeID': '0088', '#': '7300010000001' });
  await market.take(deal, deal.a, [hourly('r2', '05T01', '7000000000')]);
  await market.take(deal, deal.b, [hourly('r2', '05T01', '7000000000', { direction: 'ingress' })]);
  const next = await payer(await market.closePeriod(deal, '2025-04'));
  expect(next['cac:PartyLegalEntity']['cbc:RegistrationName']).toBe('Alpha Universal Ltd');
  expect(next['cbc:EndpointID']).toBeUndefined();
});
