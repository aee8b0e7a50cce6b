#!/usr/bin/env bash
# base_backup_answers_as_postgresql_does.sh - BASE_BACKUP to a real server and to ours on a copy of its cluster: answers and
# errors are equal byte for byte, so are the archives' entries, and the manifests but for times
#
# The cluster has what a backup treats in its own way: tablespaces (elsewhere, inside, in place), unlogged and temporary
# relations, names that are left out and names that only look like it, things that are no files.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
play=$HOLDFAST_BUILD/tests/session/wire_play
cluster_init real --set 'autovacuum = off' --set 'allow_in_place_tablespaces = on'
cluster_start real
data=$(cluster_dir real)
as_owner mkdir space "$data/inside" "$data/base/5/sub"
cluster_sql real "create tablespace s location '$TEST_DIR/space'"
cluster_sql real "create tablespace p location ''"
cluster_sql real "create table in_s tablespace s as select generate_series(1, 1000) as x;
    create table in_p tablespace p as select 1 as x;
    create unlogged table u as select 1 as x; vacuum u;
    create role plain login; create role copier login replication"
# Nothing is left for a reader to note in pages.
cluster_run real vacuumdb --all --freeze --quiet
in_place=$(cluster_sql real "select oid from pg_tablespace where spcname = 'p'")
cluster_stop real
(
    cd "$data"
    mkfifo fifo
    ln -s base link
    mkdir base/5/pg_notify base/5/pg_wal base/pgsql_tmp global/99 empty
    touch base/5/pg_notify/x base/5/99999_init base/5/99999_vm base/5/99999.1 base/5/t1_2 base/5/t1_2_fsm global/t1_2 global/99/t1_2 \
        base/5/backup_label base/5/postmaster.pid base/5/sub/pgsql_tmpx base/pgsql_tmp/x base/5/sub/99999 base/5/sub/99999_init \
        base/5/pg_internal.init.77 backup_label.old tablespace_map.old current_logfiles.tmp postgresql.auto.conf.tmp .hidden \
        $'umlaut\xff' "a \"quoted\" name"
    rm -f pg_stat/pgstat.stat
)
owner_path "$data"
mkdir ours
cp -a "$data" ours/data
cluster_adopt ours "$TEST_DIR/ours/data" --bin "$(server_bin)"

