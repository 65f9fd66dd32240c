const timeoutMs = 30_000;

/** What the operations API answers to a settlement, as far as the demo looks at it. */
export interface Settled {
  httpStatus: number;
  status: string;
}

/** The desk of an operator: the part of the operations API that the demo needs. */
export class OperatorApi {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  async settle(path: string, settlement: object): Promise<Settled> {
    const response = await fetch(`${this.baseUrl}/admin/v1${path}/settle`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify(settlement),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = (await response.json()) as { status: string };
    return { httpStatus: response.status, status };
  }
}
