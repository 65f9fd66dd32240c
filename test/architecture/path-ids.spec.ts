import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './sources.js';

const read = (path: string) => readFileSync(join(rootDir, path), 'utf8');

describe('the ids that Swagger UI fills in', () => {
  it('are told for every path with an id, and for no other', () => {
    const script = read('apps/api/documentation/swagger.js');
    const told = [...script.matchAll(/\['([a-z]+)', '(\/[^']+)', '[a-z ]+'\]/g)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    const documents = ['docs/openapi/partner.json', 'docs/openapi/operations.json'];
    const needed = documents.flatMap((document) => {
      const { paths } = JSON.parse(read(document)) as { paths: Record<string, object> };
      return Object.entries(paths)
        .filter(([path]) => path.includes('{id}'))
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    });
    expect(needed.length).toBeGreaterThan(10);
    expect(told.toSorted()).toEqual(needed.toSorted());
  });
});
