export { adyenDefinition } from './adyen/adyen.definition.js';
export { manualDefinition } from './manual/manual.definition.js';
export { payPalDefinition } from './paypal/paypal.definition.js';
export { stripeDefinition } from './stripe/stripe.definition.js';
