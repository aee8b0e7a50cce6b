#!/usr/bin/env bash
# servers_of_all_versions.sh - backups of servers 13 to 18 start again
#
# HOLDFAST_TEST_PG_<major>=DIR says where a server is; those that are missing are skipped by name.
. "$(dirname "$0")/backup_lib.sh"

for major in 13 14 15 16 17 18; do
    if ! bin=$(cluster_find_bin "$major") || ! as_owner "$bin/postgres" --version >/dev/null 2>&1; then
        echo "SKIP: PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        continue
    fi
    rm -rf "$SPACE"
    cluster_init "v$major" --major "$major"
    cluster_start "v$major"
    as_owner mkdir "$SPACE"
    cluster_sql "v$major" "create tablespace s location '$SPACE';
        create table t as select g as x from generate_series(1, 20000) g;
        create table u tablespace s as select g as x from generate_series(1, 1000) g"

    # try NAME OPTION...: a backup that must come to an end.
    try()
    {
        local name=v$major.$1
        shift
        cluster_run "v$major" "$BACKUP" -cfast -D "$name" -T "$SPACE=$TEST_DIR/$name.space" "$@" \
            2>messages || fail "$major: $*: $(<messages)"
    }
    # start NAME: it runs, and has the rows.
    start()
    {
        cluster_adopt "run$major.$1" "$TEST_DIR/v$major.$1" --bin "$bin"
        cluster_start "run$major.$1"
        assert_eq "$(cluster_sql "run$major.$1" 'select count(*) from t; select sum(x) from u')" \
            $'20000\n500500' "$major: $1 starts and has the rows"
        cluster_stop "run$major.$1"
    }
    # Up to 16 the manifest is of version 1, which PostgreSQL 15's program reads too; ours reads both, and the WAL.
    verify()
    {
        [ "$major" -ge 17 ] || cluster_run "v$major" pg_verifybackup -n -i tablespace_map "v$major.$1" \
            >/dev/null || fail "$major: pg_verifybackup $1"
        verify_ours "$@"
    }
    # verify_ours NAME [OPTION...]: plain, or tars.
    verify_ours()
    {
        run "$HOLDFAST_BIN/pgverifybackup" "${@:2}" "$TEST_DIR/v$major.$1"
        assert_eq "$run_code: $run_err" "0: " "$major: pgverifybackup finds nothing wrong: $1"
    }
    # finds_damage NAME FILE: and it finds a byte that changed.
    finds_damage()
    {
        printf X | as_owner dd of="v$major.$1/$2" bs=1 seek=600 conv=notrunc status=none
        run "$HOLDFAST_BIN/pgverifybackup" "$TEST_DIR/v$major.$1"
        assert_eq "$run_code" 1 "$major: damage is found: ${run_err%%$'\n'*}"
    }

    try stream && verify stream && start stream
    try fetch -X fetch --manifest-checksums=sha512 && verify fetch && start fetch
    try nothing -X none -N --no-manifest
    try slot -C -S slot --no-estimate-size && verify slot
    try tar -Ft -R && verify_ours tar -n
    try tars -Ft && verify_ours tars && finds_damage tars base.tar
    as_owner mkdir -m 700 "v$major.out" "v$major.out.space"
    as_owner tar -xf "v$major.tar/base.tar" -C "v$major.out"
    as_owner tar -xf "v$major.tar/pg_wal.tar" -C "v$major.out/pg_wal"
    as_owner tar -xf "$(ls "v$major.tar"/[0-9]*.tar)" -C "v$major.out.space"
    as_owner sed -i "s| .*| $TEST_DIR/v$major.out.space|" "v$major.out/tablespace_map"
    as_owner rm "v$major.out/standby.signal"
    start out
    try gzip -Ft -z -X fetch && verify_ours gzip
    gzip -t "v$major.gzip"/*.gz && ok "$major: archives are sound gzip files"
    for method in lz4 zstd:1; do
        try "$method" -Ft -Z "$method" && verify_ours "$method"
    done
    try sha --manifest-checksums=sha224 --manifest-force-encode --waldir="$TEST_DIR/v$major.sha.wal" && verify sha && start sha
    finds_damage slot global/pg_control
    if [ "$major" -ge 15 ]; then
        try server_gzip -Z server-gzip && verify server_gzip && start server_gzip
        for method in lz4 zstd; do
            run cluster_run "v$major" "$BACKUP" -cfast -D "v$major.server_$method" -Ft -Z "server-$method" -X fetch
            # Not every server is built with them.
            if [ "$run_code" = 0 ]; then
                verify_ours "server_$method"
            else
                [[ "$run_err" =~ (not supported by this build|this build does not support) ]] ||
                    fail "$major: server-$method: $run_err"
                note "$major: a server without $method"
            fi
        done
    else
        run cluster_run "v$major" "$BACKUP" -cfast -D no -Z server-gzip -T "$SPACE=$TEST_DIR/no.space"
        assert_contains "$run_err" "server does not support server-side compression" \
            "$major: says that it cannot"
    fi
    try standby -R
    cluster_adopt "run$major.standby" "$TEST_DIR/v$major.standby" --bin "$bin"
    cluster_start "run$major.standby"
    cluster_sql "v$major" "insert into t values (-1)"
    cluster_wait_replay "run$major.standby" "$(cluster_lsn "v$major")"
    ok "$major: a copy follows as a standby"
    cluster_stop "run$major.standby"
    if [ "$major" -ge 15 ]; then
        cluster_sql "v$major" "set allow_in_place_tablespaces = on; create tablespace p location ''"
        cluster_sql "v$major" "create table w tablespace p as select 7 as x"
        try in_place
        cluster_adopt "run$major.in_place" "$TEST_DIR/v$major.in_place" --bin "$bin"
        cluster_start "run$major.in_place" -c allow_in_place_tablespaces=on
        assert_eq "$(cluster_sql "run$major.in_place" 'select x from w')" 7 \
            "$major: a tablespace in place is where it should be"
        cluster_stop "run$major.in_place"
    fi
    cluster_stop "v$major"
done
