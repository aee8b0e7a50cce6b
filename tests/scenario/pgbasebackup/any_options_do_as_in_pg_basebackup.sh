#!/usr/bin/env bash
# any_options_do_as_in_pg_basebackup.sh - options in any combination, through pg_basebackup and pgbasebackup: exit code,
# messages, standard output and what lies on disk afterwards are equal
#
# The combinations come from HOLDFAST_SEED; there are HOLDFAST_TEST_COMBINATIONS of them (15; with HOLDFAST_WORLD 500), and
# five times as many of options that mostly do not go together, without a server.
# Ours runs under PostgreSQL's name. What can differ from run to run is made equal: LSNs, WAL segments, times, process
# numbers and the amounts in progress lines. Files that depend on them (backup_label, pg_control, WAL) are compared by
# name and size. With HOLDFAST_TEST_GO_ON the test shows all differences instead of ending at the first.
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
if [ -z "${HOLDFAST_TEST_COMBINATIONS-}" ]; then
    HOLDFAST_TEST_COMBINATIONS=${HOLDFAST_WORLD:+500}
fi
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_TEST_COMBINATIONS=${HOLDFAST_TEST_COMBINATIONS:=15}"

SPACE="$TEST_DIR/from=spåce"
# A quiet server: what is compared does not change between two runs.
for name in main bare; do
    cluster_init $name --wal-segsize 1 --set 'min_wal_size = 2MB' --set 'autovacuum = off' --set 'max_wal_senders = 4' \
        --set 'max_replication_slots = 4' --set 'allow_in_place_tablespaces = on'
    cluster_start $name
    cluster_sql $name "update pg_database set datistemplate = false; drop database template0; drop database template1"
    cluster_sql $name "select pg_create_physical_replication_slot('there', true)" >/dev/null
    cluster_sql $name "create role plain login"
    cluster_sql $name "create table t as select g as x, md5(g::text) from generate_series(1, 20000) g"
done
as_owner mkdir "$SPACE"
cluster_sql main "create tablespace s location '$SPACE'; create table u tablespace s as select 1 as x"
cluster_sql main "checkpoint"
cluster_sql bare "checkpoint"
as_owner mkdir -p ours full
as_owner ln -s "$BACKUP" ours/pg_basebackup
as_owner touch full/file

# one_of WORD...: a word by chance, in $word.
one_of()
{
    shift $((RANDOM % $#))
    word=$1
}

# by_chance PERCENT WORD...: add the words to the options, or not.
by_chance()
{
    [ $((RANDOM % 100)) -ge "$1" ] || words+=("${@:2}")
}

# option PERCENT LETTER VALUE...: the option with one of the values, or not.
option()
{
    [ $((RANDOM % 100)) -lt "$1" ] || return 0
    one_of "${@:3}"
    case $2 in
        --*) words+=("$2=$word") ;;
        *) words+=("$2" "$word") ;;
    esac
}

# Odd values stand beside sensible ones, which come more often because of by_chance and repeats.
choose_words()
{
    local methods=(gzip lz4 zstd none gzip:1 gzip:level=9 lz4:3 zstd:1 zstd:level=2,workers=2)
    words=()
    one_of main main bare
    cluster=$word
    case $((RANDOM % 12)) in
        0) ;;
        1)
            one_of - full full/file empty
            words=(-D "$word")
            ;;
        *) words=(-D x) ;;
    esac
    option 60 -F p t t tar plain T
    if [ $((RANDOM % 8)) = 0 ]; then
        option 70 -t "server:$TEST_DIR/x" blackhole client server blackhole:x client:x foo "server:x" "server:$TEST_DIR/full"
        words=("${words[@]/#x/x}")
    fi
    [ "$cluster" = bare ] || by_chance 85 -T "${SPACE//=/\\=}=$TEST_DIR/x.s"
    option 4 -T foo =/x /x= /a=/b=/c "$SPACE=/x" /none=/x /x=rel rel=/x "${SPACE//=/\\=}/=$TEST_DIR/x.t"
    option 10 --waldir "$TEST_DIR/x.w" "$TEST_DIR/x.w" "$TEST_DIR/full" rel
    option 50 -X none fetch stream n f s stream foo
    option 20 -Z "${methods[@]}"
    option 10 -Z "client-${methods[RANDOM % ${#methods[@]}]}" "server-${methods[RANDOM % ${#methods[@]}]}" client- server-
    option 5 -Z 1 9 10 -1 foo gzip: gzip:foo gzip:level gzip:level= zstd:workers=2 zstd:workers=x lz4:workers=1 \
        gzip:level=1,level=2 zstd:30 lz4:99 none:1 gzip:,1 client-foo server-foo server-none server-gzip:x server-zstd:99 GZIP ""
    by_chance 10 -z
    by_chance 15 -R
    option 10 -S there there gone new
    by_chance 5 -C
    by_chance 7 --no-slot
    option 10 -l "it's a \"label\"" "" "$(printf '%01030d' 1)" lab
    by_chance 10 -n
    by_chance 60 -N
    by_chance 20 -P
    by_chance 30 -v
    option 15 --manifest-checksums SHA224 SHA256 sha384 sha512 crc32c none SHA1 ""
    by_chance 7 --manifest-force-encode
    by_chance 5 --no-estimate-size
    by_chance 5 --no-manifest
    by_chance 10 --no-verify-checksums
    option 7 -r 100M 1024000k 1048576 "64 M" 31 1048577 2000M 0 -1 x 100MB 100kk 1e6 0x10000 " 90000" 1.5M ""
    option 7 -s 0 1 10 -1 x 3000000 1x
    option 8 -d postgres "dbname=foo application_name=bar" "user=plain" "x=y" "host=/nonexistent" "port=1" "connect_timeout=3" \
        "postgresql:///x" "postgresql://[/" "sslmode=foo" "hostaddr=127.0.0.1 port=1"
    option 2 -h /nonexistent
    option 2 -U plain nobody
    by_chance 5 -w
    by_chance 2 -W
    option 3 -c slow
    by_chance 95 -c fast
    by_chance 2 operand
    by_chance 1 --bogus
    by_chance 1 --no-man
}

