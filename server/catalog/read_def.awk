# read_def.awk - read server/catalog/pg_*.def for a generator, which comes after it on the command line
#
# README has the form of the files. A generator finds, for catalog number c of 1 to catalogs:
#   name[c] title[c], head[c, WORD]             the words of its head, e.g. head[c, "oid"]; WORD alone is "yes"
#   columns[c], column[c, j, X]                 X: name type not_null default acl; number_of[c, COLUMN]
#   indexes[c], index_of[c, k, X]               X: name oid primary unique constraint; keys, key_column[c, k, n],
#                                               key_class[c, k, n]
#   rows[c], value(c, r, COLUMN)                the text of a value, with the escapes of a C string; NULL_TEXT for NULL
# and the facts of types by name: type_oid, type_len, type_by_value, type_align, type_storage, type_collation.
# Its own work starts in END. LC_ALL=C and POSIX awk.

BEGIN { NULL_TEXT = "\001" }

FNR == 1 { is_head = 1 }
is_head && /^ \* pg_[a-z_]+\.def - / { next_title = $0; sub(/^.*\.def - /, "", next_title) }
/^ \*\/$/ { is_head = 0; next }
is_head { next }
$1 == "catalog" { catalog_line(); next }
$1 == "column" { column_line(); next }
$1 == "index" { index_line(); next }
$1 == "row" { row_line(); next }
{ fail("unknown line") }

function fail(text) {
    printf "%s:%s: %s\n", FILENAME, FNR, text >"/dev/stderr"
    failed = 1
    exit 1
}

