import type { DemoRun } from './demo-run.js';

/** One story of the demo: a title, what it shows in one line, and its steps with their expectations. */
export interface Scenario {
  title: string;
  shows: string;
  play(demo: DemoRun): Promise<void>;
}
