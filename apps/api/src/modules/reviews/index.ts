export { ReviewsModule } from './reviews.module.js';
export { chargeSubject, ReviewsService } from './reviews.service.js';
