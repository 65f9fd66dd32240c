import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = 'deploy/monitoring';

/** One alert of Prometheus. */
export interface AlertRule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

const labelLists = /\b(?:by|without|on|ignoring) ?\([^)]*\)/g;

export function readAlerts(): AlertRule[] {
  const text = readFileSync(join(folder, 'alerts.yml'), 'utf8');
  const { groups } = parse(text) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** For each case of the tests of alerts its alert, and whether it is to fire. */
export function readAlertCases(): { alert: string; fires: boolean }[] {
  const { tests } = parse(readFileSync(join(folder, 'alerts.test.yml'), 'utf8')) as {
    tests: RuleTest[];
  };
  return tests
    .flatMap((test) => test.alert_rule_test)
    .map(({ alertname: alert, exp_alerts: expected }) => ({ alert, fires: expected.length > 0 }));
}

/** The expressions of all panels of all dashboards. */
export function readDashboardExpressions(): string[] {
  const dashboards = join(folder, 'grafana/dashboards');
  return readdirSync(dashboards).flatMap((name) => {
    const { panels } = JSON.parse(readFileSync(join(dashboards, name), 'utf8')) as Dashboard;
    return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  });
}

/** The metrics that an expression reads; `up` is Prometheus' own. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(labelLists, '');
  const words = bare.match(/\b[a-z]\w*_\w+\b(?! ?\()/g) ?? [];
  return [...new Set(words)];
}
