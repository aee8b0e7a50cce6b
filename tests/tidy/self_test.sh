#!/bin/bash
# self_test.sh - each rule of style.sh is broken once, and style.sh says so
#
# A small tree of good files must pass. Then one thing at a time is done to it, and the report must name the rule and
# the file. headers.sh is held to the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

# A tree that breaks no rule.
good_tree() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"
    cd "$work/tree"
    mkdir -p common/base common/text tools/see tests/tidy tests/scenario
    printf '%s\n' 'common : base < text' 'programs : tools' 'tests : tests' >tests/tidy/layers.txt
    printf '%s\n' 'call open common/os' 'call strcpy -' 'name errno common/os' >tests/tidy/words.txt
    printf '%s\n' 'word tools/see/main.c strcpy: to have an exception' >tests/tidy/exceptions.txt
    printf 'include common/text/local.mk\ninclude tools/see/local.mk\n' >Makefile.am
    printf 'common_sources += common/text/%s.c\n' a b >common/text/local.mk
    printf 'bin_see_SOURCES += tools/see/main.c\ncheck_scripts += tests/scenario/runs.sh\n' >tools/see/local.mk
    printf '#!/bin/bash\n# runs.sh - it runs\n' >tests/scenario/runs.sh
    printf '%s\n' Here Not\ here Flow Promises Handle\ with\ care | tee common/text/README >tools/see/README

    cat >common/base/base.h <<'END'
/* base.h - the first */
#ifndef BASE_BASE_H
#define BASE_BASE_H
#include "config.h"
#endif
END
    cat >common/text/a.h <<'END'
/*
 * a.h - a header
 */
#ifndef TEXT_A_H
#define TEXT_A_H
#include "common/base/base.h"
#endif
END
    cat >common/text/a.c <<'END'
/* a.c - "quoted", and what it says of open() and errno */
#include "common/base/base.h"

#include "common/text/a.h"

#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"

static int good(const char *text)
{
    return text->open(text, "strcpy(errno) // \" \t", '"');
}
END
    sed -e 's/a\.c/b.c/; /text\/a\.h/d' common/text/a.c >common/text/b.c
    cat >common/text/c.def <<'END'
/* c.def - rows, sorted by columns 2 to 3 */
ROW(z, 1, '0')
ROW(y, 2, '0')
ROW(x, 10, 'A')
END
    cat >tools/see/main.c <<'END'
/* main.c - a program */
#include "common/base/base.h"

#include "common/text/a.h"

int main(int argc, char **argv)
{
    strcpy(argv[0], "x");
}
END
}

# breaks RULE FILE: what was done to the tree must be reported as RULE in FILE.
breaks() {
    local rule=$1 file=$2 output
    if output=$(bash "$here/style.sh" "$work/tree"); then
        echo "rule $rule, $file: nothing is reported"
        wrong=1
    elif ! grep -q "^$file:.*\[$rule\]\$" <<<"$output"; then
        echo "rule $rule, $file: the report is: $output"
        wrong=1
    fi
    good_tree
}

good_tree
bash "$here/style.sh" "$work/tree" || { echo "the good tree does not pass"; wrong=1; }

