#!/usr/bin/env bash
# restores_every_version.sh - archive, back up, restore to targets, promote and go on, on servers 13 to 18
#
# HOLDFAST_TEST_PG_<major>=DIR says where a server is; those that are missing are skipped by name. What each restore
# has to hold is known from the rows that were there when the target was noted. The promoted cluster archives its new
# timeline, and is restored in its turn.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

pitr=$HOLDFAST_BIN/pitr

# archive_so_far CLUSTER: have all that was written until now in the repository.
archive_so_far()
{
    local last
    last=$(cluster_sql "$1" "select pg_walfile_name(pg_current_wal_lsn())")
    cluster_sql "$1" "select pg_switch_wal()" >/dev/null
    cluster_wait_archived "$1" "$last"
}

# restored MAJOR NAME EXPECTED BACKUP [option...]: restore, start, compare the rows, leave it running.
restored()
{
    local major=$1 name=$2 expected=$3 backup=$4
    shift 4
    as_owner "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" --cluster "v$major" -D "$TEST_DIR/$name.data" \
        -T "$oid=$TEST_DIR/$name.space" "$@" >restore.out || fail "$major: restore $*"
    cluster_adopt "$name" "$TEST_DIR/$name.data"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select string_agg(name, ' ' order by name) from steps;
                                      select count(*), sum(x) from filler; select count(*) from fleeting")" \
        "$expected"$'\n20000|200010000\n0' "$major: restore $*"
    assert_eq "$(cluster_sql "$name" "show archive_mode")" off "$major: the restored cluster does not archive"
}

# full_cycle MAJOR
full_cycle()
{
    local major=$1 v=v$1 xid time name oid in_place="" space=$TEST_DIR/v$1.space
    as_owner mkdir "$space"
    cluster_init "$v" --major "$major" --set 'track_commit_timestamp = on' --set 'shared_buffers = 16MB'
    cluster_archive "$v" "\"$HOLDFAST_BIN/walarchive\" push --repo \"$REPO\" --cluster $v \"%p\""
    # From 16 on base backups have the tablespaces, too, that lie in the data directory; to recover them, a server
    # wants the setting.
    if [ "$major" -ge 16 ]; then
        cluster_set "$v" "allow_in_place_tablespaces = on"
        in_place="tablespace inside"
    fi
    cluster_start "$v"
    [ "$major" -lt 16 ] || cluster_sql "$v" "create tablespace inside location ''"
    cluster_sql "$v" "create tablespace s location '$space';
        create table steps (name text) tablespace s;
        create table filler $in_place as select g as x from generate_series(1, 20000) g;
        create unlogged table fleeting as select 1 as x;
        insert into steps values ('a')"
    oid=$(cluster_sql "$v" "select oid from pg_tablespace where spcname = 's'")
    cluster_run "$v" "$HOLDFAST_BIN/pgbasebackup" -D "$v.plain" -c fast -T "$space=$TEST_DIR/$v.plain.space"
    cluster_run "$v" "$HOLDFAST_BIN/pgbasebackup" -D "$v.tar" -Ft -c fast -X none
    cluster_sql "$v" "insert into steps values ('b')"
    # What follows makes records of many kinds in each version's own form.
    cluster_sql "$v" "create index on filler (x); update filler set x = x where x % 7 = 0; vacuum (freeze) filler;
                      create table gone as select 1 as x; drop table gone; truncate fleeting"
    xid=$(cluster_sql "$v" "insert into steps values ('c') returning pg_current_xact_id()")
    time=$(cluster_sql "$v" "select pg_xact_commit_timestamp('$xid'::xid)")
    cluster_sql "$v" "select pg_create_restore_point('before d')" >/dev/null
    cluster_sql "$v" "insert into steps values ('d')"
    archive_so_far "$v"

    for name in plain tar; do
        restored "$major" "$v.$name.latest" "a b c d" "$v.$name"
        cluster_stop "$v.$name.latest"
        restored "$major" "$v.$name.time" "a b c" "$v.$name" --target-time "$time"
        cluster_stop "$v.$name.time"
        restored "$major" "$v.$name.xid" "a b" "$v.$name" --target-xid "$xid" --target-exclusive
        cluster_stop "$v.$name.xid"
        restored "$major" "$v.$name.point" "a b c" "$v.$name" --target-name "before d"
        [ "$name" = tar ] || cluster_stop "$v.$name.point"
    done

    # The last one goes on under its own timeline, is backed up there, and restored.
    name=$v.tar.point
    as_owner sed -i '/^archive_mode/d' "$TEST_DIR/$name.data/postgresql.auto.conf"
    cluster_restart "$name"
    cluster_sql "$name" "insert into steps values ('x')"
    cluster_run "$name" "$HOLDFAST_BIN/pgbasebackup" -D "$v.second" -c fast -T "$TEST_DIR/$name.space=$TEST_DIR/$v.second.space"
    cluster_sql "$name" "insert into steps values ('y')"
    archive_so_far "$name"
    cluster_stop "$name"
    restored "$major" "$v.branch" "a b c x y" "$v.plain"
    cluster_stop "$v.branch"
    restored "$major" "$v.trunk" "a b c d" "$v.plain" --target-timeline 1
    cluster_stop "$v.trunk"
    restored "$major" "$v.again" "a b c x y" "$v.second"
    cluster_stop "$v.again"
    cluster_stop "$v"
    rm -rf "$TEST_DIR/$v".*
}

for major in 13 14 15 16 17 18; do
    if ! bin=$(cluster_find_bin "$major") || ! as_owner "$bin/postgres" --version >/dev/null 2>&1; then
        echo "SKIP: PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        continue
    fi
    full_cycle "$major"
done
