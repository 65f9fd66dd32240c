import type { Clock } from './clock.js';
import type { Journal } from './journal.js';
import { ImpossibleAnswerError } from './shape.js';

/** Something that a test should fail on, whatever became of the call. */
export interface Finding {
  kind: 'impossible_answer' | 'unknown_field' | 'unknown_route' | 'internal_error';
  /** Method and path; null for what happened by itself. */
  call: string | null;
  says: string;
}

interface Request {
  method: string;
  url: string;
}

const mostFindings = 1_000;

/** What the sandbox caught itself or its clients at. It outlives a restart and the wiping of the state. */
export class Findings {
  private found: Finding[] = [];

  constructor(private readonly journal: Journal) {
    journal.add('finding', {
      apply: (row) => this.keep(row as Finding | null),
      rows: () => this.found,
      clear: () => {},
    });
  }

  list(): readonly Finding[] {
    return this.found;
  }

  clear(): void {
    this.write(null);
  }

  add(kind: Finding['kind'], says: string, request?: Request): void {
    if (this.found.length === mostFindings) return;
    const call = request ? `${request.method} ${request.url.split('?')[0]}` : null;
    this.write({ kind, call, says });
  }

  /** Notes an error that no provider would answer with. */
  addError(error: unknown, request?: Request): void {
    const kind = error instanceof ImpossibleAnswerError ? 'impossible_answer' : 'internal_error';
    this.add(kind, error instanceof Error ? error.message : String(error), request);
  }

  /** Runs what nobody waits for: an error is noted and goes no further. */
  watch(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.addError(error);
    }
  }

  /** The same clock, every task of it watched. */
  watched(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delayMs, task) => clock.after(delayMs, () => this.watch(task)),
      stop: () => clock.stop(),
    };
  }

  private write(row: Finding | null): void {
    this.keep(row);
    this.journal.append('finding', row);
  }

  private keep(row: Finding | null): void {
    if (row === null) this.found = [];
    else this.found.push(row);
  }
}
