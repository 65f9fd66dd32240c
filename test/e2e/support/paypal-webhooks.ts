import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import type { TestSystem } from '../../support/system.js';

/** A webhook that the sandbox holds back, signed now. */
export interface HeldWebhook {
  provider: string;
  type: string;
  headers: Record<string, string>;
  payload: string;
}

export async function heldWebhooks(system: TestSystem): Promise<HeldWebhook[]> {
  const answer = await fetch(new URL('/_sandbox/webhooks?payloads=true', system.sandboxUrl));
  const { webhooks } = (await answer.json()) as { webhooks: HeldWebhook[] };
  return webhooks.filter(({ payload }) => payload !== null);
}

/** Hands out the sandbox's certificates once it is opened, and keeps everybody waiting until then. */
export class CertificateHost {
  open: () => void = () => undefined;
  asked = 0;
  private sandboxUrl = '';
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));
  private readonly server = http.createServer((request, response) => {
    this.asked += 1;
    void this.opened
      .then(() => fetch(new URL(request.url ?? '', this.sandboxUrl)))
      .then((answer) => answer.text())
      .then((pem) => response.end(pem));
  });

  /** @returns its address */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  serve({ sandboxUrl }: TestSystem): void {
    this.sandboxUrl = sandboxUrl;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/**
 * Another text with the same CRC-32: blanks and tabs at its end make up the difference.
 *
 * Each place where a blank becomes a tab changes the checksum by bits of its own; what has to change is put together
 * out of these by elimination.
 */
export function withChecksumOf(original: string, text: string): string {
  const base = Buffer.from(text + ' '.repeat(64));
  const first = base.length - 64;
  const checksum = crc32(base);
  const reduced: { bits: number; places: bigint }[] = [];
  const reduce = (bits: number, places: bigint) =>
    reduced.reduce(
      (left, row) =>
        (left.bits ^ row.bits) >>> 0 < left.bits
          ? { bits: (left.bits ^ row.bits) >>> 0, places: left.places ^ row.places }
          : left,
      { bits, places },
    );
  for (let place = 0; place < 64; place += 1) {
    const changed = Buffer.from(base);
    changed.writeUInt8(9, first + place);
    const row = reduce((crc32(changed) ^ checksum) >>> 0, 1n << BigInt(place));
    if (row.bits !== 0) reduced.push(row);
    reduced.sort((one, other) => other.bits - one.bits);
  }
  const { bits, places } = reduce((crc32(original) ^ checksum) >>> 0, 0n);
  if (bits !== 0) throw new Error('no such text was found');
  for (let place = 0; place < 64; place += 1) {
    if ((places >> BigInt(place)) & 1n) base.writeUInt8(9, first + place);
  }
  return base.toString();
}
