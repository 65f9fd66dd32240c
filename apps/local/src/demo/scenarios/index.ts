import type { Chapter } from '../scenario.js';
import { adyen } from './adyen.js';
import { manual } from './manual.js';
import { paypal } from './paypal.js';
import { stripe } from './stripe.js';
import { together } from './together.js';

/** The demo in the order in which it is shown. A new story is one line in a chapter's file. */
export const chapters: Chapter[] = [stripe, adyen, paypal, manual, together];
