import { createParamDecorator } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { of } from 'rxjs';
import { RequestFormInterceptor } from './request-form.interceptor.js';

class Shelf {
  label(...books: unknown[]) {
    return books;
  }
}

/** Nest keeps a decorator of our own under a random text; here it begins with the number of a query. */
function decorateUntilItLooksLikeQuery(): void {
  for (let index = 0; index < 100_000; index++) {
    const Own = createParamDecorator(() => undefined);
    Own()(Shelf.prototype, 'label', index);
    const kept = Reflect.getMetadata(ROUTE_ARGS_METADATA, Shelf, 'label') as object;
    if (Object.keys(kept).some((key) => /^4\D/.test(key) && !/^4:/.test(key))) return;
  }
}

describe('a route with decorators of our own alone', () => {
  it('reads no query, whatever Nest calls them', () => {
    decorateUntilItLooksLikeQuery();
    const request = { query: { surprise: '1' }, body: undefined, params: {} };
    const context = new ExecutionContextHost([request], Shelf, Shelf.prototype.label);
    const next = { handle: () => of('answer') };
    const refused = expect.objectContaining({ code: 'parameter_invalid' }) as Error;
    expect(() => new RequestFormInterceptor().intercept(context, next)).toThrow(refused);
  });
});
