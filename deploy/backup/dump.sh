#!/bin/bash
# The second way back, which needs neither pgBackRest nor the same version of PostgreSQL: one
# encrypted dump of the database and one of its roles. Run as the superuser postgres, since
# row-level security is forced on everybody else.
set -euo pipefail
umask 077

: "${DUMP_DIR:=/var/lib/payments-dumps}"
: "${DUMP_PASSPHRASE_FILE:=/etc/pgbackrest/dump.passphrase}"
: "${DUMP_KEEP_DAYS:=30}"
: "${PGDATABASE:=payments}"
export PGDATABASE

name="$DUMP_DIR/payments-$(date --utc +%Y%m%dT%H%M%SZ)"
trap 'rm -f "$name".*.unfinished' EXIT

encrypt() {
  openssl enc -aes-256-cbc -pbkdf2 -iter 600000 -salt -pass "file:$DUMP_PASSPHRASE_FILE" \
    -out "$name.$1.unfinished"
}

pg_dumpall --roles-only | encrypt roles
pg_dump --format=custom | encrypt dump
for part in roles dump; do
  mv "$name.$part.unfinished" "$name.$part"
done
find "$DUMP_DIR" -name 'payments-*' -mtime "+$DUMP_KEEP_DAYS" -delete
echo "$name.dump"