# set_up: what each of the two finds.
set_up()
{
    rm -rf x x.s x.t x.w empty ./-
    as_owner mkdir empty
    cluster_sql "$cluster" "select pg_drop_replication_slot(slot_name) from pg_replication_slots
        where slot_name <> 'there'" >/dev/null
}

# Make equal what differs from run to run; how many segments there are does, too.
plain_text()
{
    sed -E -e 's/^ *[0-9]+\/[0-9]+ kB \([0-9]+%\), ([0-9]+\/[0-9]+ tablespaces?).*/N kB (N%), \1/' \
        -e 's/\b[0-9A-F]{1,8}\/[0-9A-F]{2,8}\b/LSN/g' -e 's/pg_basebackup_[0-9]+/pg_basebackup_PID/' \
        -e 's/[0-9A-F]{24}/SEGMENT/g' -e '/SEGMENT\.done$/d' "$@" | awk '!/SEGMENT/ || !seen[$0]++'
}

# What was said, in one form where ours is another on purpose: getopt's own messages, what libpq says in several lines,
# the end of the process that theirs receives WAL with, folders of tablespaces (which ours cleans as well). Progress lines
# depend on the time.
messages()
{
    plain_text err | sed -E -e "s,^($theirs|$ours): (unrec|invalid opt|option ),pg_basebackup: error: \\2," \
        -e 's/^pg_basebackup: detail: (Is the server )/\t\1/' \
        -e '/^pg_basebackup: (error: background process terminated unexpectedly|.*tablespace director(y|ies))/d' >messages
    sed '/^N kB/d' messages
    [ "$run_code" != 0 ] || sed -n '/^N kB/p' messages | sort -u
}

# Not with ours: see README of pgbasebackup.
is_left_out()
{
    [[ " ${words[*]} " == *" -R "* && " ${words[*]} " == *" -F t"* && " ${words[*]} " == *" server-"* ]]
}

# describe DIR: a line for each name below it, with kind, mode, size and digest of what does not depend on the time.
describe()
{
    [ -d "$1" ] || return 0
    (
        cd "$1"
        find . -type f ! -name 'backup_manifest*' ! -name backup_label -printf 'f %m %s %p\n'
        find . -type f \( -name 'backup_manifest*' -o -name backup_label \) -printf 'f %m %p\n'
        find . -type d -printf 'd %m %p\n'
        find . -type l -printf 'l %l %p\n'
        find . -type f ! -name 'backup_manifest*' ! -name backup_label ! -name pg_control \
            ! -name '????????????????????????' -exec sha256sum {} +
        find . -type f \( -name 'backup_manifest*' -o -name backup_label \) -exec sed -E \
            -e 's/[0-9-]{10} [0-9:]{8} (GMT|UTC)/TIME/g' -e '/"Path": "(backup_label|global\/pg_control)/s/"Size".*//' \
            -e 's/"Encoded-Path": "(6261636b75705f6c6162656c|676c6f62616c2f70675f636f6e74726f6c)".*/\1/' \
            -e 's/"Manifest-Checksum".*//' {} +
    ) | plain_text | sed '/pg_wal.tar.*\/archive_status$/d' | sort
}

