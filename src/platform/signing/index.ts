export { isSignedBy, readDetachedJws } from './detached-jws.js';
export { SigningModule } from './signing.module.js';
export { SigningService } from './signing.service.js';
