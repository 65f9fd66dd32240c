#!/bin/bash
# The schedule of the systemd timers for a container: a full backup at 02:00 UTC, an incremental one
# at 08:00, 14:00 and 20:00, and a full one at once when there is none yet.
set -euo pipefail

hours=(2 8 14 20)

backup() {
  echo "$(date --utc +%FT%TZ) $1 backup"
  pgbackrest --type="$1" backup || echo "$(date --utc +%FT%TZ) the $1 backup failed" >&2
}

seconds_until_next() {
  local now midnight hour
  now=$(date --utc +%s)
  midnight=$((now - now % 86400))
  for hour in "${hours[@]}" $((hours[0] + 24)); do
    if ((midnight + hour * 3600 > now)); then
      echo $((midnight + hour * 3600 - now))
      return
    fi
  done
}

if [[ ${1-} == --next ]]; then
  seconds_until_next
  exit
fi
pgbackrest stanza-create
pgbackrest info --output=json | grep -q '"label"' || backup full
while true; do
  sleep "$(seconds_until_next)" &
  wait $!
  if (($(date --utc +%-H) == hours[0])); then backup full; else backup incr; fi
done