# unpack DIR: turn each archive below it into a folder of its name.
unpack()
{
    local archive reader to
    for archive in "$1"/*.tar*; do
        [ -e "$archive" ] || continue
        case $archive in
            *.gz) reader="gzip -dc" ;;
            *.lz4) reader="lz4 -qdc" ;;
            *.zst) reader="zstd -qdc" ;;
            *) reader=cat ;;
        esac
        stat -c '%a' "$archive"
        to=$archive.out
        mkdir "$to"
        $reader "$archive" >"$to.tar"
        rm "$archive"
        tar -tvf "$to.tar" | sed -E 's/[0-9-]{10} [0-9:]{5} /TIME /; s/^(.*) (TIME .*(backup_manifest))$/\2/; s/^(\S+ \S+ +)[0-9]+ (TIME backup_label)/\1 \2/'
        tar --same-permissions -xf "$to.tar" -C "$to"
        echo "$(($(stat -c %s "$to.tar") % 512))"
        rm "$to.tar"
    done
}

# outcome PROGRAM: everything that is compared, of a run with the chosen words.
outcome()
{
    local program=$1 file
    [ "$cluster" = none ] || set_up
    run_code=0
    cluster_run "$cluster" setsid -w "$program" "${words[@]}" >out 2>err <"$TEST_DIR/input" || run_code=$?
    if [ -s out ] && [ "$(head -c 1 out)" != p ]; then
        mkdir -p x
        mv out "x/stdout.tar$(suffix_of out)"
    fi
    echo "exit code $run_code"
    messages
    [ "$run_code" = 0 ] || rm -rf x.s x.t
    for file in x x.s x.t x.w ./- empty full; do
        [ -d $file ] || continue
        echo "$file is there, $(stat -c %a $file)"
        # How far it came, with -n, is a matter of time.
        [ "$run_code" = 0 ] || continue
        unpack $file | plain_text
        describe $file
    done
    [ "$cluster" = none ] || cluster_sql "$cluster" "select slot_name, slot_type, temporary, restart_lsn is null from pg_replication_slots order by 1"
    [ ! -e out ] || cat out
}

# suffix_of FILE: by its first bytes.
suffix_of()
{
    case $(head -c 4 "$1" | od -An -tx1 | tr -d ' \n') in
        1f8b*) echo .gz ;;
        04224d18) echo .lz4 ;;
        28b52ffd) echo .zst ;;
    esac
}

theirs=$(cluster_tool main pg_basebackup)
ours=$TEST_DIR/ours/pg_basebackup
echo secret >input
differing=0 succeeded=0

# compare: the outcome of both programs.
compare()
{
    outcome "$theirs" >expected
    outcome "$ours" >got
    if ! cmp -s expected got; then
        differing=$((differing + 1))
        echo "DIFFERENT: $cluster: ${words[*]@Q}"
        diff expected got | head -40 || true
        [ -n "${HOLDFAST_TEST_GO_ON-}" ] || fail "the outcome differs"
    fi
}

for ((n = 0; n < HOLDFAST_TEST_COMBINATIONS; n++)); do
    choose_words
    ! is_left_out || continue
    compare
    succeeded=$((succeeded + $(grep -c '^exit code 0' expected || true)))
done

# What is refused before there is a connection, and which of two complaints comes first.
odd=("-D x" "-D x" "-D x" "-D x" "-D x" "-D x" "-t server:y" "-t server:y" -Ft -Ft -Ft "-X fetch" "-X none" "-D -" "-t blackhole"
    "-t client" "-F p" "-X stream" --waldir=rel --waldir=/nowhere/x.w -C "-S a" --no-slot -P --no-estimate-size
    --no-manifest --manifest-checksums=x --manifest-force-encode -R -z "-T foo" "-r 5" "-s z" "-c z" operand "-d a" "-F z"
    "-X z" "-Z server-gzip:9")
for method in gzip:99 foo client-gzip none 5 none:1 zstd:workers=x client- server- gzip: server-foo:bar client-none:foo =5 \
    5x 05 -1 10 client-5 server-5 :5 CLIENT-gzip client server lz4:level=1,foo gzip:level=1,level=2; do
    odd+=("-Z $method")
done
cluster_init none
for ((n = 0; n < 5 * HOLDFAST_TEST_COMBINATIONS; n++)); do
    cluster=none
    words=()
    for ((i = RANDOM % 4 + 2; i > 0; i--)); do
        # shellcheck disable=SC2206 # an option and its value
        words+=(${odd[RANDOM % ${#odd[@]}]})
    done
    # Ours sees the options that cannot go together before it connects.
    [[ " ${words[*]} " != *" server-"* || " ${words[*]} " != *" -Ft"* ]] || words=("${words[@]/#-R/-P}" --no-manifest)
    [[ " ${words[*]} " != *" -t "* ]] || words=("${words[@]/#-R/-P}")
    compare
done
assert_eq "$differing" 0 "$HOLDFAST_TEST_COMBINATIONS combinations do as in pg_basebackup, $succeeded with a backup"
