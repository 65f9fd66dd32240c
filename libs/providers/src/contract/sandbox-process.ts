import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { findingsOf, requireNone } from './sandbox-findings.js';
import type { LedgerCharge, ReceivedWebhook } from './harness.js';

const startLimitMs = 10_000;

/** The built sandbox as a process of its own, with a listener for the webhooks that it sends. */
export interface SandboxProcess {
  url: URL;
  webhooks: readonly ReceivedWebhook[];
  charges(transactionId: string): Promise<LedgerCharge[]>;
  misbehave(script: string, path?: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the sandbox on a free port.
 *
 * @param webhookUrlVariable the variable that takes the listener's address, as in `STRIPE_WEBHOOK_URL`
 * @param environment what else the sandbox is told
 */
export async function startSandboxProcess(
  webhookUrlVariable: string,
  environment: Record<string, string>,
): Promise<SandboxProcess> {
  const listener = await listenForWebhooks();
  const child = fork(resolve('dist/apps/sandbox/src/main.js'), [], {
    env: {
      PORT: '0',
      SANDBOX_SETTLE_MS: '150',
      [webhookUrlVariable]: listener.url,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = new URL(await readyUrl(child));
  return {
    url,
    webhooks: listener.webhooks,
    async charges(transactionId) {
      const answer = await fetch(new URL(`/_sandbox/charges?transaction_id=${transactionId}`, url));
      return ((await answer.json()) as { charges: LedgerCharge[] }).charges;
    },
    async misbehave(script, path) {
      const answer = await fetch(new URL('/_sandbox/behaviour', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ script, path, method: 'POST', times: 1 }),
      });
      if (!answer.ok) throw new Error(`the sandbox knows no script ${script}`);
    },
    async stop() {
      const findings = await findingsOf(url).catch(String);
      const gone = new Promise((done) => child.once('exit', done));
      if (child.connected) child.disconnect();
      if (child.exitCode === null) await gone;
      await listener.close();
      requireNone(findings);
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((ready, fail) => {
    const timer = setTimeout(() => fail(new Error('the sandbox did not start')), startLimitMs);
    child.once('exit', (code) => fail(new Error(`the sandbox ended with ${code}`)));
    child.once('message', (message) => {
      clearTimeout(timer);
      ready((message as { url: string }).url);
    });
  });
}

async function listenForWebhooks() {
  const webhooks: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string | undefined>;
      webhooks.push({ headers, rawBody: Buffer.concat(chunks) });
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${port}/webhooks`, webhooks, close };
}
