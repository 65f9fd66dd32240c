import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const folder = 'deploy/monitoring';

/** What promtool says when it is content; it fails otherwise. */
async function promtool(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('promtool', words, { cwd: folder, timeout: 60_000 });
  return stdout;
}

describe('the monitoring', () => {
  it('has a configuration and rules that Prometheus takes', async () => {
    const said = await promtool('check', 'config', '--lint-fatal', 'prometheus.yml');
    expect(said).toContain('is valid prometheus config file syntax');
    expect(said).toMatch(/SUCCESS: \d+ rules found/);
  });

  it('has alerts of which each fires when it has to, and else does not', async () => {
    expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });
});
