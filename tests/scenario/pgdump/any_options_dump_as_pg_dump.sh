#!/usr/bin/env bash
# any_options_dump_as_pg_dump.sh - one set of options after the other: the same text as pg_dump's
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

cluster_init main
cluster_start main
every_kind main

dump_compare_all main every <<'X'

-s
-a
-c
-c --if-exists
-C
-C -c --if-exists -s
--inserts
--column-inserts
--rows-per-insert=3 -a
--inserts --on-conflict-do-nothing
-O -x
-t plain -t public.simple
-t public."Quoted?Table"
-t app.measured*
-T public.* -s
-n app
-n "Mixed*"
-n public
-N public -N select
-n app -t plain
-e plpgsql -n app
--section=pre-data
--section=data
--section=post-data
--section=pre-data --section=post-data
--quote-all-identifiers
--disable-triggers -a -S bob
--serializable-deferrable
--use-set-session-authorization
--no-tablespaces --no-table-access-method
--no-comments --no-publications
--no-toast-compression --no-security-labels --no-subscriptions
--no-unlogged-table-data
--exclude-table-data=public.* --exclude-table-data=app.hashed_0
--load-via-partition-root
--load-via-partition-root --inserts
--disable-dollar-quoting -s
--enable-row-security -t watched
--extra-float-digits=0 -t numbers
--lock-wait-timeout=1000 -s
--strict-names -n app
X

# Sets of options at random; the seed is told, and HOLDFAST_SEED gives it again.
seed=${HOLDFAST_SEED:-$SRANDOM}
RANDOM=$((seed % 32768))
note "seed $seed"
all=(-a -s -c -C --if-exists -O -x --no-comments --inserts --column-inserts --rows-per-insert=2 --on-conflict-do-nothing
    --quote-all-identifiers --disable-triggers --use-set-session-authorization --no-tablespaces --no-table-access-method
    --no-publications --no-toast-compression --no-unlogged-table-data --load-via-partition-root --disable-dollar-quoting
    --section=pre-data --section=data --section=post-data --schema=public --schema=app --exclude-schema=public
    --exclude-schema=app --table=*a* --table=p* --exclude-table=*e* --table=public.* --extension=*
    --exclude-table-data=*c* --strict-names -b -B --enable-row-security -S=x --extra-float-digits=1)
for _ in $(seq 40); do
    options=()
    for _ in $(seq $((RANDOM % 5 + 1))); do
        options+=("${all[RANDOM % ${#all[@]}]}")
    done
    dump_compare main every "${options[@]}"
done
ok "40 sets of options at random"