sed -i 's/"common\/base\/base.h"$/"tools\/see\/main.h"/' common/text/a.h; breaks layer common/text/a.h
echo '#include "common/text/a.h"' >>common/base/base.h; breaks layer common/base/base.h
echo '#include "tools/other/x.h"' >>tools/see/main.c; breaks layer tools/see/main.c
echo '#include "common/text/text_int.h"' >>tools/see/main.c; breaks layer tools/see/main.c
echo '#include "common/new/x.h"' >>tools/see/main.c; breaks layer tools/see/main.c
sed -i '2d' common/text/a.c; breaks include common/text/a.c
sed -i '/#include/d' common/text/a.c; breaks include common/text/a.c
sed -i 's/<stdio.h>/<zlib.h>/' common/text/a.c; breaks include common/text/a.c
echo '#include <stdlib.h>' >>common/text/a.c; breaks include common/text/a.c
echo '#include "config.h"' >>common/text/a.c; breaks include common/text/a.c
echo '#include "a.h"' >>common/text/a.c; breaks include common/text/a.c
sed -i '/text\/a\.h/d; /string.h/a #include "common/text/a.h"' common/text/a.c; breaks include common/text/a.c
sed -i 's/^{/{\n    int f = open ("x", 0);/' common/text/a.c; breaks word common/text/a.c
sed -i 's/^{/{\n    errno = 0; \/* why *\//' common/text/a.c; breaks word common/text/a.c
sed -i 's/^{/{\n    strcpy(a, b);/' common/text/a.c; breaks word common/text/a.c
sed -i "s/^{/{$(printf '\\n    x();%.0s' {1..100})/" common/text/a.c; breaks length common/text/a.c
sed -i '1d' common/text/a.c; breaks top common/text/a.c
sed -i '1s/a\.c/c.c/' common/text/a.c; breaks top common/text/a.c
sed -i '2s/a\.h/b.h/' common/text/a.h; breaks top common/text/a.h
sed -i '2d' tests/scenario/runs.sh; echo '# x' >>tests/scenario/runs.sh; breaks top tests/scenario/runs.sh
sed -i 's/ifndef TEXT_A_H/ifndef A_H/' common/text/a.h; breaks guard common/text/a.h
sed -i 's/define TEXT_A_H/define A_H/' common/text/a.h; breaks guard common/text/a.h
sed -i '/^#/d' common/text/a.h; breaks guard common/text/a.h
echo "ROW(w, 9, '0')" >>common/text/c.def; breaks order common/text/c.def
echo "ROW(w, 10, '9')" >>common/text/c.def; breaks order common/text/c.def
echo "ROW(w, 10, 'A')" >>common/text/c.def; breaks order common/text/c.def
echo 'common_sources += common/text/a.c' >>common/text/local.mk; breaks order common/text/local.mk
sed -i 's/ 2 to 3/, all/' common/text/c.def; breaks order common/text/c.def
sed -i '1d' common/text/local.mk; breaks row common/text/a.c
sed -i '2d' tools/see/local.mk; breaks row tests/scenario/runs.sh
sed -i '1d' Makefile.am; breaks row common/text/local.mk
rm tools/see/README; breaks readme tools/see/README
sed -i 's/Promises/Promise/' tools/see/README; breaks readme tools/see/README
sed -i '/Flow/d' tools/see/README; breaks readme tools/see/README
printf 'x\n%.0s' {1..36} >>tools/see/README; breaks readme tools/see/README
printf '/*%99s*/\n' ä >>common/text/a.c; breaks columns common/text/a.c
printf '\tint x;\n' >>common/text/a.c; breaks tab common/text/a.c
echo 'int x; ' >>common/text/a.h; breaks space common/text/a.h
echo 'int x; // x' >>common/text/a.h; breaks comment common/text/a.h
echo 'length common/: because' >>tests/tidy/exceptions.txt; breaks exception tests/tidy/exceptions.txt
echo 'length because' >>tests/tidy/exceptions.txt; breaks exception tests/tidy/exceptions.txt

headers() {
    HOLDFAST_SRC=$work/tree HOLDFAST_BUILD=$work/tree HOLDFAST_CPPFLAGS=-I. HOLDFAST_CFLAGS=-Wall bash "$here/headers.sh"
}
: "${HOLDFAST_CC:=cc}"
export HOLDFAST_CC
touch config.h
headers || { echo "headers.sh: the good tree does not pass"; wrong=1; }
echo 'size_t n;' >>common/text/a.h
headers >/dev/null 2>&1 && { echo "headers.sh: a header that does not compile is not reported"; wrong=1; }

exit $wrong
