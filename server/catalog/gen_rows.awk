# gen_rows.awk - print catalog_rows.c: the rows of a new cluster as text
#
# A row is the text of all its columns, each with a NUL behind it; NULL is the text "\1". Names of functions in columns
# of type regproc become their numbers.

END {
    if (failed)
        exit 1
    derive_rows()
    banner("catalog_rows.c", "the rows of a new cluster")
    print "#include \"common/base/base.h\"\n\n#include \"server/catalog/catalog_int.h\"\n"
    for (c = 1; c <= catalogs; c++)
        if (rows[c])
            texts(c)
    print "const CatalogRows catalog_rows[] = {"
    for (c = 1; c <= catalogs; c++)
        if (rows[c])
            printf "    {%d, %s_rows},\n", rows[c], name[c]
        else
            print "    {0, NULL},"
    print "};"
}

function texts(c,   r, j) {
    printf "static const char %s_rows[] =", name[c]
    for (r = 1; r <= rows[c]; r++) {
        printf "\n    \""
        for (j = 1; j <= columns[c]; j++)
            printf "%s\\0", text_of(c, r, j)
        printf "\""
    }
    print ";\n"
}

function text_of(c, r, j,   text) {
    text = value(c, r, column[c, j, "name"])
    if (text == NULL_TEXT)
        return "\\1"
    # A digit behind a NUL would be read as part of its escape.
    if (column[c, j, "type"] == "regproc")
        text = function_number(text)
    return text ~ /^[0-7]/ ? "\"\"" text : text
}
