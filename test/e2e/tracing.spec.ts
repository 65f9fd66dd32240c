import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPayment, postPayment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { findSecrets } from '../support/logged-secrets.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { currentTestRun } from '../support/test-run.js';
import { type SentSpan, TestCollector, valuesOf } from './support/collector.js';
import { loadedFiles } from './support/loaded-files.js';
import { until } from './support/until.js';
import { WebhookShops } from './support/webhook-shops.js';

const server = 2;
const client = 3;
const failed = 2;
const marker = 'MARKEDBYTHECALLER';

describe('traces', () => {
  const files = mkdtempSync(join(tmpdir(), 'loaded-'));
  let collector: TestCollector;
  let system: TestSystem;
  let shops: WebhookShops;

  beforeAll(async () => {
    collector = await TestCollector.start();
    const drain = { PROVIDER_TIMEOUT_MS: '2000', DRAIN_TIMEOUT_MS: '6000' };
    const env = { ...collector.settings, ...drain, WORKER_POLL_MS: '50' };
    const api = { NODE_V8_COVERAGE: files };
    system = await startSystem({ env, firstStart: { api } });
    shops = new WebhookShops(system);
    await shops.start();
  });
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
    await collector?.stop();
    rmSync(files, { recursive: true });
  });

  const newCaller = (flags = '01') => {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
  };
  const isRequest = ({ kind }: SentSpan) => kind === server;
  const traceOf = (id: string) =>
    until(
      `the trace ${id}`,
      () => Promise.resolve(collector.spans.filter(({ traceId }) => traceId === id)),
      (spans) => spans.some(isRequest),
    );

  it('go from the caller through the request to the database and the provider', async () => {
    const caller = newCaller();
    const requestId = randomUUID();
    const headers = { traceparent: caller.traceparent, 'x-request-id': requestId };
    await createPayment(system, {}, { headers });
    const spans = await traceOf(caller.traceId);
    const [request] = spans.filter(isRequest);
    expect(request).toMatchObject({
      name: 'POST /v1/transactions',
      parentSpanId: caller.spanId,
      status: { code: 0 },
    });
    expect(valuesOf(request)).toEqual({
      ...{ 'http.request.method': 'POST', 'http.route': '/v1/transactions' },
      ...{ 'http.response.status_code': 201, request_id: requestId },
    });
    const calls = spans.filter((span) => span !== request);
    expect(calls.map(({ parentSpanId, kind }) => [parentSpanId, kind])).toEqual(
      calls.map(() => [request?.spanId, client]),
    );
    const [provider, ...others] = calls.filter(({ name }) => name === 'charge stripe');
    expect(others).toEqual([]);
    expect(valuesOf(provider)).toEqual({
      ...{ 'payments.provider': 'stripe', 'payments.operation': 'charge' },
      'payments.outcome': 'completed',
    });
    const statements = calls.filter((span) => 'db.system.name' in valuesOf(span));
    expect(statements.length).toBeGreaterThanOrEqual(2);
    expect(statements).toHaveLength(calls.length - 1);
    const names = statements.map(({ name }) => name);
    expect(names).toContainEqual(expect.stringMatching(/INSERT transactions/));
    const [logged] = system
      .logs()
      .split('\n')
      .filter((line) => line.includes(`"trace_id":"${caller.traceId}"`));
    expect(JSON.parse(logged ?? '{}')).toMatchObject({ request_id: requestId, status: 201 });
  });

  it('are made whatever the caller decided for its own, and begin anew without a right one', async () => {
    const caller = newCaller('00');
    await call(system, 'GET', '/v1/partner', { headers: { traceparent: caller.traceparent } });
    await traceOf(caller.traceId);
    const requestId = randomUUID();
    const headers = { traceparent: `00-${'0'.repeat(32)}-${caller.spanId}-01` };
    await call(system, 'GET', '/v1/partner', {
      headers: { ...headers, 'x-request-id': requestId },
    });
    const [span] = await until(
      'the request',
      () =>
        Promise.resolve(collector.spans.filter((each) => valuesOf(each).request_id === requestId)),
      ({ length }) => length === 1,
    );
    expect(span?.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(span?.parentSpanId ?? '').toBe('');
  });

  it('say of an answer what went wrong, and nothing of probes', async () => {
    await call(system, 'GET', '/health/ready', { key: null });
    const caller = newCaller();
    const headers = { traceparent: caller.traceparent };
    const body = { payment_method_token: 'pm_card_visa_chargeDeclined' };
    await postPayment(system, body, { headers });
    const spans = await traceOf(caller.traceId);
    const charge = spans.find(({ name }) => name === 'charge stripe');
    expect(valuesOf(charge)['payments.outcome']).toBe('declined');
    const unknown = newCaller();
    const lost = { payment_method_token: 'pm_sandbox_slow_4000ms' };
    await postPayment(system, lost, { headers: { traceparent: unknown.traceparent } });
    const late = (await traceOf(unknown.traceId)).find(({ name }) => name === 'charge stripe');
    expect(late?.status.code).toBe(failed);
    expect(valuesOf(late)['payments.outcome']).toBe('outcome_unknown');
    const impatient = newCaller();
    const slow = { payment_method_token: 'pm_sandbox_slow_1000ms' };
    const options = { headers: { traceparent: impatient.traceparent }, timeoutMs: 300 };
    await expect(postPayment(system, slow, options)).rejects.toThrow('timeout');
    const left = (await traceOf(impatient.traceId)).map(({ name }) => name);
    expect(left).toEqual(expect.arrayContaining(['charge stripe', 'POST /v1/transactions']));
    expect(collector.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
  });

  it('of the worker are those of turns that found something to do', async () => {
    const shop = await shops.subscribe('/traced');
    await createPayment(system, {}, { key: shop.api_key });
    await shops.arrive('/traced', 2);
    const turns = () => collector.spans.filter(({ name }) => name.startsWith('job '));
    const deliveries = await until(
      'a turn of deliveries',
      () => Promise.resolve(turns().filter(({ name }) => name === 'job deliveries')),
      ({ length }) => length > 0,
    );
    const [turn] = deliveries;
    const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === turn?.spanId);
    expect(children.map(({ kind }) => kind)).toContain(client);
    const idle = turns().filter((span) => valuesOf(span)['payments.job.done'] === 0);
    const rare = ['job lifecycle', 'job heartbeats'];
    expect(idle.filter(({ name }) => !rare.includes(name))).toEqual([]);
    expect(collector.services).toEqual(new Set(['payments-api', 'payments-worker']));
  });

  it('hold nothing that a caller sends, and no secret', async () => {
    const caller = newCaller();
    const headers = {
      ...{ traceparent: caller.traceparent, tracestate: `vendor=${marker}` },
      ...{ baggage: `user=${marker}`, 'user-agent': marker, 'x-request-id': marker },
    };
    const idempotencyKey = `key-${marker}`;
    const person = { name: marker, email: `${marker}@example.com` };
    const body = { customer: person, reference: marker, metadata: { [marker]: marker } };
    const { status } = await postPayment(system, body, { headers, idempotencyKey });
    expect([201, 400, 422]).toContain(status);
    const { id } = await createPayment(system, { reference: marker, metadata: { a: marker } });
    await call(system, 'GET', `/v1/transactions/${id}`, { headers });
    const places = ['/v1/transactions?reference=', '/v1/', '/nowhere/', '/v1/transactions/'];
    for (const place of places) await call(system, 'GET', `${place}${marker}`, { headers });
    await call(system, 'GET', '/v1/partner', { key: marker, headers });
    const last = newCaller();
    await call(system, 'GET', '/v1/partner', { headers: { traceparent: last.traceparent } });
    await traceOf(last.traceId);
    expect(
      collector.spans.filter(({ traceId }) => traceId === caller.traceId).length,
    ).toBeGreaterThan(6);
    expect(collector.text).not.toContain(marker);
    expect(collector.text).not.toContain(id);
    expect(findSecrets(collector.text, Object.values(currentTestRun().secrets))).toEqual([]);
  });

  it('that the collector refuses harm no request, which is said once', async () => {
    const refusals = () => system.logs().split('the collector takes no spans').length - 1;
    const said = () => Promise.resolve(system.logs());
    collector.status = 401;
    await createPayment(system);
    await until('a word', said, (logs) => logs.includes('dropped: status 401'));
    const before = refusals();
    collector.status = 0;
    await createPayment(system);
    collector.status = 200;
    await createPayment(system);
    await until('another word', said, (logs) => logs.includes('takes spans again'));
    expect(before).toBeLessThanOrEqual(2);
    expect(refusals()).toBeLessThanOrEqual(2);
  });

  it('are sent before a process ends, which a collector that never answers does not hold up', async () => {
    const caller = newCaller();
    await call(system, 'GET', '/v1/partner', { headers: { traceparent: caller.traceparent } });
    expect(await system.kill('api', 'SIGTERM')).toEqual({ code: 0, signal: null });
    expect(collector.spans.filter(({ traceId }) => traceId === caller.traceId)).not.toEqual([]);
    expect(loadedFiles(files)).toContainEqual(
      expect.stringMatching(/@opentelemetry\/exporter-trace-otlp-http/),
    );
    collector.status = 0;
    await system.start('api');
    await call(system, 'GET', '/v1/partner', { headers: { traceparent: caller.traceparent } });
    expect(await system.kill('api', 'SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
