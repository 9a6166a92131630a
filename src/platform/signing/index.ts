export { isSignedBy, readDetachedJws } from './detached-jws.js';
export { PublicJwkView } from './public-jwk.view.js';
export { SigningModule } from './signing.module.js';
export { SigningService } from './signing.service.js';
