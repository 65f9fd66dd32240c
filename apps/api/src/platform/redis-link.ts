import * as net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisStore } from 'cache-manager-redis-yet';

const commandTimeoutMs = 100;
const restMs = 1_000;
const connectTimeoutMs = 1_000;
const retryMs = 1_000;

/**
 * The connection to Redis, which may come and go.
 *
 * Redis is an accelerator: nobody waits for a command longer than 100 ms, and a Redis that failed one
 * is left alone for a second. It is used again as soon as it answers, also when it was down at first.
 */
export class RedisLink implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private store: RedisStore | undefined;
  private restsUntilMs = 0;
  private isUp = true;
  private isClosed = false;

  private constructor(private readonly url: string | undefined) {}

  /** Comes up without Redis when it does not answer within a second. */
  static async open(url: string | undefined): Promise<RedisLink> {
    const link = new RedisLink(url);
    if (url === undefined) return link;
    const first = link.connect(url);
    void first.then(() => link.keepTrying(url));
    await Promise.race([first, sleep(connectTimeoutMs, undefined, { ref: false })]);
    return link;
  }

  /** Whether the deployment has a Redis, up or not. */
  get isConfigured(): boolean {
    return this.url !== undefined;
  }

  /** Whether it is connected, and not left alone after a failure. */
  get isReady(): boolean {
    return Boolean(this.store?.client.isReady) && performance.now() >= this.restsUntilMs;
  }

  /** The answer to a command, or `undefined` when Redis has none in time. */
  async ask<T>(command: (store: RedisStore) => Promise<T>): Promise<T | undefined> {
    if (!this.store || !this.isReady) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new Error('no answer in time'));
      // When this process was the slow one, the answer lies on the socket, to be read next.
      timer = setTimeout(() => setImmediate(giveUp), commandTimeoutMs);
    });
    try {
      return await Promise.race([command(this.store), timeout]);
    } catch (error) {
      this.restsUntilMs = performance.now() + restMs;
      this.noteDown(error);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    if (this.store?.client.isOpen) await this.store.client.disconnect();
  }

  private async keepTrying(url: string): Promise<void> {
    while (!this.store && !this.isClosed) {
      await sleep(retryMs, undefined, { ref: false });
      await this.connect(url);
    }
  }

  /** A client that was connected once connects again by itself; the first time is up to us. */
  private async connect(url: string): Promise<void> {
    try {
      const { redisStore } = await import('cache-manager-redis-yet');
      // It prints every connection that fails, so it is asked only when somebody listens.
      await reach(new URL(url));
      const socket = { connectTimeout: connectTimeoutMs };
      this.store = await redisStore({ url, disableOfflineQueue: true, socket });
      this.store.client.on('error', (error) => this.noteDown(error));
      this.store.client.on('ready', () => this.noteUp());
      this.noteUp();
    } catch (error) {
      this.noteDown(error);
    }
  }

  private noteDown(error: unknown): void {
    if (this.isUp) this.logger.warn(`going on without Redis: ${String(error)}`);
    this.isUp = false;
  }

  private noteUp(): void {
    if (!this.isUp) this.logger.log('Redis answers again');
    this.isUp = true;
  }
}

function reach({ hostname, port }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port || 6379) });
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('no connection in time')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
