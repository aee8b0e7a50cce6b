#!/usr/bin/env bash
# passwords_and_modes.sh - connections are made as with libpq's programs, files get the cluster's modes
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
cluster_init main --initdb --allow-group-access
cluster_hba main "local all secretive scram-sha-256" "local replication secretive scram-sha-256"
cluster_start main
cluster_sql main "create role secretive login replication password 'se:cret'"

# with_password VARIABLE=VALUE... -- OPTION...: a backup as that role.
with_password()
{
    local variables=()
    while [ "$1" != -- ]; do
        variables+=("$1")
        shift
    done
    shift
    rm -rf copy
    run cluster_run main env ${variables[@]+"${variables[@]}"} "$BACKUP" -D copy -cfast -N -U secretive "$@"
}

with_password PGPASSWORD=se:cret --
assert_eq "$run_code: $run_err" "0: " "PGPASSWORD"
with_password -- -d "password=se:cret application_name=by_conninfo"
assert_eq "$run_code: $run_err" "0: " "a conninfo string"
as_owner tee passfile <<<'*:*:replication:secretive:se\:cret' >/dev/null
as_owner chmod 600 passfile
with_password PGPASSFILE="$TEST_DIR/passfile" --
assert_eq "$run_code: $run_err" "0: " "a password file, with database replication"
with_password PGPASSWORD=wrong --
assert_eq "$run_code" 1 "a wrong password"
assert_contains "$run_err" 'FATAL:  password authentication failed for user "secretive"' "is said to be one"
with_password -- -w
assert_eq "$run_code" 1 "-w does not ask"
assert_contains "$run_err" "no password supplied" "and says so"
[ ! -e copy ] || fail "a folder is left"

# Without a terminal the prompt reads standard input; the second connection does not ask again.
for option in "" -W; do
    rm -rf copy
    # shellcheck disable=SC2086 # none or one
    printf 'se:cret\n' | cluster_run main setsid -w "$BACKUP" -D copy -cfast -N -U secretive $option 2>prompt ||
        fail "prompt: $(<prompt)"
    assert_eq "$(grep -o 'Password: ' prompt | wc -l)" 1 "the password is asked for once ${option}"
done

backup -D tars -Ft -z
assert_eq "$(stat -c %a copy copy/base copy/pg_wal | sort -u)" 750 "folders are open to the group"
assert_eq "$(find copy -type f -printf '%m\n' | sort -u)" 640 "and so are files"
assert_eq "$(stat -c %a tars tars/* | sort -u)" $'640\n750' "and tars"
backup_verify copy
