import { readScans } from '../support/logged-secrets.js';

describe('the logs of all processes of the end-to-end tests', () => {
  it('were scanned', () => {
    const scans = readScans();
    expect(scans.length).toBeGreaterThan(20);
    expect(scans.reduce((sum, { lines }) => sum + lines, 0)).toBeGreaterThan(1_000);
  });

  it('hold no key, no secret, no card number and no mailbox', () => {
    const found = readScans().flatMap((scan) => scan.found);
    expect([...new Set(found)]).toEqual([]);
  });
});
