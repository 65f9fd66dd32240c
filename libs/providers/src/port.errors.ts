/**
 * How a call to a provider broke. Failover is one switch on this.
 *
 * It speaks of this call only. When an earlier call with the same key was `outcome_unknown`, the payment stays
 * unknown whatever this call says.
 */
export type ProviderErrorKind =
  /** Nothing was sent: another provider may be tried. */
  | 'unreachable'
  /** Turned away before anything was done: the same call later (`retryAfterMs`), or another provider. */
  | 'throttled'
  /** It may have been done: never another provider; look it up, or replay with the same key. */
  | 'outcome_unknown'
  /** The provider refused our request as wrong, before doing anything. */
  | 'rejected'
  /** Our credentials or settings are wrong; nothing was done. */
  | 'misconfigured';

/** Breakage, as opposed to a decline. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    readonly details: {
      /** The provider's own error code. */
      code?: string;
      /** The same code, when it is in no table of ours: what the refusal means is not known. */
      unmapped?: string;
      httpStatus?: number;
      /** How long the provider asks us to wait. */
      retryAfterMs?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
  }
}

/** Thrown by `parseWebhook` for a signature that is wrong, missing, too old or from the future. */
export class InvalidWebhookError extends Error {
  override readonly name = 'InvalidWebhookError';
}
