import type { SwaggerCustomOptions } from '@nestjs/swagger';
import { type Side, siteHeader, siteNames } from '../documentation/frame.js';

interface BrowserRequest {
  headers: Record<string, string>;
}

/** What the page of Swagger UI lacks. */
const headOfPage = '<meta name="viewport" content="width=device-width, initial-scale=1">';

/** How Swagger UI looks, what it sends and what it remembers. */
export function swaggerUi(side: Side): SwaggerCustomOptions {
  return {
    customSiteTitle: siteNames[side],
    customCssUrl: ['/docs/assets/page.css', '/docs/assets/swagger.css'],
    customJs: '/docs/assets/swagger.js',
    customJsStr: [
      `document.head.insertAdjacentHTML('beforeend', ${JSON.stringify(headOfPage)})`,
      `document.body.insertAdjacentHTML('afterbegin', ${JSON.stringify(siteHeader(side))})`,
    ],
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      showCommonExtensions: true,
      defaultModelsExpandDepth: 0,
      requestInterceptor: renewExampleKey,
      plugins: [() => Reflect.get(globalThis, 'documentationPlugin') as unknown],
    },
  };
}

/**
 * Makes "Try it out" a new operation every time, as long as the example key is left as it stands.
 * A key that somebody typed is sent as it is, so a replay can be tried too.
 *
 * Runs in the browser, where nothing outside of its body exists.
 */
function renewExampleKey(request: BrowserRequest): BrowserRequest {
  const example = 'order-2041-payment';
  if (request.headers['Idempotency-Key'] === example) {
    request.headers['Idempotency-Key'] = `${example}-${Date.now().toString(36)}`;
  }
  return request;
}
