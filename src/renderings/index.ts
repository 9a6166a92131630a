export { RenderingIntegrityService } from './rendering-integrity.service.js';
export { RenderingsModule } from './renderings.module.js';
