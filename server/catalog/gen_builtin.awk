# gen_builtin.awk - print builtin_table.c: the functions of pg_proc that are written in C, by number

END {
    if (failed)
        exit 1
    banner("builtin_table.c", "the functions that are written in C, by number")
    print "#include \"common/base/base.h\"\n\n#include \"server/catalog/catalog_int.h\"\n"
    print "FmgrBuiltin builtin_table[] = {"
    c = catalog_of["pg_proc"]
    for (r = 1; r <= rows[c]; r++)
        if (value(c, r, "prolang") == 12 || value(c, r, "prolang") == 13)
            printf "    {%s, \"%s\", %s, %s, %s, NULL},\n", value(c, r, "oid"), value(c, r, "prosrc"),
                value(c, r, "pronargs"), value(c, r, "proisstrict") == "t" ? "true" : "false",
                value(c, r, "proretset") == "t" ? "true" : "false"
    print "};\n"
    print "const size_t builtin_table_count = ARRAY_LEN(builtin_table);"
}
