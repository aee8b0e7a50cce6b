# gen_node.awk - structs, tags and tables of nodes from node.def
#
#     awk -v want=header|table -f gen_node.awk node.def
#
# header: choices as enums, tags, structs; table: the fields of each kind, for node.c.

function fail(what) {
    print FILENAME ":" FNR ": error: " what > "/dev/stderr"
    failed = 1
    exit 1
}

/^\/\*/ { in_comment = 1 }
in_comment {
    if (/\*\//)
        in_comment = 0
    next
}
/^$/ { next }

/^choice / {
    mode = "choice"
    choices[++choice_count] = $2
    prefix[$2] = $3
    choice = $2
    is_choice[$2] = 1
    next
}

/^node / {
    if ($3 != "raw" && $3 != "stored")
        fail("a node is raw or stored")
    mode = "node"
    kind = $2
    if (kind in is_kind)
        fail(kind " was there before")
    kinds[++kind_count] = kind
    is_kind[kind] = 1
    is_stored[kind] = $3 == "stored"
    field_count[kind] = 0
    next
}

mode == "choice" {
    for (i = 1; i <= NF; i++)
        values[choice] = values[choice] " " $i
    next
}

mode == "node" {
    n = ++field_count[kind]
    type[kind, n] = $1
    name[kind, n] = $2
    note = $0
    sub(/^ *[^ ]+ +[^ ]+ */, "", note)
    comment[kind, n] = note
    next
}

{ fail("not understood") }

END {
    if (failed)
        exit 1
    if (want == "header")
        header()
    else
        table()
}

function c_type(t) {
    if (t == "node")
        return "struct Node *"
    if (t == "list")
        return "struct List *"
    if (t == "text")
        return "const char *"
    if (t == "loc")
        return "int "
    if (t == "oid")
        return "uint32_t "
    if (t == "int" || t == "bool" || t == "char" || (t in is_choice))
        return t " "
    if (t in is_kind)
        return "struct " t " *"
    failed = 1
    print "node.def: error: unknown type " t > "/dev/stderr"
    exit 1
}

function field_class(t) {
    if (t == "list" || t == "node" || (t in is_kind))
        return "NODE"
    if (t in is_choice)
        return "CHOICE"
    return toupper(t)
}

function header(   i, j, k, part, n) {
    print "/* node_gen.h - made by gen_node.awk from node.def */"
    print "#ifndef NODE_NODE_GEN_H\n#define NODE_NODE_GEN_H\n"
    print "#include \"common/base/base.h\"\n"
    for (i = 1; i <= choice_count; i++) {
        n = split(values[choices[i]], part, " ")
        print "typedef enum " choices[i] " {"
        for (j = 1; j <= n; j++)
            print "    " prefix[choices[i]] "_" part[j] ","
        print "} " choices[i] ";\n"
    }
    print "typedef enum NodeTag {\n    NODE_NONE,\n    NODE_List,\n    NODE_IntList,\n    NODE_OidList,"
    for (i = 1; i <= kind_count; i++)
        print "    NODE_" kinds[i] ","
    print "    NODE_TAG_COUNT,\n} NodeTag;\n"
    for (i = 1; i <= kind_count; i++) {
        k = kinds[i]
        print "typedef struct " k " {\n    NodeTag tag;"
        for (j = 1; j <= field_count[k]; j++)
            print "    " c_type(type[k, j]) name[k, j] ";" \
                (comment[k, j] == "" ? "" : " /* " comment[k, j] " */")
        print "} " k ";\n"
    }
    print "#endif"
}

function table(   i, j, k, n, part, c) {
    print "/* node_table.c - made by gen_node.awk from node.def */"
    print "#include \"common/base/base.h\"\n"
    print "#include \"server/node/node.h\"\n#include \"server/node/node_kind.h\"\n"
    for (i = 1; i <= choice_count; i++) {
        n = split(values[choices[i]], part, " ")
        print "static const char *const " choices[i] "_names[] = {"
        for (j = 1; j <= n; j++)
            print "    \"" part[j] "\","
        print "    NULL,\n};\n"
    }
    for (i = 1; i <= kind_count; i++) {
        k = kinds[i]
        if (field_count[k] == 0)
            continue
        print "static const NodeField " k "_fields[] = {"
        for (j = 1; j <= field_count[k]; j++) {
            c = field_class(type[k, j])
            print "    {FIELD_" c ", offsetof(" k ", " name[k, j] "), \"" name[k, j] "\", " \
                (c == "CHOICE" ? type[k, j] "_names" : "NULL") "},"
        }
        print "};\n"
    }
    print "const NodeKind node_kinds[NODE_TAG_COUNT] = {"
    for (i = 1; i <= kind_count; i++) {
        k = kinds[i]
        print "    [NODE_" k "] = {\"" k "\", sizeof(" k "), " \
            (field_count[k] ? k "_fields" : "NULL") ", " field_count[k] ", " \
            (is_stored[k] ? "true" : "false") "},"
    }
    print "};"
}
