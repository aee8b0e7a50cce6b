# gen_struct.awk - print catalog_struct.h: numbers of the system catalogs, and their rows as C structs
#
# A struct holds the columns up to the first that may be NULL or varies in length; they lie on a page as C lays them out.

BEGIN {
    split("bool char name int2 int4 int8 oid regproc xid float4 timestamptz pg_lsn", pg, " ")
    split("bool char char int16_t int32_t int64_t Oid Oid Xid float PgTime Lsn", c_type, " ")
    for (i in pg)
        c_of[pg[i]] = c_type[i]
}

END {
    if (failed)
        exit 1
    banner("catalog_struct.h", "numbers of the system catalogs, and the fixed parts of their rows")
    print "#ifndef CATALOG_CATALOG_STRUCT_H\n#define CATALOG_CATALOG_STRUCT_H\n"
    print "#include \"common/base/base.h\""
    for (c = 1; c <= catalogs; c++)
        one_catalog(c)
    print "\n#endif"
}

# pg_am: PG_AM
function upper(text) {
    return toupper(text)
}

# pg_am: PgAm
function camel(text,   part, n, i, out) {
    n = split(text, part, "_")
    for (i = 1; i <= n; i++)
        out = out toupper(substr(part[i], 1, 1)) substr(part[i], 2)
    return out
}

function define(what, number) {
    printf "#define %s %s\n", what, number
}

function one_catalog(c,   prefix, j, k) {
    prefix = upper(name[c])
    printf "\n/* %s: %s */\n\n", name[c], title[c]
    define(prefix "_CATALOG", head[c, "oid"])
    define(prefix "_ROW_TYPE", head[c, "rowtype"])
    if ((c, "toast") in head) {
        define(prefix "_TOAST", head[c, "toast"])
        define(prefix "_TOAST_INDEX", head[c, "toast_index"])
    }
    for (k = 1; k <= indexes[c]; k++)
        define(upper(index_of[c, k, "name"]), index_of[c, k, "oid"])

    printf "\nenum %sColumn {\n", camel(name[c])
    for (j = 1; j <= columns[c]; j++)
        printf "    %s_COL_%s = %d,\n", prefix, upper(column[c, j, "name"]), j
    printf "    %s_COLUMN_COUNT = %d,\n};\n", prefix, columns[c]

    printf "\ntypedef struct %s {\n", camel(name[c])
    for (j = 1; j <= columns[c] && is_fixed(c, j); j++)
        printf "    %s %s%s;\n", c_of[column[c, j, "type"]], column[c, j, "name"],
            column[c, j, "type"] == "name" ? "[64]" : ""
    printf "} %s;\n", camel(name[c])
}

function is_fixed(c, j) {
    if (type_len[column[c, j, "type"]] <= 0 || !((c, j, "not_null") in column))
        return 0
    if (!(column[c, j, "type"] in c_of)) {
        print "gen_struct.awk: no C type for " column[c, j, "type"] >"/dev/stderr"
        exit 1
    }
    return 1
}
