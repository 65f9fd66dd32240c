import { portOf, type PortSettings } from './ports.js';

const partnerRoutes = ['/v1/partner', '/health/ready', '/docs', '/webhooks/:provider', '/'];
const adminRoutes = ['/admin/v1/partners', '/admin/docs', '/admin/docs/*', '/admin'];

function settings(given: Partial<PortSettings>): PortSettings {
  return {
    ENVIRONMENT: 'production',
    PORT: 3000,
    ADMIN_PORT: undefined,
    METRICS_PORT: undefined,
    WEB_CONCURRENCY: 1,
    ...given,
  };
}

describe('the port that something is served at', () => {
  it.each([
    ['in production', {}, undefined, undefined],
    ['in development', { ENVIRONMENT: 'development' }, 3000, 3000],
    ['with ports of their own', { ADMIN_PORT: 3001, METRICS_PORT: 3002 }, 3001, 3002],
    ['where both are asked for', { ADMIN_PORT: 3000, METRICS_PORT: 3000 }, 3000, 3000],
    ['shared by several processes', { ENVIRONMENT: 'test', WEB_CONCURRENCY: 2 }, 3000, undefined],
  ] as const)('%s is not that of the partners by itself', (_what, given, admin, metrics) => {
    const places = (routes: string[]) => new Set(routes.map((one) => portOf(one, settings(given))));
    expect(places(partnerRoutes)).toEqual(new Set([3000]));
    expect(places(adminRoutes)).toEqual(new Set([admin]));
    expect(places(['/metrics'])).toEqual(new Set([metrics]));
  });
});
