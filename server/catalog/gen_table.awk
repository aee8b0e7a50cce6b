# gen_table.awk - print catalog_table.c: catalogs, their columns and indexes, as tables that catalog.c looks into

END {
    if (failed)
        exit 1
    banner("catalog_table.c", "the system catalogs, their columns and indexes")
    print "#include \"common/base/base.h\"\n\n#include \"server/catalog/catalog_int.h\"\n"
    for (c = 1; c <= catalogs; c++)
        one_catalog(c)
    print "const Catalog catalog_table[] = {"
    for (c = 1; c <= catalogs; c++)
        printf "    {\"%s\", %s, %s, %s, %s, %s, %s, %s, %d, %d, %s_columns, %s},\n", name[c], head[c, "oid"],
            head[c, "rowtype"], head[c, "arraytype"], head[c, "toast"] + 0, head[c, "toast_index"] + 0,
            truth((c, "shared") in head), truth((c, "mapped") in head), columns[c], indexes[c], name[c],
            indexes[c] ? name[c] "_indexes" : "NULL"
    print "};\n"
    print "const size_t catalog_table_count = ARRAY_LEN(catalog_table);"
}

function truth(v) {
    return v ? "true" : "false"
}

function one_catalog(c,   j, type, k) {
    printf "static const CatalogColumn %s_columns[] = {\n", name[c]
    for (j = 1; j <= columns[c]; j++) {
        type = column[c, j, "type"]
        printf "    {\"%s\", %s, %s, %s, %s, '%s', '%s', %s, %d},\n", column[c, j, "name"], type_oid[type],
            collation_of(type), type_len[type], truth(type_by_value[type] == "t"), type_align[type],
            type_storage[type], truth((c, j, "not_null") in column), dimensions_of(type)
    }
    print "};\n"
    if (!indexes[c])
        return
    printf "static const CatalogIndex %s_indexes[] = {\n", name[c]
    for (k = 1; k <= indexes[c]; k++)
        one_index(c, k)
    print "};\n"
}

function one_index(c, k,   n, class, keys, classes, families, types, compare, others, is_image) {
    is_image = 1
    for (n = 1; n <= index_of[c, k, "keys"]; n++) {
        keys = keys (n > 1 ? ", " : "") number_of[c, key_column[c, k, n]]
        class = key_class[c, k, n]
        classes = classes (n > 1 ? ", " : "") class_oid[class]
        families = families (n > 1 ? ", " : "") class_family[class]
        types = types (n > 1 ? ", " : "") class_type[class]
        compare = compare (n > 1 ? ", " : "") support_of(class, 1)
        others = others (n > 1 ? ", " : "") "{" (support_of(class, 2) + 0) ", " (support_of(class, 3) + 0) ", " \
            (support_of(class, 4) + 0) ", " (support_of(class, 5) + 0) "}"
        is_image = is_image && support_of(class, 4) != 0
    }
    printf "    {\"%s\", %s, %s, %s, %s, %d, {%s}, {%s}, {%s}, {%s}, {%s}, {%s}, %s},\n", index_of[c, k, "name"], index_of[c, k, "oid"],
        index_of[c, k, "constraint"] + 0,
        truth((c, k, "unique") in index_of || (c, k, "primary") in index_of), truth((c, k, "primary") in index_of),
        index_of[c, k, "keys"], keys, classes, families, types, compare, others, truth(is_image)
}
