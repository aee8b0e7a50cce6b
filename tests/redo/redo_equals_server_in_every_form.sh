#!/usr/bin/env bash
# redo_equals_server_in_every_form.sh - redo_equals_server.sh under other settings of the server
#
# Without full-page writes nearly all pages are made from data; without checksums hint bits are not
# logged; compressed images are taken apart.
here=$(cd "$(dirname "$0")" && pwd -P)
set -e
# no_fpw.sh waits for full-page writes to be on.
topics=$(sed -n '/^topics="/,/"$/p' "$here/run_workload.sh" | tr -d '\n"' |
    sed 's/^topics=//; s/\bno_fpw\b//')
bash "$here/redo_equals_server.sh" --set 'full_page_writes = off' --topics "$topics"
bash "$here/redo_equals_server.sh" --no-checksums
bash "$here/redo_equals_server.sh" --compression pglz
bash "$here/redo_equals_server.sh" --compression lz4 --wal-segsize 1
bash "$here/redo_equals_server.sh" --compression zstd --wal-segsize 64
