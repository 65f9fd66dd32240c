import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { AppModule } from '../../apps/api/src/app.module.js';
import { accessOf } from '../../apps/api/src/http/access.decorator.js';
import { auditContextOf } from '../../apps/api/src/http/audited.decorator.js';
import { isIdempotent } from '../../apps/api/src/modules/idempotency/index.js';

type Class = new (...args: never[]) => object;

interface Route {
  name: string;
  paths: string[];
  method: RequestMethod;
  handler: object;
  controller: Class;
}

/** Routes that need no key, and what protects them instead. */
const publicRoutes = [
  'CallbacksController.receive',
  'HealthController.live',
  'HealthController.ready',
  'MetricsController.print',
  'PayerReturnsController.comeBack',
];

/** Routes of partners that change something, but do no more when they are called twice. */
const safeToRepeat = [
  'PartnersController.update',
  'WebhooksController.redeliver',
  'WebhooksController.test',
];

const routes = controllersOf(AppModule, new Set()).flatMap(routesOf);
const name = ({ name: routeName }: Route) => routeName;
const accessTo = ({ handler, controller }: Route) =>
  accessOf({ getHandler: () => handler as never, getClass: () => controller as never });
const changes = ({ method }: Route) => method !== RequestMethod.GET;

describe('every route', () => {
  it('is found', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.map(name)).toContain('TransactionsController.create');
  });

  it('needs a key, unless it is listed as public', () => {
    const open = routes.filter((route) => accessTo(route) === 'public');
    expect(open.map(name).sort()).toEqual(publicRoutes);
  });

  it('lies under the path of those that it is for', () => {
    const paths = (access: string) =>
      routes.filter((route) => accessTo(route) === access).flatMap((route) => route.paths);
    expect(paths('partner').filter((path) => !path.startsWith('/v1/'))).toEqual([]);
    expect(paths('operator').filter((path) => !path.startsWith('/admin/v1/'))).toEqual([]);
  });

  it('is audited, unless it is public', () => {
    const silent = routes.filter(
      (route) => accessTo(route) !== 'public' && !auditContextOf(route.handler),
    );
    expect(silent.map(name)).toEqual([]);
  });

  it('that reads is audited as a read, and one that changes as a change', () => {
    const wrong = routes.filter((route) => {
      const audit = auditContextOf(route.handler);
      return audit !== undefined && (audit.action === 'read') === changes(route);
    });
    expect(wrong.map(name)).toEqual([]);
  });

  it('of partners that changes something is idempotent, unless it is listed as safe to repeat', () => {
    const repeatable = routes.filter(
      (route) => accessTo(route) === 'partner' && changes(route) && !isIdempotent(route.handler),
    );
    expect(repeatable.map(name).sort()).toEqual(safeToRepeat);
  });
});

/** The controllers of a module and of all that it imports. */
function controllersOf(target: unknown, seen: Set<unknown>): Class[] {
  const module = (target as { module?: unknown } | undefined)?.module ?? target;
  if (typeof module !== 'function' || seen.has(module)) return [];
  seen.add(module);
  const listed = (key: string) => (Reflect.getMetadata(key, module) as unknown[] | undefined) ?? [];
  const imported = listed('imports').flatMap((imports) => controllersOf(imports, seen));
  return [...(listed('controllers') as Class[]), ...imported];
}

function routesOf(controller: Class): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const base = pathsOf(controller);
  return Object.getOwnPropertyNames(prototype).flatMap((key) => {
    const handler = prototype[key];
    const method = handler && (Reflect.getMetadata('method', handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const own = pathsOf(handler);
    const paths = base.flatMap((first) => own.map((second) => `/${first}/${second}`));
    return [{ name: `${controller.name}.${key}`, paths, method, handler, controller }];
  });
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata('path', target) as string | string[]].flat();
}
