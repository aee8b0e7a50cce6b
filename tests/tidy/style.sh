#!/bin/bash
# style.sh - the rules of style that need no compiler, over every file of the tree but what a build makes in it
#
#     style.sh [ROOT]
#
# Prints FILE:LINE: what is wrong [rule], and fails when there was anything. The rules:
#   layer      includes go downwards, as layers.txt has it; x_int.h stays in its folder
#   include    base.h first, the own header second, system headers, ours; sorted; paths from the root
#   word       malloc, open, errno and the like only in their home, banned functions nowhere (words.txt)
#   length     a function over 100 lines has a reason
#   top        each file begins with "NAME - what it is"
#   guard      include guards are FOLDER_FILE_H
#   order      rows of .def tables and local.mk are sorted, no key twice
#   row        each .c file, script and local.mk is known to the build
#   readme     each folder with sources has a README: five headings, 40 lines at most
#   columns, tab, space, comment   100 columns, no tabs, no space at the end of a line, no // comments
# Exceptions are rows of exceptions.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-${HOLDFAST_SRC:-$(dirname "$0")/../..}}"

tables=(tests/tidy/layers.txt tests/tidy/words.txt tests/tidy/exceptions.txt)
folders=()
for folder in common pgbasebackup pgdump server setup tests tools walarchive; do
    [ ! -d "$folder" ] || folders+=("$folder")
done

mapfile -t files < <(find "${folders[@]}" -type f \
    \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name local.mk -o -name README \) | LC_ALL=C sort |
    grep -vxFf <(sed -n 's,^/\(.*\.[ch]\)$,\1,p' .gitignore 2>/dev/null || true))
LC_ALL=C exec awk -f "$here/style.awk" "${tables[@]}" Makefile.am "${files[@]}"
