import type { Database, Tenant } from '../../src/platform/database/index.js';

/** A service whose methods run for a tenant, as a request or a job has them run. */
export function actingFor<Service extends object>(
  database: Database,
  tenant: Tenant,
  service: Service,
): Service {
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown =>
        database.actFor(tenant, () => (member as (...args: unknown[]) => unknown).apply(target, given));
    },
  });
}

/** The tenant of a reporter in one agreement. */
export function reporterIn({ agreementId, reporterId }: { agreementId: string; reporterId: string }): Tenant {
  return { kind: 'party', agreementId, providerId: reporterId };
}
