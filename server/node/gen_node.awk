# gen_node.awk - structs, tags and tables of nodes from node.def
#
#     awk -v want=header|table -f gen_node.awk node.def plan.def
#
# header: choices as enums, tags, structs; table: the fields of each kind, for what works on any of them.

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
    choice = $2
    choices[++choice_count] = choice
    prefix[choice] = $3
    base[choice] = $4 == "from" ? $5 : 0
    value_count[choice] = 0
    next
}

/^node / {
    mode = "node"
    kind = $2
    if (kind in is_kind)
        fail(kind " was there before")
    kinds[++kind_count] = kind
    is_kind[kind] = 1
    field_count[kind] = 0
    yields[kind] = 0
    for (i = 3; i <= NF; i++) {
        if ($i == "stored")
            label[kind] = $(++i)
        else if ($i == "yields")
            yields[kind] = $(++i)
        else if ($i == "value")
            is_value[kind] = 1
        else if ($i ~ /^begins=/)
            begin_as(kind, substr($i, 8))
        else if ($i != "raw" && $i != "plan")
            fail("what part is " $i "?")
    }
    next
}

mode == "choice" {
    for (i = 1; i <= NF; i++) {
        values[choice, value_count[choice]] = $i
        number_of[choice, $i] = value_count[choice]++
    }
    next
}

mode == "node" {
    n = ++field_count[kind]
    type[kind, n] = $1
    name[kind, n] = $2
    if (!(kind in selector) && ($1 in base))
        selector[kind] = n
    note = $0
    sub(/^ *[^ ]+ +[^ ]+ */, "", note)
    if (match(note, /^\[[^\]]*\]/)) {
        attributes(kind, n, substr(note, 2, RLENGTH - 2))
        note = substr(note, RLENGTH + 1)
        sub(/^ +/, "", note)
    }
    comment[kind, n] = note
    next
}

{ fail("not understood") }

# The fields of another kind come first.
function begin_as(k, other,   i) {
    if (!(other in is_kind))
        fail("what is " other "?")
    for (i = 1; i <= field_count[other]; i++) {
        field_count[k]++
        type[k, i] = type[other, i]
        name[k, i] = name[other, i]
        comment[k, i] = comment[other, i]
    }
}

# What stands in the brackets behind the name of a field.
function attributes(k, n, text,   part, count, i) {
    count = split(text, part, " ")
    for (i = 1; i <= count; i++) {
        if (part[i] ~ /^:/)
            field_label[k, n] = part[i]
        else if (part[i] ~ /^(word|number|hint)$/)
            flags[k, n] = flags[k, n] " | FIELD_IS_" toupper(part[i])
        else if (part[i] ~ /^of=/)
            item[k, n] = substr(part[i], 4)
        else if (part[i] ~ /^when=/)
            decide(k, n, substr(part[i], 6))
        else if (part[i] ~ /^(type|typmod|collation|input)$/)
            role[k, part[i]] = name[k, n]
        else
            fail("what is " part[i] "?")
    }
    if ((k in label) && !((k, n) in field_label))
        fail("no label")
}

# A field that is there for some values of the kind's selector alone.
function decide(k, n, words) {
    when[k, n] = when_mask(type[k, selector[k]], words)
    chooses[k] = 1
}

# The bits of the values that name A|B has of a choice.
function when_mask(choice, text,   part, count, i, mask) {
    count = split(text, part, "|")
    for (i = 1; i <= count; i++) {
        if (!((choice, part[i]) in number_of))
            fail(choice " has no " part[i])
        mask = mask (i > 1 ? " | " : "") "1u << " number_of[choice, part[i]]
    }
    return mask
}

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
    if (t ~ /^(list|ints|oids|items)$/)
        return "struct List *"
    if (t == "bits")
        return "struct BitSet *"
    if (t == "text")
        return "const char *"
    if (t == "loc")
        return "int "
    if (t == "oid" || t == "uint")
        return "uint32_t "
    if (t == "real")
        return "double "
    if (t == "datum")
        return "Datum "
    if (t == "int" || t == "bool" || t == "char" || (t in base))
        return t " "
    if (t in is_kind)
        return "struct " t " *"
    failed = 1
    print "node.def: error: unknown type " t > "/dev/stderr"
    exit 1
}

