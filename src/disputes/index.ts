export { DisputesModule } from './disputes.module.js';
export { TimeBarService } from './time-bar.service.js';
