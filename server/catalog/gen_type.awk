# gen_type.awk - print type_table.c: the types that every database has, by number, with what compares and hashes them
#
# The functions are those of the default operator classes. A type without one of its own has that of the type that it
# casts to without a function; arrays, enums, ranges and rows have those of the pseudo-types that stand for them.

END {
    if (failed)
        exit 1
    derive_rows()
    types = catalog_of["pg_type"]
    read_families()
    read_casts()
    banner("type_table.c", "the types that every database has, by number")
    print "#include \"common/base/base.h\"\n\n#include \"server/catalog/type_facts.h\"\n"
    print "const TypeFacts type_table[] = {"
    sort_rows()
    for (i = 1; i <= rows[types]; i++)
        print_type(sorted[i])
    print "};\n"
    print "const size_t type_table_count = ARRAY_LEN(type_table);"
}

# class[METHOD, TYPE]: the family of its default operator class; function_of[FAMILY, TYPE, NUMBER] and equal[FAMILY, TYPE].
function read_families(   c, r, code) {
    c = catalog_of["pg_opclass"]
    for (r = 1; r <= rows[c]; r++)
        if (value(c, r, "opcdefault") == "t")
            class[value(c, r, "opcmethod"), value(c, r, "opcintype")] = value(c, r, "opcfamily") " " value(c, r, "opcintype")
    c = catalog_of["pg_amproc"]
    for (r = 1; r <= rows[c]; r++)
        if (value(c, r, "amproclefttype") == value(c, r, "amprocrighttype"))
            function_of[value(c, r, "amprocfamily") " " value(c, r, "amproclefttype"), value(c, r, "amprocnum")] = \
                function_number(value(c, r, "amproc"))
    c = catalog_of["pg_operator"]
    for (r = 1; r <= rows[c]; r++)
        code[value(c, r, "oid")] = value(c, r, "oprcode")
    c = catalog_of["pg_amop"]
    for (r = 1; r <= rows[c]; r++)
        if (value(c, r, "amoplefttype") == value(c, r, "amoprighttype") &&
            ((value(c, r, "amopmethod") == 403 && value(c, r, "amopstrategy") == 3) ||
             (value(c, r, "amopmethod") == 405 && value(c, r, "amopstrategy") == 1)))
            equal[value(c, r, "amopfamily") " " value(c, r, "amoplefttype")] = \
                function_number(code[value(c, r, "amopopr")])
}

function read_casts(   c, r) {
    c = catalog_of["pg_cast"]
    for (r = 1; r <= rows[c]; r++)
        if (value(c, r, "castmethod") == "b" && value(c, r, "castcontext") == "i")
            cast[value(c, r, "castsource")] = cast[value(c, r, "castsource")] " " value(c, r, "casttarget")
}

# By number, by insertion: most are in order already.
function sort_rows(   i, j, r) {
    for (i = 1; i <= rows[types]; i++) {
        r = i
        for (j = i - 1; j > 0 && value(types, sorted[j], "oid") + 0 > value(types, r, "oid") + 0; j--)
            sorted[j + 1] = sorted[j]
        sorted[j + 1] = r
    }
}

# The family, and the type in it, by which an access method takes a type's values; "" when there is none.
function class_for(method, r,   oid, n, i, target) {
    oid = value(types, r, "oid")
    if ((method, oid) in class)
        return class[method, oid]
    n = split(cast[oid], target, " ")
    for (i = 1; i <= n; i++)
        if ((method, target[i]) in class)
            return class[method, target[i]]
    if (value(types, r, "typsubscript") == "array_subscript_handler" && value(types, r, "typlen") == -1)
        return class[method, 2277]
    if (value(types, r, "typtype") == "c")
        return class[method, 2249]
    if (value(types, r, "typtype") == "r")
        return class[method, 3831]
    if (value(types, r, "typtype") == "m")
        return class[method, 4537]
    return ""
}

function number_or_0(text) {
    return text == "" ? 0 : text
}

function print_type(r,   btree, hash) {
    btree = class_for(403, r)
    hash = class_for(405, r)
    printf "    {%s, \"%s\", %s, %s, '%s', '%s', '%s', '%s', '%s', %s,\n     ", value(types, r, "oid"), value(types, r, "typname"),
        value(types, r, "typlen"), value(types, r, "typbyval") == "t" ? "true" : "false", value(types, r, "typalign"),
        value(types, r, "typstorage"), value(types, r, "typdelim"), value(types, r, "typtype"),
        value(types, r, "typcategory"), value(types, r, "typispreferred") == "t" ? "true" : "false"
    printf "%s, %s, %s, %s, %s, %s, ", value(types, r, "typelem"), value(types, r, "typarray"),
        value(types, r, "typrelid"), value(types, r, "typbasetype"), value(types, r, "typtypmod"),
        value(types, r, "typcollation")
    printf "%s, %s, %s, %s, %s, %s,\n     ", function_number(value(types, r, "typinput")),
        function_number(value(types, r, "typoutput")), function_number(value(types, r, "typreceive")),
        function_number(value(types, r, "typsend")), function_number(value(types, r, "typmodin")),
        function_number(value(types, r, "typmodout"))
    printf "%s, %s, %s, %s},\n", number_or_0(btree != "" ? equal[btree] : equal[hash]), number_or_0(function_of[btree, 1]),
        number_or_0(function_of[hash, 1]), number_or_0(function_of[hash, 2])
}
