import type { SwaggerCustomOptions } from '@nestjs/swagger';

interface BrowserRequest {
  headers: Record<string, string>;
}

const plainPage = `
.swagger-ui .topbar { display: none }
.swagger-ui .info { margin: 2rem 0 1rem }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0 0 1rem }
.swagger-ui .servers-title, .swagger-ui .servers { display: none }
`;

/** How Swagger UI looks and what it sends. */
export function swaggerUi(title: string): SwaggerCustomOptions {
  return {
    customSiteTitle: title,
    customCss: plainPage,
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      showCommonExtensions: true,
      defaultModelsExpandDepth: 0,
      requestInterceptor: renewExampleKey,
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
