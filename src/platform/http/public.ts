import { SetMetadata } from '@nestjs/common';

/** Metadata with what a route demands of its caller; whoever authenticates reads it. */
export const DEMAND = 'peerledger:demand';

/** Opens a route to everybody. */
export function Public(): MethodDecorator {
  return SetMetadata(DEMAND, 'public');
}
