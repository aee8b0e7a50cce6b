#!/usr/bin/env bash
# agrees_on_random_damage.sh - pgchecksums and pgverifybackup judge random damage as PostgreSQL's programs do
#
# One data directory serves both: a base backup that was started and stopped has a clean control file, and before that a
# manifest was taken of it. HOLDFAST_TEST_DAMAGES kinds of damage (15; 400 with HOLDFAST_WORLD=1), one at a time;
# HOLDFAST_TEST_SEED replays a run's choice.

. "$(dirname "$0")/../../lib/cluster.sh"

count=${HOLDFAST_TEST_DAMAGES:-$([ "${HOLDFAST_WORLD:-0}" = 1 ] && echo 400 || echo 15)}
seed=${HOLDFAST_TEST_SEED:-$$}
note "seed $seed"
RANDOM=$seed

cluster_require 15
bin=$(cluster_find_bin 15)
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgchecksums" ours/pg_checksums
ln -s "$HOLDFAST_BIN/pgverifybackup" ours/pg_verifybackup

# same WHAT PROGRAM WORD...: both programs agree. Messages come in an order of their own; details and the warning of what
# pg_checksums passes over in silence are only ours.
same()
{
    local what=$1 program=$2 out err code
    shift 2
    run "$bin/$program" "$@"
    out=$run_out err=$(sort <<<"$run_err") code=$run_code
    run "$TEST_DIR/ours/$program" "$@"
    run_err=$(grep -v -e "^$program: detail" -e 'warning: page without header' <<<"$run_err" | sort || true)
    [ "$run_code" = "$code" ] || fail "$what: $program: exit code $code, ours $run_code: $run_err"
    [ "$run_out" = "$out" ] || fail "$what: $program: $(diff <(echo "$out") <(echo "$run_out"))"
    [ "$run_err" = "$err" ] || fail "$what: $program: stderr: $(diff <(echo "$err") <(echo "$run_err"))"
}

random()
{
    echo $(((RANDOM * 32768 + RANDOM) % $1))
}

# A random bit of $1 changes.
flip_bit()
{
    local at byte
    at=$(random "$(stat -c %s "$1")")
    byte=$(od -An -tu1 -j "$at" -N 1 "$1")
    # shellcheck disable=SC2059
    printf "\\x$(printf %02x $((byte ^ (1 << (RANDOM % 8)))))" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
    what+=" at $at"
}

# A random stretch of $1 is zero, or that of another place.
overwrite()
{
    local size from to len source
    size=$(stat -c %s "$1")
    from=$(random "$size") to=$(random "$size") len=$((RANDOM % 9000 + 1))
    if [ $((RANDOM % 2)) = 0 ]; then
        from=$((from - from % 8192)) to=$((to - to % 8192)) len=8192
    fi
    [ $((to + len)) -le "$size" ] || len=$((size - to))
    what+=" at $to, $len bytes"
    source=$TEST_DIR/kept
    [ $((RANDOM % 2)) = 0 ] || source=/dev/zero
    dd if="$source" of="$1" bs=64k skip="$from" count="$len" seek="$to" \
        iflag=skip_bytes,count_bytes oflag=seek_bytes conv=notrunc status=none
}

damage()
{
    case $((RANDOM % 10)) in
    [0-3]) what="bit flipped in $file" && flip_bit "$data/$file" ;;
    [4-6]) what="stretch overwritten in $file" && overwrite "$data/$file" ;;
    7) what="$file is cut" && truncate -s "$(random "$(stat -c %s "$data/$file")")" "$data/$file" ;;
    8) what="$file has grown" && head -c "$(random 20000)" /dev/urandom >>"$data/$file" ;;
    9) what="$file is gone" && rm "$data/$file" ;;
    esac
}

cluster_init main
cluster_start main
cluster_sql main "create table t as select g, repeat(md5(g::text), 5) as v from generate_series(1, 5000) g;
                  create index on t (v); create index on t using gin (string_to_array(v, 'a')); vacuum t"
cluster_run main pg_basebackup --pgdata="$TEST_DIR/one/data" --no-sync --checkpoint=fast
cluster_adopt backup "$TEST_DIR/one/data"
cluster_start backup
# The manifest of the directory as it is when nothing runs in it any more.
cluster_sql backup "checkpoint"
cluster_stop backup
data=$(cluster_dir backup)
(
    cd "$data"
    rm -f backup_manifest postmaster.opts
    printf '{ "PostgreSQL-Backup-Manifest-Version": 1,\n"Files": [\n'
    find . -type f -printf '%P %s\n' | sort | while read -r name size; do
        [ "$name" = backup_manifest ] || printf '%s{ "Path": "%s", "Size": %s, "Last-Modified": "2026-01-01 00:00:00 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "%s" }\n' \
            "${comma-}" "$name" "$size" "$(sha256sum <"$name" | cut -d' ' -f1)"
        comma=,
    done
    printf '],\n"WAL-Ranges": [\n],\n'
) >manifest
{ cat manifest && printf '"Manifest-Checksum": "%s"}\n' "$(sha256sum <manifest | cut -d' ' -f1)"; } >"$data/backup_manifest"
owner_path "$data"

same "good data" pg_checksums "$data"
same "a good backup" pg_verifybackup -n "$data"
[ "$run_code" = 0 ] || fail "the directory is not what its manifest says: $run_err"

mapfile -t files < <(cd "$data" && find base global -type f -size +0 ! -name pg_control ! -name '*pg_internal*' | sort)
for ((i = 1; i <= count; i++)); do
    file=${files[$(random ${#files[@]})]}
    cp -a "$data/$file" kept
    damage
    [ ! -e "$data/$file" ] || owner_path "$data/$file"
    same "$what" pg_checksums "$data"
    same "$what" pg_verifybackup -n "$data"
    if cmp -s kept "$data/$file"; then
        [ "$run_code" = 0 ] || fail "$what changed nothing, but was found"
    else
        [ "$run_code" = 1 ] || fail "$what was not found"
    fi
    rm -f "$data/$file"
    cp -a kept "$data/$file"
done
ok "$count kinds of damage are judged alike"
