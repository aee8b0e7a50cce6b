#!/usr/bin/env bash
# workload_in_every_wal_format.sh - the workload compressed, in small and large segments, without checksums
here=$(cd "$(dirname "$0")" && pwd -P)
set -e
bash "$here/workload_reaches_every_kind.sh" --compression pglz
bash "$here/workload_reaches_every_kind.sh" --compression lz4 --wal-segsize 1
bash "$here/workload_reaches_every_kind.sh" --compression zstd --wal-segsize 64
bash "$here/workload_reaches_every_kind.sh" --no-checksums
