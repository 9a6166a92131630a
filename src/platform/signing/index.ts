export { SigningModule } from './signing.module.js';
export { SigningService } from './signing.service.js';
