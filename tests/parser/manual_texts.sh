#!/bin/bash
# manual_texts.sh - the examples of the manual's pages on SQL, as oracle_diff reads them
#
#     manual_texts.sh FOLDER    the manual's folder of HTML pages
#
# Each listing is a text as a whole, and each of its statements is one. What is no SQL in them, e.g.
# results, is welcome: both parsers should say the same of it.
set -eu
cd "$1"
cat sql-*.html ddl-*.html dml-*.html queries-*.html functions-*.html indexes-*.html rules-*.html plpgsql-*.html \
    textsearch-*.html tutorial-*.html xfunc-*.html xaggr*.html xoper*.html xtypes*.html datatype-*.html arrays.html \
    rowtypes.html rangetypes.html logical-replication-*.html |
    awk '
        function emit(text) {
            gsub(/<[^>]*>/, "", text)
            gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
            gsub(/&#160;/, " ", text); gsub(/&amp;/, "\\&", text)
            if (text ~ /^[ \n]*$/)
                return
            print text; print "--"
            count = split(text, part, /;[ \t]*\n/)
            for (i = 1; i <= count && count > 1; i++) {
                print part[i]; print "--"
            }
        }
        {
            line = $0
            while (1) {
                if (!inside) {
                    if (!match(line, /<pre class="(programlisting|synopsis|screen)">/))
                        break
                    line = substr(line, RSTART + RLENGTH); inside = 1; text = ""
                }
                end = index(line, "</pre>")
                if (!end) {
                    text = text line "\n"
                    break
                }
                emit(text substr(line, 1, end - 1))
                inside = 0
                line = substr(line, end + 6)
            }
        }'
