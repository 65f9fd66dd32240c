import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schema } from '../../apps/api/src/config.js';
import { declaredVariables } from '../../libs/providers/src/index.js';
import {
  metricsIn,
  readAlertCases,
  readAlerts,
  readDashboardExpressions,
} from '../support/monitoring-files.js';

const runbooks = 'docs/runbooks';
const alerts = readAlerts();
const files = alerts.map(({ alert }) => join(runbooks, `${alert}.md`));
const known = new Set(
  [...alerts.map(({ expr }) => expr), ...readDashboardExpressions()].flatMap(metricsIn),
);
const settings = new Set([
  ...Object.keys(schema),
  ...declaredVariables.flatMap(({ variables }) => Object.keys(variables)),
  'PROVIDER_ORDER',
]);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const health = readFileSync('apps/api/src/modules/health/health.controller.ts', 'utf8');
const operations = ['partner', 'operations'].flatMap((name) => {
  const text = readFileSync(`docs/openapi/${name}.json`, 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
});

for (const [, path] of health.matchAll(/@Get\('(\w+)'\)/g)) operations.push(`GET /health/${path}`);

/** What a runbook names that is not there. */
function missingIn(text: string): string[] {
  const named = (form: RegExp) => [...text.matchAll(form)].map(([, name = '']) => name);
  return [
    ...named(/npm run ([\w:]+)/g).filter((name) => !scripts[name]),
    ...named(/`([A-Z]+_[A-Z_]+)`/g).filter((name) => !settings.has(name)),
    ...named(/`((?:GET|POST|PATCH|PUT|DELETE) \/[^`]*)`/g).filter(
      (name) => !operations.includes(name),
    ),
    ...named(/`([a-z]+_[a-z_]+)`/g).filter((name) => !known.has(name) && !isNoMetric(name)),
    ...named(/\]\(([^)#]+)/g).filter((link) => !existsSync(join(runbooks, link))),
  ];
}

/** What PostgreSQL, Prometheus or our own states call so. */
function isNoMetric(name: string): boolean {
  const others = ['audit_logs_default', 'outcome_unknown', 'processing_error'];
  const postgres = ['max_connections', 'archive_timeout'];
  const histograms = ['_bucket', '_count', '_sum'].some((end) => known.has(name + end));
  return histograms || [...others, ...postgres].includes(name);
}

describe('alerts', () => {
  it('have a case in which they fire and one in which they do not', () => {
    const cases = readAlertCases();
    const untested = alerts.flatMap(({ alert }) =>
      [true, false]
        .filter((fires) => !cases.some((each) => each.alert === alert && each.fires === fires))
        .map((fires) => `${alert} ${fires ? 'never fires' : 'always fires'}`),
    );
    expect(alerts.length).toBeGreaterThan(20);
    expect(untested).toEqual([]);
  });

  it('have a runbook each, and no runbook is of no alert', () => {
    expect(alerts.map(({ annotations }) => annotations.runbook)).toEqual(files);
    const written = readdirSync(runbooks).filter((name) => name !== 'restore.md');
    expect(written.map((name) => join(runbooks, name)).toSorted()).toEqual(files.toSorted());
  });

  it('say how urgent they are and what is wrong', () => {
    const wrong = alerts.filter(
      ({ labels, annotations }) =>
        !['page', 'ticket'].includes(labels.severity) || !/^[A-Z].+\.$/.test(annotations.summary),
    );
    expect(wrong).toEqual([]);
  });
});

describe('runbooks', () => {
  it.each(files)('%s names what there is, in three parts', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(missingIn(text)).toEqual([]);
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(parts).toEqual(['What it means', 'How to look', 'What to do']);
  });

  it('would show what is not there', () => {
    const text =
      '`npm run nothing`, `NO_SETTING`, `GET /nowhere`, `no_such_metric`, [x](nowhere.md), `POOL_MAX`';
    expect(missingIn(text)).toEqual([
      ...['nothing', 'NO_SETTING', 'GET /nowhere', 'no_such_metric', 'nowhere.md'],
    ]);
  });
});