function field_class(t) {
    if (t ~ /^(node|list|ints|oids|items)$/ || (t in is_kind))
        return "NODE"
    if (t in base)
        return "CHOICE"
    if (t == "uint")
        return "OID"
    return toupper(t)
}

# The tag that a field's value must have, the items of it.
function tag_of(t) {
    if (t in is_kind)
        return "NODE_" t
    if (t == "list")
        return "NODE_List"
    if (t == "ints")
        return "NODE_IntList"
    if (t == "oids")
        return "NODE_OidList"
    return t == "items" ? "NODE_ANY_LIST" : "NODE_NONE"
}

function header(   i, j, k) {
    print "/* node_gen.h - made by gen_node.awk from node.def and plan.def */"
    print "#ifndef NODE_NODE_GEN_H\n#define NODE_NODE_GEN_H\n"
    print "#include \"common/base/base.h\"\n\n#include \"server/fmgr/datum.h\"\n"
    for (i = 1; i <= choice_count; i++) {
        k = choices[i]
        print "typedef enum " k " {"
        for (j = 0; j < value_count[k]; j++)
            print "    " prefix[k] "_" values[k, j] (j == 0 && base[k] != 0 ? " = " base[k] : "") ","
        print "} " k ";\n"
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

function table(   i, j, k) {
    print "/* node_table.c - made by gen_node.awk from node.def and plan.def */"
    print "#include \"common/base/base.h\"\n"
    print "#include \"server/node/node.h\"\n#include \"server/node/node_kind.h\"\n"
    for (i = 1; i <= choice_count; i++) {
        k = choices[i]
        print "static const char *const " k "_names[] = {"
        for (j = 0; j < value_count[k]; j++)
            print "    \"" values[k, j] "\","
        print "    NULL,\n};\n"
    }
    for (i = 1; i <= kind_count; i++) {
        k = kinds[i]
        if (field_count[k] == 0)
            continue
        print "static const NodeField " k "_fields[] = {"
        for (j = 1; j <= field_count[k]; j++)
            field(k, j)
        print "};\n"
    }
    print "const NodeKind node_kinds[NODE_TAG_COUNT] = {"
    for (i = 1; i <= kind_count; i++)
        kind_row(kinds[i])
    print "};"
}

function field(k, j,   t, row) {
    t = type[k, j]
    row = "    {.class = FIELD_" field_class(t) ", .offset = offsetof(" k ", " name[k, j] "), .name = \"" \
        name[k, j] "\""
    if (tag_of(t) != "NODE_NONE")
        row = row ", .tag = " tag_of(t)
    if ((k, j) in item)
        row = row ", .item_tag = NODE_" item[k, j]
    if (t in base)
        row = row ", .choices = " t "_names, .choice_base = " base[t] ", .choice_count = " value_count[t]
    if ((k, j) in field_label)
        row = row ", .label = \" " field_label[k, j] " \", .label_len = " length(field_label[k, j]) + 2
    if ((k, j) in flags)
        row = row ", .flags = " substr(flags[k, j], 4)
    if ((k, j) in when)
        row = row ", .when = " when[k, j]
    print row "},"
}

function kind_row(k,   row) {
    row = "    [NODE_" k "] = {.name = \"" k "\", .size = sizeof(" k "), .field_count = " field_count[k]
    if (field_count[k] > 0)
        row = row ", .fields = " k "_fields"
    if (k in label)
        row = row ", .label = \"" label[k] "\", .label_len = " length(label[k])
    if (k in is_value)
        row = row ", .is_value = true"
    if (k in chooses)
        row = row ", .selector_at = offsetof(" k ", " name[k, selector[k]] ")"
    print row role_of(k, "type") role_of(k, "typmod") role_of(k, "collation") role_of(k, "input") \
        ", .yields = " yields[k] "},"
}

function role_of(k, what) {
    return ((k, what) in role) ? ", ." what "_at = offsetof(" k ", " role[k, what] ")" : ""
}
