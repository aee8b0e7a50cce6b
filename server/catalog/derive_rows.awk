# derive_rows.awk - the rows that follow from the heads of the catalogs: what describes the catalogs in themselves
#
# Comes after read_def.awk and before gen_rows.awk, which calls derive_rows() at the end of the input.

BEGIN {
    SYSTEM_COLUMNS = 6
    split("ctid xmin cmin xmax cmax tableoid", system_name, " ")
    split("tid xid cid xid cid oid", system_type, " ")
}

function derive_rows(   c) {
    for (c = 1; c <= catalogs; c++) {
        class_rows(c)
        type_rows(c)
        attribute_rows(c)
        index_rows(c)
    }
}

# Begin a row of the catalog that name; its columns are then set one by one, or several as "A=x B=y".
function new_row(catalog) {
    at = catalog_of[catalog]
    at_row = ++rows[at]
}

function set(col, text) {
    if (!((at, col) in number_of)) {
        print "derive_rows.awk: no column " col " in " name[at] >"/dev/stderr"
        exit 1
    }
    cell[at, at_row, number_of[at, col]] = text
}

function set_all(list,   part, n, i) {
    n = split(list, part, " ")
    for (i = 1; i <= n; i++)
        set(key_of(part[i]), value_of(part[i]))
}

# ---- pg_class ----

function class_row(c, oid, relname, kind, natts) {
    new_row("pg_class")
    set_all("relnamespace=11 reltype=0 reloftype=0 relowner=10 relam=2 relpages=0 reltuples=0 relallvisible=0")
    set_all("reltoastrelid=0 relhasindex=f relpersistence=p relchecks=0 relhasrules=f relhastriggers=f")
    set_all("relhassubclass=f relrowsecurity=f relforcerowsecurity=f relispopulated=t relreplident=n")
    set_all("relispartition=f relrewrite=0 relfrozenxid=3 relminmxid=1 relacl=NULL reloptions=NULL relpartbound=NULL")
    set("oid", oid)
    set("relname", relname)
    set("relkind", kind)
    set("relnatts", natts)
    set("relfilenode", (c, "mapped") in head ? 0 : oid)
    set("reltablespace", (c, "shared") in head ? 1664 : 0)
    set("relisshared", (c, "shared") in head ? "t" : "f")
}

function class_index_row(c, oid, relname, natts) {
    class_row(c, oid, relname, "i", natts)
    set_all("relam=403 relfrozenxid=0 relminmxid=0")
}

function class_rows(c,   k) {
    class_row(c, head[c, "oid"], name[c], "r", columns[c])
    set("reltype", head[c, "rowtype"])
    set("relhasindex", indexes[c] ? "t" : "f")
    if ((c, "acl") in head)
        set("relacl", head[c, "acl"])
    for (k = 1; k <= indexes[c]; k++)
        class_index_row(c, index_of[c, k, "oid"], index_of[c, k, "name"], index_of[c, k, "keys"])
    if (!((c, "toast") in head))
        return

    # The new rows have taken the place of the catalog's own: find it again.
    at_row -= indexes[c]
    set("reltoastrelid", head[c, "toast"])
    class_row(c, head[c, "toast"], "pg_toast_" head[c, "oid"], "t", 3)
    set_all("relnamespace=99 relhasindex=t")
    class_index_row(c, head[c, "toast_index"], "pg_toast_" head[c, "oid"] "_index", 2)
    set("relnamespace", 99)
}

# ---- pg_type ----

function type_rows(c) {
    new_row("pg_type")
    composite_type(head[c, "rowtype"], name[c])
    set_all("typtype=c typcategory=C typelem=0 typsubscript=- typanalyze=-")
    set_all("typinput=record_in typoutput=record_out typreceive=record_recv typsend=record_send")
    set("typrelid", head[c, "oid"])
    set("typarray", head[c, "arraytype"])
    if (head[c, "arraytype"] == 0)
        return
    new_row("pg_type")
    composite_type(head[c, "arraytype"], "_" name[c])
    set_all("typtype=b typcategory=A typrelid=0 typarray=0 typsubscript=array_subscript_handler")
    set_all("typinput=array_in typoutput=array_out typreceive=array_recv typsend=array_send")
    set_all("typanalyze=array_typanalyze")
    set("typelem", head[c, "rowtype"])
}

function composite_type(oid, typname) {
    set("oid", oid)
    set("typname", typname)
    set_all("typnamespace=11 typowner=10 typlen=-1 typbyval=f typispreferred=f typisdefined=t typdelim=,")
    set_all("typmodin=- typmodout=- typalign=d typstorage=x typnotnull=f typbasetype=0 typtypmod=-1 typndims=0")
    set_all("typcollation=0 typdefaultbin=NULL typdefault=NULL typacl=NULL")
}

# ---- pg_attribute ----

