export { RenderingsModule } from './renderings.module.js';
