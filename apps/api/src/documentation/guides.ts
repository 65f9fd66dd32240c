/** What partners read, in this order: `docs/guides/<name>.md`, served as `/docs/guides/<name>`. */
export const guides = [
  { name: 'first-payment', title: 'First payment' },
  { name: 'idempotency', title: 'Idempotency' },
  { name: 'webhooks', title: 'Webhooks' },
  { name: 'testing', title: 'Testing' },
  { name: 'going-live', title: 'Going live' },
] as const;