# Split the words of a line, from its pos-th character on, into word[1..]; a quoted text stays one word.
function words_of(line, pos, word,   n) {
    line = substr(line, pos)
    n = 0
    while (match(line, /^ *[^ "]*("([^"\\]|\\.)*")?/) && RLENGTH > 0) {
        word[++n] = substr(line, 1, RLENGTH)
        sub(/^ */, "", word[n])
        line = substr(line, RLENGTH + 1)
        if (word[n] == "")
            n--
    }
    if (line != "")
        fail("unbalanced quotes")
    return n
}

# The part of a word after "=", without quotes; the text of NULL is NULL_TEXT.
function value_of(word,   text) {
    text = substr(word, index(word, "=") + 1)
    if (text == "NULL")
        return NULL_TEXT
    if (text ~ /^"/)
        return substr(text, 2, length(text) - 2)
    return text
}

function key_of(word) {
    return index(word, "=") ? substr(word, 1, index(word, "=") - 1) : word
}

function catalog_line(   word, n, i) {
    n = words_of($0, 8, word)
    name[++catalogs] = word[1]
    catalog_of[word[1]] = catalogs
    title[catalogs] = next_title
    for (i = 2; i <= n; i++)
        head[catalogs, key_of(word[i])] = index(word[i], "=") ? value_of(word[i]) : "yes"
    composite_type_facts(word[1], head[catalogs, "rowtype"], "C")
    composite_type_facts("_" word[1], head[catalogs, "arraytype"], "A")
}

# Of a catalog's row type, and of the arrays of it, which have no rows in pg_type.def.
function composite_type_facts(type, oid, category) {
    type_oid[type] = oid
    type_len[type] = -1
    type_by_value[type] = "f"
    type_align[type] = "d"
    type_storage[type] = "x"
    type_collation[type] = 0
    type_category[type] = category
}

function column_line(   word, n, i, j) {
    n = words_of($0, 7, word)
    j = ++columns[catalogs]
    column[catalogs, j, "name"] = word[1]
    column[catalogs, j, "type"] = word[2]
    number_of[catalogs, word[1]] = j
    for (i = 3; i <= n; i++)
        column[catalogs, j, key_of(word[i])] = index(word[i], "=") ? value_of(word[i]) : "yes"
}

function index_line(   word, n, i, k, part) {
    n = words_of($0, 6, word)
    k = ++indexes[catalogs]
    index_of[catalogs, k, "name"] = word[1]
    for (i = 2; i <= n; i++) {
        if (split(word[i], part, ":") == 2) {
            index_of[catalogs, k, "keys"]++
            key_column[catalogs, k, index_of[catalogs, k, "keys"]] = part[1]
            key_class[catalogs, k, index_of[catalogs, k, "keys"]] = part[2]
        } else
            index_of[catalogs, k, key_of(word[i])] = index(word[i], "=") ? value_of(word[i]) : "yes"
    }
}

function row_line(   word, n, i, key, r) {
    n = words_of($0, 4, word)
    r = ++rows[catalogs]
    for (i = 1; i <= n; i++) {
        key = key_of(word[i])
        if (!((catalogs, key) in number_of))
            fail("there is no column " key)
        cell[catalogs, r, number_of[catalogs, key]] = value_of(word[i])
    }
    if (name[catalogs] == "pg_type")
        type_row(r)
    else if (name[catalogs] == "pg_proc")
        proc_row(r)
    else if (name[catalogs] == "pg_opclass" && value(catalogs, r, "opcmethod") == 403)
        opclass_row(r, value(catalogs, r, "opcname"))
    else if (name[catalogs] == "pg_amproc")
        support[value(catalogs, r, "amprocfamily"), value(catalogs, r, "amproclefttype"),
                value(catalogs, r, "amprocrighttype"), value(catalogs, r, "amprocnum")] = value(catalogs, r, "amproc")
}

function opclass_row(r, opclass) {
    class_oid[opclass] = value(catalogs, r, "oid")
    class_family[opclass] = value(catalogs, r, "opcfamily")
    class_type[opclass] = value(catalogs, r, "opcintype")
}

# The number of an operator class's support function, 0 when it has none.
function support_of(opclass, number,   key) {
    key = class_family[opclass] SUBSEP class_type[opclass] SUBSEP class_type[opclass] SUBSEP number
    return key in support ? function_number(support[key]) : 0
}

# The number of a function by the text of a regproc.
function function_number(text) {
    if (text == "-")
        return 0
    if (text ~ /^[0-9]+$/)
        return text
    if (proc_oid[text] == "") {
        print "there is no single function " text >"/dev/stderr"
        exit 1
    }
    return proc_oid[text]
}

function type_row(r,   type) {
    type = value(catalogs, r, "typname")
    type_oid[type] = value(catalogs, r, "oid")
    type_len[type] = value(catalogs, r, "typlen")
    type_by_value[type] = value(catalogs, r, "typbyval")
    type_align[type] = value(catalogs, r, "typalign")
    type_storage[type] = value(catalogs, r, "typstorage")
    type_collation[type] = value(catalogs, r, "typcollation")
    type_category[type] = value(catalogs, r, "typcategory")
}

# A name that several functions have leads to none.
function proc_row(r,   proc) {
    proc = value(catalogs, r, "proname")
    if (proc in proc_oid)
        proc_oid[proc] = ""
    else
        proc_oid[proc] = value(catalogs, r, "oid")
}

function value(c, r, col,   j, text) {
    j = number_of[c, col]
    if ((c, r, j) in cell)
        return cell[c, r, j]
    if (!((c, j, "default") in column))
        fail(name[c] ": row " r " has no " col)
    text = column[c, j, "default"]
    return text ~ /^@/ ? value(c, r, substr(text, 2)) : text
}

# The collation of a column of a catalog: types that have one are compared by bytes there.
function collation_of(type) {
    return type_collation[type] == 0 ? 0 : 950
}

# How many dimensions a column's arrays have.
function dimensions_of(type) {
    return type_category[type] == "A" ? 1 : 0
}

# The first lines of a generated file.
function banner(file, text) {
    printf "/*\n * %s - %s\n *\n * Made by the build from server/catalog/pg_*.def; what is edited here is lost.\n */\n", file, text
}
