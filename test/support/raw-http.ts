import * as net from 'node:net';
import type { Answer } from './http.js';

/** Writes text to a server as it is, and reads the first answer; an empty text when there was none. */
export function exchange(baseUrl: string, request: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(request, 'latin1'));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (isComplete(text)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** The same, with the answer taken apart. */
export async function rawCall(baseUrl: string, request: string): Promise<Answer<unknown>> {
  const answer = await exchange(baseUrl, request);
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: Number(statusLine.split(' ')[1]), headers: new Headers(fields), body, text };
}

function isComplete(answer: string): boolean {
  const [head = '', body] = answer.split('\r\n\r\n');
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1]);
  return body !== undefined && Buffer.byteLength(body) >= length;
}
