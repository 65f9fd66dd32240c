import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';
import { type Finding, InvariantsService } from './invariants.service.js';

/** Checks the invariants beside the payments, and says in the log which of them does not hold. */
@Injectable()
export class InvariantsWorker {
  private readonly logger = new Logger('Invariants');

  constructor(
    private readonly invariants: InvariantsService,
    private readonly metrics: MetricsService,
  ) {}

  /** One worker at a time: whoever comes later leaves it to the first. */
  async run(signal: AbortSignal): Promise<void> {
    const findings = await this.invariants.checkAll(new Date(), { signal, inTurn: true });
    for (const finding of findings) this.report(finding);
    if (findings.length === 0 || signal.aborted) return;
    this.metrics.invariantsChecked.setToCurrentTime();
    this.logger.log(`${findings.length} invariants checked`);
  }

  private report({ name, says, violations, examples, problem }: Finding): void {
    this.metrics.invariantViolations.set({ invariant: name }, problem ? NaN : violations);
    if (problem) this.logger.error(`${name} could not be checked: ${problem}`);
    if (violations === 0) return;
    const ids = examples.join(', ');
    this.logger.error(`${name} is violated ${violations} times (${says}), for example by ${ids}`);
  }
}
