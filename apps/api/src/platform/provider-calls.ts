import { type CallObserver, ProviderError } from '@libs/providers';
import type { MetricsService } from './metrics.service.js';
import type { Tracing } from './tracing.js';

/** Counts the calls of providers, by what came of them, and traces them. */
export function observeCalls(metrics: MetricsService, tracing?: Tracing): CallObserver {
  return async ({ provider, operation }, run) => {
    const end = metrics.providerCallDuration.startTimer({ provider, operation });
    const span = tracing?.openCall(() => [
      `${operation} ${provider}`,
      { 'payments.provider': provider, 'payments.operation': operation },
    ]);
    let outcome = 'error';
    try {
      const answer = await run();
      outcome = outcomeOf(answer);
      return answer;
    } catch (error) {
      if (error instanceof ProviderError) outcome = error.kind;
      if (span) tracing?.markFailed(span);
      throw error;
    } finally {
      end();
      span?.setAttribute('payments.outcome', outcome).end();
      metrics.providerCalls.inc({ provider, operation, outcome });
    }
  };
}

/** The status of an outcome, `not_found` or `unsupported`; a resolved fact has none. */
function outcomeOf(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  const status = (answer as { status?: unknown } | undefined)?.status;
  return typeof status === 'string' ? status : 'answered';
}
