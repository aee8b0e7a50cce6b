#!/bin/bash
# coverage.sh - run the unit suites and print what share of the lines of each file in common/ they reach
#
# `make coverage` runs it in a build made with --enable-coverage. The goal is 95 % of each file.
set -eu
: "${HOLDFAST_BUILD:?}" "${HOLDFAST_SRC:?}" "${HOLDFAST_CC:?}"
cd "$HOLDFAST_BUILD"

mapfile -t notes < <(find common -name '*.gcno' | LC_ALL=C sort)
if [ ${#notes[@]} = 0 ]; then
    echo "make coverage: error: this build counts no lines" >&2
    echo "hint: ./configure --enable-coverage" >&2
    exit 1
fi

find . -name '*.gcda' -delete
tests/unit/unit_tests >tests/unit/coverage.out || { cat tests/unit/coverage.out; exit 1; }

gcov=gcov
if $HOLDFAST_CC --version | grep -q clang; then
    gcov="llvm-cov-$($HOLDFAST_CC -dumpversion | cut -d. -f1) gcov"
fi

# gcov prints two lines a file: File 'PATH', Lines executed:SHARE% of COUNT. Headers come once a source: the best counts.
root=$(cd "$HOLDFAST_SRC" && pwd -P) # as it names files, also when configure was called by a relative path
$gcov -n "${notes[@]}" 2>/dev/null | awk -v root="$root/" '
    /^File / {
        file = substr($0, 7, length($0) - 7)
        if (index(file, root) == 1)
            file = substr(file, length(root) + 1)
    }
    /^Lines executed:/ && file ~ /^common\// {
        split($0, part, /[:% ]+/)
        if (!(file in lines) || part[3] * part[5] > reached[file] * 100) {
            reached[file] = int(part[3] * part[5] / 100 + 0.5)
            lines[file] = part[5]
        }
    }
    { if (/^Lines executed:/) file = "" }
    END {
        for (file in lines) {
            printf "%6.1f %%  %5d of %5d  %s\n", 100 * reached[file] / lines[file], reached[file], lines[file], file
            all += lines[file]
            all_reached += reached[file]
        }
        printf "%6.1f %%  %5d of %5d  ~ common\n", 100 * all_reached / all, all_reached, all
    }' | LC_ALL=C sort -k 6 | sed 's/  ~ common/  all of common/'
