const byOwner = `drop_audit_partitions drop_event_partitions drop_old_partitions ensure_partitions
  extend_partitions`.split(/\s+/);

const byDefiner =
  `archive_transactions bump_cache_version count_disabled_webhook_urls count_webhook_deliveries
  delete_archive delete_transactions expire_audit_blocks expire_sendings expire_deliveries expire_provider_webhooks
  expire_idempotency_keys expire_transmissions find_api_key fold_events
  forget_provider_webhooks holds_rows is_held
  mirror_api_key pack_audit_logs read_outbox_lag redact_archive redact_trails
  redact_transactions search_transactions settle_manual_refund
  settle_manual_transaction touch_api_key`.split(/\s+/);

/** Every function that runs as its owner, by name. */
export const securityDefiners = [...byOwner, ...byDefiner].toSorted().map((proname) => ({
  proname,
  owner: byOwner.includes(proname) ? 'payments_owner' : 'payments_definer',
}));
