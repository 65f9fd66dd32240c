export { formatAmount, fromMinor, InvalidAmountError, toMinor } from './amount.js';
