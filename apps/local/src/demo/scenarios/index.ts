import type { Scenario } from '../scenario.js';
import { completedPayment } from './completed-payment.js';
import { declinedPayment } from './declined-payment.js';
import { idempotentReplay } from './idempotent-replay.js';
import { refunds } from './refunds.js';

/** The demo in the order in which it is played. A new story is one file and one line here. */
export const scenarios: Scenario[] = [completedPayment, declinedPayment, refunds, idempotentReplay];