function attribute_row(relation, attname, number, type, not_null) {
    new_row("pg_attribute")
    set_all("attstattarget=-1 attndims=0 attcacheoff=-1 atttypmod=-1 attcompression=\"\" atthasdef=f atthasmissing=f")
    set_all("attidentity=\"\" attgenerated=\"\" attisdropped=f attislocal=t attinhcount=0 attacl=NULL")
    set_all("attoptions=NULL attfdwoptions=NULL attmissingval=NULL")
    set("attrelid", relation)
    set("attname", attname)
    set("attnum", number)
    set("attnotnull", not_null ? "t" : "f")
    set("atttypid", type_oid[type])
    set("attlen", type_len[type])
    set("attbyval", type_by_value[type])
    set("attalign", type_align[type])
    set("attstorage", type_storage[type])
    set("attcollation", collation_of(type))
}

function system_attributes(relation,   i) {
    for (i = 1; i <= SYSTEM_COLUMNS; i++) {
        attribute_row(relation, system_name[i], -i, system_type[i], 1)
        set("attstattarget", 0)
    }
}

# A name is short, so an index keeps it as a C string.
function index_attribute(index_oid, attname, number, type) {
    attribute_row(index_oid, attname, number, type == "name" ? "cstring" : type, 0)
    if (type == "name")
        set("attcollation", 950)
    set("attndims", dimensions_of(type))
}

function attribute_rows(c,   j, k, n, toast) {
    for (j = 1; j <= columns[c]; j++) {
        attribute_row(head[c, "oid"], column[c, j, "name"], j, column[c, j, "type"], (c, j, "not_null") in column)
        set("attndims", dimensions_of(column[c, j, "type"]))
        if ((c, j, "acl") in column)
            set("attacl", column[c, j, "acl"])
    }
    system_attributes(head[c, "oid"])
    for (k = 1; k <= indexes[c]; k++)
        for (n = 1; n <= index_of[c, k, "keys"]; n++)
            index_attribute(index_of[c, k, "oid"], key_column[c, k, n], n,
                            column[c, number_of[c, key_column[c, k, n]], "type"])
    if (!((c, "toast") in head))
        return
    toast = head[c, "toast"]
    attribute_row(toast, "chunk_id", 1, "oid", 0)
    attribute_row(toast, "chunk_seq", 2, "int4", 0)
    attribute_row(toast, "chunk_data", 3, "bytea", 0)
    set("attstorage", "p")
    system_attributes(toast)
    index_attribute(head[c, "toast_index"], "chunk_id", 1, "oid")
    index_attribute(head[c, "toast_index"], "chunk_seq", 2, "int4")
}

# ---- pg_index and pg_constraint ----

function index_row(index_oid, table, key_count, is_unique, is_primary) {
    new_row("pg_index")
    set_all("indnullsnotdistinct=f indisexclusion=f indimmediate=t indisclustered=f indisvalid=t indcheckxmin=f")
    set_all("indisready=t indislive=t indisreplident=f indexprs=NULL indpred=NULL")
    set("indexrelid", index_oid)
    set("indrelid", table)
    set("indnatts", key_count)
    set("indnkeyatts", key_count)
    set("indisunique", is_unique ? "t" : "f")
    set("indisprimary", is_primary ? "t" : "f")
}

function set_keys(keys, collations, classes, options) {
    set("indkey", keys)
    set("indcollation", collations)
    set("indclass", classes)
    set("indoption", options)
}

function index_rows(c,   k, n, j, keys, collations, classes, options, is_primary, is_unique) {
    for (k = 1; k <= indexes[c]; k++) {
        keys = collations = classes = options = ""
        for (n = 1; n <= index_of[c, k, "keys"]; n++) {
            j = number_of[c, key_column[c, k, n]]
            keys = keys (n > 1 ? " " : "") j
            collations = collations (n > 1 ? " " : "") collation_of(column[c, j, "type"])
            classes = classes (n > 1 ? " " : "") class_oid[key_class[c, k, n]]
            options = options (n > 1 ? " " : "") 0
        }
        is_primary = (c, k, "primary") in index_of
        is_unique = is_primary || (c, k, "unique") in index_of
        index_row(index_of[c, k, "oid"], head[c, "oid"], index_of[c, k, "keys"], is_unique, is_primary)
        set_keys(keys, collations, classes, options)
        if ((c, k, "constraint") in index_of)
            constraint_row(c, k, keys, is_primary)
    }
    if ((c, "toast") in head) {
        index_row(head[c, "toast_index"], head[c, "toast"], 2, 1, 1)
        set_keys("1 2", "0 0", class_oid["oid_ops"] " " class_oid["int4_ops"], "0 0")
    }
}

function constraint_row(c, k, keys, is_primary) {
    gsub(" ", ",", keys)
    new_row("pg_constraint")
    set_all("connamespace=11 condeferrable=f condeferred=f convalidated=t contypid=0 conparentid=0 confrelid=0")
    set_all("conislocal=t coninhcount=0 connoinherit=t confkey=NULL conpfeqop=NULL conppeqop=NULL conffeqop=NULL")
    set_all("confdelsetcols=NULL conexclop=NULL conbin=NULL")
    set("confupdtype", " ")
    set("confdeltype", " ")
    set("confmatchtype", " ")
    set("oid", index_of[c, k, "constraint"])
    set("conname", index_of[c, k, "name"])
    set("contype", is_primary ? "p" : "u")
    set("conrelid", head[c, "oid"])
    set("conindid", index_of[c, k, "oid"])
    set("conkey", "{" keys "}")
}
