import type { FastifyInstance, FastifyReply } from 'fastify';
import { errorIndexPage, errorPage } from '../errors/error-page.js';
import { readDocumentationFile } from '../documentation-files.js';
import { guides } from '../documentation/guides.js';
import { framed } from '../documentation/frame.js';

const assets: Record<string, string> = {
  'page.css': 'text/css; charset=utf-8',
  'swagger.css': 'text/css; charset=utf-8',
  'swagger.js': 'text/javascript; charset=utf-8',
};

/** Where the commands of the guides lead until the real address takes its place. */
const localAddress = 'http://127.0.0.1:3000';

/** The pages around Swagger UI: every error code, the guides, and what these pages are made of. */
export function serveDocumentation(fastify: FastifyInstance, publicUrl = localAddress): void {
  fastify.get('/docs/errors', (_request, reply) => sendHtml(reply, errorIndexPage()));
  fastify.get<{ Params: { code: string } }>('/docs/errors/:code', (request, reply) => {
    const page = errorPage(request.params.code);
    if (page !== undefined) return sendHtml(reply, page);
    return sendHtml(reply.status(404), absent('There is no such error code.'));
  });
  for (const { name, title } of guides) {
    const path = `/docs/guides/${name}`;
    fastify.get(path, async (_request, reply) => {
      const guide = await readDocumentationFile(`guides/${name}.html`);
      const content = guide.replaceAll(localAddress, publicUrl);
      return sendHtml(reply, framed({ title, path, content }));
    });
  }
  for (const [name, type] of Object.entries(assets)) {
    fastify.get(`/docs/assets/${name}`, async (_request, reply) =>
      reply.type(type).send(await readDocumentationFile(name)),
    );
  }
}

function absent(text: string): string {
  const content = `<h1>Not found</h1>\n<p>${text} <a href="/docs/errors">All error codes</a></p>`;
  return framed({ title: 'Not found', path: '/docs/errors', content });
}

function sendHtml(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}
