import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Limits } from './openapi/limits.js';
import { Problems } from './openapi/problems-of.js';
import { AddRouteConfig } from './route-config.js';

/** Metadata with what a route demands of its caller; whoever authenticates reads it. */
export const DEMAND = 'peerledger:demand';

const { RATE_LIMIT_PER_ADDRESS } = new Config();

/**
 * Opens a route to everybody, as often as an address may call; unlimited it is for probes, which all come from
 * one address.
 */
export function Public({ isUnlimited = false } = {}): MethodDecorator {
  const open = SetMetadata(DEMAND, 'public');
  if (isUnlimited) return applyDecorators(open, AddRouteConfig({ isUnlimited }));
  return applyDecorators(
    open,
    Problems('rate_limited'),
    Limits({ address_requests_per_minute: RATE_LIMIT_PER_ADDRESS }),
  );
}
