import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { ApiError } from '../errors/api-error.js';
import type { ErrorCode } from '../errors/error-catalogue.js';
import { toProblem } from '../errors/problem.dto.js';
import { answerHeaders } from './answer-headers.js';
import type { Entrances } from './entrance.js';

/** A socket as Node knows it: the answer that it is busy with. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null };

const codes: Record<string, ErrorCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** Answers what never gets as far as a route: addresses and requests that HTTP does not know. */
export function answerUnreadable(
  pino: Logger,
  entrances: Entrances,
  publicUrl?: string,
): Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> {
  const answerTo = (code: ErrorCode, requestId: string) => {
    const error = new ApiError(code);
    const body = JSON.stringify(toProblem(error, requestId, publicUrl));
    const type = 'application/problem+json; charset=utf-8';
    pino.info({ request_id: requestId, status: error.status }, 'answered');
    return {
      status: error.status,
      headers: { ...answerHeaders(requestId), 'content-type': type },
      body,
    };
  };
  return {
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      void reply.headers(answerHeaders(request.id));
      // No hook sees what the router could not read.
      void entrances.refuse(request, reply).catch((error: Error) => {
        request.server.errorHandler(error, request, reply);
        pino.info({ request_id: request.id, status: reply.statusCode }, 'answered');
      });
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: HttpSocket) => {
      if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
        socket.destroy();
        return;
      }
      const code = codes[error.code ?? ''] ?? 'malformed_request';
      socket.end(toText(answerTo(code, uuidv7())), () => socket.destroy());
    },
  };
}

/** An answer now would be taken for that to the request before, which may have moved money. */
function isAnswering({ _httpMessage: answer }: HttpSocket): boolean {
  return answer ? answer.req.complete || answer.headersSent : false;
}

function toText(answer: { status: number; headers: Record<string, string>; body: string }): string {
  const length = Buffer.byteLength(answer.body);
  const headers = { ...answer.headers, 'content-length': length, connection: 'close' };
  return [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `\r\n${answer.body}`,
  ].join('\r\n');
}
