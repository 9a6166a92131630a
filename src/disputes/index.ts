export { DisputeLog } from './dispute-log.service.js';
export { DisputesModule } from './disputes.module.js';
export { TimeBarService } from './time-bar.service.js';
