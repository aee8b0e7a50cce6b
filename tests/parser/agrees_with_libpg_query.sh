#!/bin/bash
# agrees_with_libpg_query.sh - the same texts are accepted and refused, errors and positions too
#
# Texts: the listings of PostgreSQL's manual where it is installed, our own corpus, and mutations of
# both: 20000 in check, 3 million in check-world; and as many random expressions, whose trees must have
# the same shape. HOLDFAST_SEED chooses others; the seed is printed.
set -u
: "${HOLDFAST_SRC:?}" "${HOLDFAST_BUILD:?}"

diff=$HOLDFAST_BUILD/tests/parser/oracle_diff
if [ ! -x "$diff" ]; then
    echo "SKIP: libpg-query-dev is not installed"
    exit 77
fi

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
sed "s/\$/\n--/" "$HOLDFAST_SRC/tests/parser/corpus.txt" >"$temp/corpus.txt"
texts=("$temp/corpus.txt")
manual=/usr/share/doc/postgresql-doc-15/html
if [ -d "$manual" ]; then
    bash "$HOLDFAST_SRC/tests/parser/manual_texts.sh" "$manual" >"$temp/manual.txt" || exit 1
    texts+=("$temp/manual.txt")
else
    echo "the manual is not installed: our own corpus alone"
fi

seed=${HOLDFAST_SEED:-$RANDOM$RANDOM}
count=20000
[ -z "${HOLDFAST_WORLD:-}" ] || count=3000000
echo "seed $seed"
"$diff" "${texts[@]}" && "$diff" --mutate "$seed" "$count" "${texts[@]}" &&
    "$HOLDFAST_BUILD/tests/parser/oracle_tree" "$seed" "$count"
