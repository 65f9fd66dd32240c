import type { ServerResponse } from 'node:http';
import { createWebhookSecret } from '@libs/webhooks';
import { startReceiver } from '../../../../../test/support/webhook-receiver.js';
import { WebhookSender } from './webhook-sender.service.js';

const hasty = { timeoutMs: 500, allowPrivate: true };
const webhook = { id: '1', body: '{}', secrets: [createWebhookSecret()], timestamp: 1 };
const timedOut = { kind: 'failed', reason: 'timeout', durationMs: expect.any(Number) };

describe('an attempt ends in time', () => {
  it.each([
    ['never comes', (response: ServerResponse) => void response.req.resume()],
    ['has no end', (response: ServerResponse) => void response.write('a')],
    [
      'drips byte by byte',
      (response: ServerResponse) => {
        const drip = setInterval(() => response.write('a'), 10);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('when the answer %s, and so does its connection', async (_what, answer) => {
    const receiver = await startReceiver(answer);
    const sender = new WebhookSender(hasty);
    const url = `http://127.0.0.1:${receiver.port}/`;
    expect(await sender.send({ ...webhook, url })).toEqual(timedOut);
    await receiver.firstClosed();
    expect(receiver.received).toHaveLength(1);
    await Promise.all([sender.onApplicationShutdown(), receiver.stop()]);
  });

  it('when the look-up of the name does not', async () => {
    const findAddresses = () => new Promise<never>(() => undefined);
    const sender = new WebhookSender({ ...hasty, findAddresses });
    const url = 'http://shop.example/';
    expect(await sender.send({ ...webhook, url })).toEqual(timedOut);
    await sender.onApplicationShutdown();
  });
});
