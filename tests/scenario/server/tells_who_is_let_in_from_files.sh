#!/usr/bin/env bash
# tells_who_is_let_in_from_files.sh - pg_hba.conf, pg_ident.conf and a certificate with faults, at the start and at reloads
#
# A real server gets the same files, and the logs are compared. (Regular expressions are the C library's, in its words.)
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
cluster_init ours --bin "$(server_bin)"
cluster_init theirs

# say NAME: what was logged of these files, without times, processes and folders
say()
{
    sed -n 's/^.* \[[0-9]*\] //p' "$(cluster_log "$1")" | sed "s,$TEST_DIR/$1/,,g" |
        grep -vE 'starting|listening|database system|checkpoint|shut'
}

say_the_same()
{
    [ "$(say ours)" = "$(say theirs)" ]
}

# write FILE LINE...: into both clusters
write()
{
    local file=$1 name
    shift
    for name in ours theirs; do
        printf '%s\n' "$@" >"$(cluster_dir $name)/$file"
        owner_path "$(cluster_dir $name)/$file"
    done
}

# refused WHAT: neither starts, in the same words
refused()
{
    local name
    for name in ours theirs; do
        : >"$(cluster_log $name)"
        cluster_start_nowait $name -c log_min_messages=log
        wait_until "the end of $name" cluster_is_down $name
    done
    assert_contains "$(say ours)" FATAL "no start with $1"
    assert_eq "$(say ours)" "$(say theirs)" "the log of a start with $1"
}

cluster_is_down()
{
    ! cluster_is_up "$1"
}

# reloaded WHAT: both read the files anew, and log the same
reloaded()
{
    local name
    for name in ours theirs; do
        cluster_reload $name
    done
    wait_until "the same log of a reload with $1: $(diff <(say ours) <(say theirs))" say_the_same
    ok "reload with $1"
}

good_rules=$(cat "$(cluster_dir ours)/pg_hba.conf")
write pg_hba.conf "local all all magic" "$good_rules"
refused "a method that does not exist"
write pg_hba.conf "# nothing"
refused "no rules at all"
write pg_hba.conf "$good_rules"
for name in ours theirs; do
    cluster_set $name "ssl = on"
done
refused "no certificate"
for name in ours theirs; do
    sed -i '/^ssl = on/d' "$(cluster_dir $name)/postgresql.conf"
    cluster_set $name "log_min_messages = log"
    : >"$(cluster_log $name)"
done
write pg_ident.conf "only_a_name"
cluster_start ours
cluster_start theirs
assert_eq "$(say ours)" "$(say theirs)" "the log of a start with wrong maps"
reloaded "wrong maps"
for line in "m user" "m a,b c" "m a b,c"; do
    write pg_ident.conf "$line"
    reloaded "the map $line"
done
write pg_ident.conf "m a b"
for line in "bad" "local all" "host all all 1.2.3.4/40 trust" "local all all trust x" "host all all" "local all all peer map"; do
    write pg_hba.conf "$line"
    reloaded "the rule $line"
done
write pg_hba.conf "$good_rules"
for name in ours theirs; do
    cluster_set $name "ssl = on"
done
reloaded "no certificate"
write server.crt "no certificate"
reloaded "a certificate that is none"
[ "$(say ours | grep -c "was not reloaded")" -ge 12 ] || fail "too little was compared: $(say ours)"
cluster_stop ours
cluster_stop theirs
