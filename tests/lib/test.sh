# test.sh - what every test script starts with: scratch directory, checks, waiting, giving up root
#
# Source it (or cluster.sh, which sources it) at the top of a bash script. From then on
#
# 1. the script runs in $TEST_DIR, a new directory that is removed at the end, and is told where
#    it lives by $TEST_SRC (the script's own directory) and $TOP_SRCDIR;
# 2. a command that fails outside a condition ends the test, naming file and line;
# 3. at the end, however it comes, the functions handed to at_end run, the last one first;
# 4. exit codes are those of automake: 0 passed, 1 failed, 77 skipped, always with a line that says
#    why.
#
# Servers refuse to run as root. When the script is root, as_owner gives a command to an ordinary
# user, who also owns $TEST_DIR; when it is not, as_owner just runs the command.

set -Eeuo pipefail
export LC_ALL=C.UTF-8 TZ=UTC PSQLRC=/dev/null
unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGDATA PGOPTIONS PGSERVICE PGPASSWORD PGPASSFILE \
    PGSSLMODE PGAPPNAME PGTZ PGCLIENTENCODING PGTARGETSESSIONATTRS

TEST_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP_SRCDIR=$(cd "$TEST_LIB/../.." && pwd -P)
TEST_SRC=$(cd "$(dirname "$0")" && pwd -P)
TEST_NAME=$(basename "$0" .sh)
TEST_PATIENCE=${HOLDFAST_TEST_PATIENCE:-60} # seconds that wait_until waits unless told otherwise

test_checks=0
test_end_hooks=()
test_verdict= # set once the reason for the exit has been printed

# ---- results -------------------------------------------------------------------------------------

# A check that held.
ok()
{
    test_checks=$((test_checks + 1))
    echo "ok $test_checks - $*"
}

# The test has failed: say why, on stderr, and end.
fail()
{
    test_verdict=failed
    echo "FAIL: $TEST_NAME: $*" >&2
    exit 1
}

# The test cannot be run here. Automake counts 77 as skipped and shows the name.
skip()
{
    test_verdict=skipped
    echo "SKIP: $TEST_NAME: $*"
    exit 77
}

# Something worth reading in the log, no check.
note()
{
    echo "# $*"
}

# assert_eq ACTUAL EXPECTED WHAT
assert_eq()
{
    [ "$1" = "$2" ] || fail "$3: expected \"$2\", got \"$1\""
    ok "$3"
}

# assert_contains TEXT PART WHAT
assert_contains()
{
    [[ "$1" == *"$2"* ]] || fail "$3: no \"$2\" in \"$1\""
    ok "$3"
}

# assert_exit CODE COMMAND...: run it as run does, and compare its exit code.
assert_exit()
{
    local expected=$1
    shift
    run "$@"
    [ "$run_code" = "$expected" ] ||
        fail "$*: expected exit code $expected, got $run_code; stderr: $run_err"
    ok "exit code $expected: $*"
}

# Run a command as the owner, whatever becomes of it: $run_code, $run_out, $run_err.
run()
{
    run_code=0
    as_owner "$@" >"$TEST_DIR/.run.out" 2>"$TEST_DIR/.run.err" </dev/null || run_code=$?
    run_out=$(tr -d '\0' <"$TEST_DIR/.run.out")
    run_err=$(tr -d '\0' <"$TEST_DIR/.run.err")
}

# ---- waiting -------------------------------------------------------------------------------------

# wait_until WHAT COMMAND...: ask again and again until the command succeeds. A test never sleeps
# for a time that is "long enough"; this raises after TEST_PATIENCE seconds, saying WHAT was awaited.
wait_until()
{
    local what=$1 deadline=$((SECONDS + TEST_PATIENCE))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "waited $TEST_PATIENCE s in vain: $what"
        sleep 0.02
    done
}

# A process that ended but was not yet collected by its parent is gone too. (bash ends the script when
# the file of $(<FILE) is missing, as it is for a process that ends just now.)
process_is_gone()
{
    local stat
    ! kill -0 "$1" 2>/dev/null || ! read -r stat 2>/dev/null <"/proc/$1/stat" ||
        [[ "$stat" == *") Z "* ]]
}

# ---- the user who owns clusters ------------------------------------------------------------------

owner_prefix=(env "HOME=/nonexistent")
if [ "$(id -u)" = 0 ]; then
    TEST_USER=nobody
    if id postgres >/dev/null 2>&1; then
        TEST_USER=postgres
    fi
    test_gid=$(id -g "$TEST_USER")
    owner_prefix+=(setpriv "--reuid=$TEST_USER" "--regid=$test_gid" --init-groups --)
else
    TEST_USER=$(id -un 2>/dev/null || id -u)
fi

# Run a command as the owner; a shell function is simply called.
as_owner()
{
    if declare -F "$1" >/dev/null; then
        "$@"
    else
        "${owner_prefix[@]}" "$@"
    fi
}

# Run a program as the owner in the background. $! is the program's own pid: env and setpriv become
# it, and no shell stays between, so that signals reach it. (Without <&0 bash would put /dev/null in
# place of the stdin that the caller chose.)
as_owner_in_background()
{
    exec "${owner_prefix[@]}" "$@" <&0 &
}

# owner_path FILE...: give files that the script made to the owner.
owner_path()
{
    [ "$(id -u)" != 0 ] || chown -R "$TEST_USER:$test_gid" "$@"
}

# ---- begin and end -------------------------------------------------------------------------------

# at_end COMMAND WORD...: run it when the script ends.
at_end()
{
    test_end_hooks=("$(printf '%q ' "$@")" ${test_end_hooks[@]+"${test_end_hooks[@]}"})
}

test_end()
{
    local code=$? hook
    trap - EXIT ERR
    trap '' INT TERM HUP
    set +e
    [ "$code" = 0 ] || [ "$code" = 77 ] || [ -n "$test_verdict" ] ||
        echo "FAIL: $TEST_NAME: ended with code $code" >&2
    for hook in ${test_end_hooks[@]+"${test_end_hooks[@]}"}; do
        TEST_EXIT_CODE=$code eval "$hook"
    done
    cd /
    if [ -n "${HOLDFAST_TEST_KEEP:-}" ]; then
        echo "# kept: $TEST_DIR"
    else
        rm -rf "$TEST_DIR"
    fi
    exit "$code"
}

test_on_error()
{
    local code=$?
    local level
    # A subshell ends its own way; the shell above it then meets the failure itself.
    if [ -z "$test_verdict" ] && [ "$BASHPID" = $$ ]; then
        test_verdict=failed
        echo "FAIL: $TEST_NAME: code $code from: $1" >&2
        for ((level = 1; level < ${#BASH_SOURCE[@]}; level++)); do
            echo "    at ${BASH_SOURCE[level]##*/}:${BASH_LINENO[level - 1]}" >&2
        done
    fi
    return "$code"
}

TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-$TEST_NAME.XXXXXX")
TEST_DIR=$(cd "$TEST_DIR" && pwd -P)
trap test_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap 'test_on_error "$BASH_COMMAND"' ERR
chmod 755 "$TEST_DIR"
owner_prefix[1]="HOME=$TEST_DIR"
owner_path "$TEST_DIR"
cd "$TEST_DIR"
