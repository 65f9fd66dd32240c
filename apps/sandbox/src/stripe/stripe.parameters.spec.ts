import { createRequire } from 'node:module';
import path from 'node:path';
import { DeclaredTypes } from '../testing/declared-types.js';
import { alternatives, type Published, textsOf } from '../testing/published.js';
import {
  type ParameterKind,
  type ParameterTable,
  parameterTables,
} from './stripe.parameter-tables.js';

const directory = path.dirname(path.dirname(createRequire(__filename).resolve('stripe')));
const sdk = new DeclaredTypes({
  directory: path.join(directory, 'esm/resources'),
  extension: '.d.ts',
});

/** What a table and the SDK's type of the same parameters have decided differently. */
class Comparison {
  readonly undecided: string[] = [];
  private readonly met = new Set<string>();

  constructor(private readonly table: ParameterTable) {}

  visit(type: Published, prefix = ''): this {
    for (const [name, field] of fieldsOf(type)) {
      this.meet(prefix === '' ? name : `${prefix}[${name}]`, field.type());
    }
    return this;
  }

  /** Names of ours that the SDK does not have. */
  strange(): string[] {
    const { offered, notOffered = [] } = this.table;
    return [...Object.keys(offered), ...notOffered].filter((name) => !this.met.has(name));
  }

  private meet(name: string, type: Published): void {
    const { offered, notOffered = [] } = this.table;
    const known = [...Object.keys(offered), ...notOffered];
    this.met.add(name);
    if (notOffered.includes(name)) return;
    if (known.some((other) => isInside(other, name))) {
      const list = alternatives(type).find((one) => one.is === 'list');
      if (list) return this.judge(`${name}[]`, list.item());
      if (alternatives(type).some(({ is }) => is === 'map'))
        return this.judge(`${name}[*]`, { is: 'text' });
      this.visit(type, name);
    } else this.judge(name, type);
  }

  private judge(name: string, type: Published): void {
    this.met.add(name);
    const kind = this.table.offered[name];
    if (kind === undefined || !takes(kind, type)) this.undecided.push(name);
  }
}

function fieldsOf(type: Published) {
  return alternatives(type).flatMap((one) => (one.is === 'object' ? [...one.fields()] : []));
}

function isInside(name: string, outer: string): boolean {
  return name.startsWith(`${outer}[`);
}

function takes(kind: ParameterKind, type: Published): boolean {
  const has = (is: Published['is']): boolean => alternatives(type).some((one) => one.is === is);
  if (kind === 'integer') return has('number');
  if (kind === 'flag') return has('flag');
  if (kind === 'text') return has('text');
  const texts = [...textsOf(type), ...(has('flag') ? ['true', 'false'] : [])];
  return kind.every((text) => texts.includes(text));
}

/** A card by its token inside `payment_method_data` is what creating a PaymentMethod takes; a payment's own type leaves cards out. */
function withCards(type: Published): Published {
  const method = fieldsOf(sdk.type('PaymentMethods', 'PaymentMethodCreateParams'));
  const cards = method.filter(([name]) => name === 'card' || name === 'type');
  const fields = fieldsOf(type).map(([name, field]) => {
    if (name !== 'payment_method_data') return [name, field] as const;
    const inside = new Map([...fieldsOf(field.type()), ...cards]);
    const widened = { is: 'object', fields: () => inside } as const;
    return [name, { optional: true, type: () => widened }] as const;
  });
  return { is: 'object', fields: () => new Map(fields) };
}

describe('the parameters that the sandbox knows', () => {
  it.each([
    ['createPayment', 'PaymentIntents', 'PaymentIntentCreateParams'],
    ['confirmPayment', 'PaymentIntents', 'PaymentIntentConfirmParams'],
    ['cancelPayment', 'PaymentIntents', 'PaymentIntentCancelParams'],
    ['retrievePayment', 'PaymentIntents', 'PaymentIntentRetrieveParams'],
    ['searchPayments', 'PaymentIntents', 'PaymentIntentSearchParams'],
    ['listPayments', 'PaymentIntents', 'PaymentIntentListParams'],
    ['createRefund', 'Refunds', 'RefundCreateParams'],
    ['listRefunds', 'Refunds', 'RefundListParams'],
    ['retrieve', 'Refunds', 'RefundRetrieveParams'],
    ['retrieve', 'Charges', 'ChargeRetrieveParams'],
  ] as const)('of %s are those that the official SDK sends: %s.%s', (name, file, type) => {
    const comparison = new Comparison(parameterTables[name]).visit(withCards(sdk.type(file, type)));
    expect(comparison.undecided).toEqual([]);
    expect(comparison.strange()).toEqual([]);
  });
});