# Each by itself; then those that are answered.
refused="
BASE_BACKUP LABEL 'x' PROGRESS FAST
BASE_BACKUP ()
BASE_BACKUP (WAIT)(
BASE_BACKUP (foo)
BASE_BACKUP (INCREMENTAL)
BASE_BACKUP (\"LABEL\" 'x')
BASE_BACKUP (LABEL 'x', LABEL 'y')
BASE_BACKUP (LABEL)
BASE_BACKUP (LABEL '$(printf 'x%.0s' {1..1025})')
BASE_BACKUP (PROGRESS, PROGRESS)
BASE_BACKUP (PROGRESS 'foo')
BASE_BACKUP (PROGRESS 2)
BASE_BACKUP (PROGRESS '1', foo)
BASE_BACKUP (PROGRESS 'TRUE', foo)
BASE_BACKUP (PROGRESS 'T', foo)
BASE_BACKUP (CHECKPOINT)
BASE_BACKUP (CHECKPOINT 'bar')
BASE_BACKUP (CHECKPOINT FAST, foo)
BASE_BACKUP (CHECKPOINT 'bar', foo, MAX_RATE 3)
BASE_BACKUP (MAX_RATE)
BASE_BACKUP (MAX_RATE 'a')
BASE_BACKUP (MAX_RATE '64')
BASE_BACKUP (MAX_RATE 0)
BASE_BACKUP (MAX_RATE 31)
BASE_BACKUP (MAX_RATE 1048577)
BASE_BACKUP (MANIFEST)
BASE_BACKUP (MANIFEST maybe)
BASE_BACKUP (MANIFEST 'o', foo)
BASE_BACKUP (MANIFEST 't', foo)
BASE_BACKUP (MANIFEST 1, foo)
BASE_BACKUP (MANIFEST 'Force-Encode', foo)
BASE_BACKUP (MANIFEST 'no', MANIFEST_CHECKSUMS 'sha256')
BASE_BACKUP (MANIFEST_CHECKSUMS 'sha256')
BASE_BACKUP (MANIFEST_CHECKSUMS 'md5')
BASE_BACKUP (MANIFEST_CHECKSUMS none, MANIFEST 'yes', foo)
BASE_BACKUP (TARGET)
BASE_BACKUP (TARGET 'foo')
BASE_BACKUP (TARGET 'CLIENT')
BASE_BACKUP (TARGET 'server')
BASE_BACKUP (TARGET 'client', TARGET_DETAIL 'x')
BASE_BACKUP (TARGET CLIENT, TARGET_DETAIL 'x')
BASE_BACKUP (TARGET 'foo', TARGET_DETAIL 'x')
BASE_BACKUP (TARGET 'blackhole', TARGET_DETAIL 'x')
BASE_BACKUP (TARGET_DETAIL 'x')
BASE_BACKUP (TARGET 'server', TARGET_DETAIL 'relative')
BASE_BACKUP (TARGET 'server', TARGET_DETAIL '')
BASE_BACKUP (TARGET 'server', TARGET_DETAIL '/')
BASE_BACKUP (TARGET 'server', TARGET_DETAIL '/etc/passwd')
BASE_BACKUP (TARGET 'server', TARGET_DETAIL '/does/not/exist')
BASE_BACKUP (COMPRESSION)
BASE_BACKUP (COMPRESSION 'foo')
BASE_BACKUP (COMPRESSION 'GZIP')
BASE_BACKUP (COMPRESSION_DETAIL '1')
BASE_BACKUP (COMPRESSION 'none', COMPRESSION_DETAIL '1')
BASE_BACKUP (COMPRESSION 'gzip', COMPRESSION_DETAIL 11)
BASE_BACKUP (COMPRESSION 'gzip', COMPRESSION_DETAIL '')
BASE_BACKUP (COMPRESSION 'gzip', COMPRESSION_DETAIL 'workers=1')
BASE_BACKUP (COMPRESSION 'lz4', COMPRESSION_DETAIL 'level=13')
BASE_BACKUP (COMPRESSION 'zstd', COMPRESSION_DETAIL 'long')
BASE_BACKUP (COMPRESSION 'zstd', COMPRESSION_DETAIL 'workers=x')
BASE_BACKUP (COMPRESSION 'foo', COMPRESSION_DETAIL 'x', TARGET 'x')
BASE_BACKUP (COMPRESSION 'gzip', COMPRESSION_DETAIL 'x', TARGET 'x')
BASE_BACKUP (VERIFY_CHECKSUMS 5)
BASE_BACKUP (WAL 'x')"
answered="
BASE_BACKUP (TARGET 'blackhole', CHECKPOINT 'fast')
BASE_BACKUP (TARGET blackhole, CHECKPOINT fast, PROGRESS, MANIFEST 'yes', WAL);
BASE_BACKUP (TARGET 'blackhole', CHECKPOINT 'fast', COMPRESSION 'zstd', COMPRESSION_DETAIL 'workers=2', WAIT 0, MANIFEST on)
BASE_BACKUP (TARGET 'blackhole', CHECKPOINT 'fast', COMPRESSION gzip, COMPRESSION_DETAIL 1, WAIT off, TABLESPACE_MAP off)"

# The messages that a server sends, as lines.
answers()
{
    {
        echo "start user=postgres|replication=true"
        echo wait
        while read -r command; do
            [ -z "$command" ] || printf 'Q %s\nwait\n' "$command"
        done <<<"$refused$answered"
        # Who may have no files written; a backup of the session is under way; a block; not a walsender.
        printf '%s\n' again "start user=copier|replication=true" wait \
            "Q BASE_BACKUP (TARGET 'server', TARGET_DETAIL '/x/y')" wait
        printf '%s\n' again "start user=postgres|database=postgres|replication=database" wait \
            "Q select pg_backup_start('x', true) is not null" wait "Q BASE_BACKUP (TARGET 'blackhole')" wait \
            "Q select lsn is not null from pg_backup_stop()" wait "Q begin" wait "Q BASE_BACKUP (TARGET 'blackhole')" wait \
            "Q BASE_BACKUP (foo)" wait
        printf '%s\n' again "start user=postgres|database=postgres" wait "Q BASE_BACKUP (foo)" wait
    } | sed 's/\\/\\x5c/g' | "$play" "$(cluster_socket_dir "$1")/.s.PGSQL.$(cluster_port "$1")" >"$1.answers" ||
        fail "could not play to $1"
}

# Archives by the real client, their entries and the manifest without times.
archives()
{
    local kind
    for kind in "tar -X none" "map -X fetch --manifest-checksums=sha224 --manifest-force-encode"; do
        read -ra words <<<"$kind"
        mkdir "$1.${words[0]}"
        owner_path "$1.${words[0]}"
        cluster_run "$1" "$(cluster_tool real pg_basebackup)" -Ft -D "$1.${words[0]}" -c fast --no-sync -l "$kind" -P \
            "${words[@]:1}" >>"$1.said" 2>&1 || fail "backup of $1, $kind: $(tail -5 "$1.said")"
        for archive in "$1.${words[0]}"/*.tar; do
            tar tvf "$archive" | awk -v OFS=' ' '{ $4 = $5 = "" } 1' | sort -k 4
        done >"$1.${words[0]}.entries"
        sed -E 's/"Last-Modified": "[^"]*"/-/; s/,$//; /Manifest-Checksum/d
            /backup_label|pg_control|6261636b75705f6c6162656c|70675f636f6e74726f6c/s/"Checksum": "[^"]*"/-/' \
            "$1.${words[0]}/backup_manifest" | sort >"$1.${words[0]}.manifest"
    done
}

# One after the other, since both have the tablespace in one place.
for name in real ours; do
    cluster_start $name
    as_owner touch "$(cluster_dir $name)/tablespace_map" "$(cluster_dir $name)/backup_label"
    answers $name
    archives $name
    as_owner rm "$(cluster_dir $name)/tablespace_map" "$(cluster_dir $name)/backup_label"
    cluster_stop $name
done
# Where a map tells of tablespaces, as for tar files, a real server forgets those that are in place. Ours sends them.
hex=$(printf %s "pg_tblspc/$in_place/" | od -An -v -tx1 | tr -d ' \n')
for kind in tar map; do
    grep -q "pg_tblspc/$in_place/" ours.$kind.entries || fail "a tablespace that is in place was left out"
    for what in entries manifest; do
        grep -v "pg_tblspc/$in_place/\|$hex" ours.$kind.$what >without
        mv without ours.$kind.$what
    done
done
[ "$(grep -vc '^>' real.answers)" -gt 150 ] || fail "the real server has hardly answered"
diff real.answers ours.answers >answers.diff || fail "answers differ: $(head -20 answers.diff)"
ok "$(grep -vc '^>' ours.answers) answers are the same"
for kind in tar map; do
    [ "$(wc -l <real.$kind.entries)" -gt 900 ] || fail "the real server has hardly sent anything"
    diff real.$kind.entries ours.$kind.entries >entries.diff || fail "$kind: entries differ: $(head -20 entries.diff)"
    diff real.$kind.manifest ours.$kind.manifest >manifest.diff || fail "$kind: manifests differ: $(head -20 manifest.diff)"
    ok "$kind: $(wc -l <ours.$kind.entries) entries are the same, and the manifest"
done
for name in real ours; do
    tr '\r' '\n' <$name.said | sed -E 's/[0-9]+/N/g' | sort -u >$name.words
done
diff real.words ours.words >words.diff || fail "the client says other things: $(head -20 words.diff)"
ok "so is what the client says"
