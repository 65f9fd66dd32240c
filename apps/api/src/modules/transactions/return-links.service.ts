import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';

/** The payment that a payer comes back from. */
export interface ReturningPayment {
  partnerId: string;
  transactionId: string;
}

const idBytes = 16;
const tokenForm = /^[\w-]{86}$/;

/** Makes and reads the addresses that providers send payers back to. Nobody else can make one. */
@Injectable()
export class ReturnLinks {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'HASH_KEYS' | 'PUBLIC_URL'>) {}

  /** @returns `null` when nobody has told where we are reached: the payer goes to the partner at once */
  linkTo(partnerId: string, transactionId: string): string | null {
    const [key] = this.config.HASH_KEYS.values();
    const { PUBLIC_URL: base } = this.config;
    if (!base || !key) return null;
    const ids = Buffer.concat([bytesOf(partnerId), bytesOf(transactionId)]);
    const token = Buffer.concat([ids, macOf(ids, key)]).toString('base64url');
    return `${base.replace(/\/+$/, '')}/return/${token}`;
  }

  /** @returns `undefined` for a token that we did not make */
  read(token: string): ReturningPayment | undefined {
    if (!tokenForm.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const ids = bytes.subarray(0, 2 * idBytes);
    const mac = bytes.subarray(2 * idBytes);
    const isOurs = [...this.config.HASH_KEYS.values()].some((key) => {
      const right = macOf(ids, key);
      return mac.length === right.length && timingSafeEqual(mac, right);
    });
    if (!isOurs) return undefined;
    const [partnerId, transactionId] = [ids.subarray(0, idBytes), ids.subarray(idBytes)].map(
      uuidOf,
    );
    return partnerId && transactionId ? { partnerId, transactionId } : undefined;
  }
}

function macOf(ids: Buffer, hashKey: Buffer): Buffer {
  const key = createHmac('sha256', hashKey).update('return link').digest();
  return createHmac('sha256', key).update(ids).digest();
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
