import type { DemoRun } from './demo-run.js';

/** One story of the demo: its steps with their expectations. */
export interface Scenario {
  title: string;
  play(demo: DemoRun): Promise<void>;
}

/** Stories that are told together. */
export interface Chapter {
  /** What `--provider` calls it; `every` needs all providers. */
  provider: 'stripe' | 'adyen' | 'paypal' | 'manual' | 'every';
  title: string;
  shows: string;
  scenarios: Scenario[];
}
