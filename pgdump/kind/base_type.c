/* base_type.c - CREATE TYPE of base types and ranges. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

/* A row of pg_type, as CREATE TYPE has it. */
typedef struct BaseType {
    int32_t length;
    const char *input, *output, *receive, *send, *modifier_in, *modifier_out, *analyze, *subscript;
    const char *category, *delimiter, *default_expression, *default_text, *element;
    char alignment, storage;
    bool is_preferred, is_by_value, is_collatable;
} BaseType;

typedef struct Range {
    const char *subtype, *opclass, *opclass_schema, *collation, *collation_schema;
    const char *canonical, *difference, *multirange, *multirange_schema;
    bool is_default_opclass;
} Range;

static void add_function(StrBuf *sql, const char *name, const char *function);

void base_type_add_create(Dump *d, const TypeObject *type, StrBuf *sql)
{
    static const CatalogColumn columns[] = {
        COLUMN("t.typlen", INT, BaseType, length),
        COLUMN("t.typinput", TEXT, BaseType, input),
        COLUMN("t.typoutput", TEXT, BaseType, output),
        COLUMN("t.typreceive", TEXT, BaseType, receive),
        COLUMN("t.typsend", TEXT, BaseType, send),
        COLUMN("t.typmodin", TEXT, BaseType, modifier_in),
        COLUMN("t.typmodout", TEXT, BaseType, modifier_out),
        COLUMN("t.typanalyze", TEXT, BaseType, analyze),
        {"t.typsubscript", CATALOG_TEXT, offsetof(BaseType, subscript), 14, "'-'"},
        COLUMN("t.typcategory", TEXT, BaseType, category),
        COLUMN("t.typispreferred", BOOL, BaseType, is_preferred),
        COLUMN("t.typdelim", TEXT, BaseType, delimiter),
        COLUMN("t.typbyval", BOOL, BaseType, is_by_value),
        COLUMN("t.typalign", CHAR, BaseType, alignment),
        COLUMN("t.typstorage", CHAR, BaseType, storage),
        COLUMN("t.typcollation <> 0", BOOL, BaseType, is_collatable),
        COLUMN("pg_catalog.pg_get_expr(t.typdefaultbin, 0)", TEXT, BaseType, default_expression),
        COLUMN("t.typdefault", TEXT, BaseType, default_text),
        COLUMN("CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END", TEXT,
               BaseType, element),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_type t ON (t.oid = wanted.id)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(BaseType),
    };
    const BaseType *base = catalog_read_one(d, &query, type->object.oid);

    strbuf_add_fmt(sql,
                   "CREATE TYPE %s (\n    INTERNALLENGTH = ", entry_qualified(d, &type->object));
    if (base->length == -1)
        strbuf_add(sql, "variable");
    else
        strbuf_add_fmt(sql, "%d", base->length);
    strbuf_add_fmt(sql, ",\n    INPUT = %s,\n    OUTPUT = %s", base->input, base->output);
    add_function(sql, "RECEIVE", base->receive);
    add_function(sql, "SEND", base->send);
    add_function(sql, "TYPMOD_IN", base->modifier_in);
    add_function(sql, "TYPMOD_OUT", base->modifier_out);
    add_function(sql, "ANALYZE", base->analyze);
    if (base->is_collatable)
        strbuf_add(sql, ",\n    COLLATABLE = true");
    if (base->default_expression != NULL) {
        strbuf_add_fmt(sql, ",\n    DEFAULT = %s", base->default_expression);
    } else if (base->default_text != NULL) {
        strbuf_add(sql, ",\n    DEFAULT = ");
        entry_add_literal(d, sql, base->default_text);
    }
    add_function(sql, "SUBSCRIPT", base->subscript);
    if (base->element != NULL)
        strbuf_add_fmt(sql, ",\n    ELEMENT = %s", base->element);
    if (!str_equal(base->category, "U")) {
        strbuf_add(sql, ",\n    CATEGORY = ");
        entry_add_literal(d, sql, base->category);
    }
    if (base->is_preferred)
        strbuf_add(sql, ",\n    PREFERRED = true");
    if (!str_equal(base->delimiter, ",")) {
        strbuf_add(sql, ",\n    DELIMITER = ");
        entry_add_literal(d, sql, base->delimiter);
    }
    strbuf_add_fmt(sql, ",\n    ALIGNMENT = %s",
                   base->alignment == 'c'   ? "char"
                   : base->alignment == 's' ? "int2"
                   : base->alignment == 'i' ? "int4"
                                            : "double");
    strbuf_add_fmt(sql, ",\n    STORAGE = %s",
                   base->storage == 'p'   ? "plain"
                   : base->storage == 'e' ? "external"
                   : base->storage == 'x' ? "extended"
                                          : "main");
    strbuf_add(sql, base->is_by_value ? ",\n    PASSEDBYVALUE\n);\n" : "\n);\n");
}

static void add_function(StrBuf *sql, const char *name, const char *function)
{
    if (!str_equal(function, "-"))
        strbuf_add_fmt(sql, ",\n    %s = %s", name, function);
}

void range_type_add_create(Dump *d, const TypeObject *type, StrBuf *sql)
{
    static const CatalogColumn columns[] = {
        COLUMN("pg_catalog.format_type(r.rngsubtype, NULL)", TEXT, Range, subtype),
        COLUMN("opc.opcname", TEXT, Range, opclass),
        COLUMN("opn.nspname", TEXT, Range, opclass_schema),
        COLUMN("opc.opcdefault", BOOL, Range, is_default_opclass),
        COLUMN("c.collname", TEXT, Range, collation),
        COLUMN("cn.nspname", TEXT, Range, collation_schema),
        COLUMN("r.rngcanonical", TEXT, Range, canonical),
        COLUMN("r.rngsubdiff", TEXT, Range, difference),
        {"mt.typname", CATALOG_TEXT, offsetof(Range, multirange), 14, "NULL"},
        {"mn.nspname", CATALOG_TEXT, offsetof(Range, multirange_schema), 14, "NULL"},
    };
#define RANGE_FROM                                                    \
 "pg_catalog.pg_range r ON (r.rngtypid = wanted.id)\n"                \
 "JOIN pg_catalog.pg_type st ON (st.oid = r.rngsubtype)\n"            \
 "JOIN pg_catalog.pg_opclass opc ON (opc.oid = r.rngsubopc)\n"        \
 "JOIN pg_catalog.pg_namespace opn ON (opn.oid = opc.opcnamespace)\n" \
 "LEFT JOIN pg_catalog.pg_collation c ON (c.oid = r.rngcollation"     \
 " AND r.rngcollation <> st.typcollation)\n"                          \
 "LEFT JOIN pg_catalog.pg_namespace cn ON (cn.oid = c.collnamespace)"
    const CatalogQuery query = {
        .from = d->major >= 14 ? RANGE_FROM
                    "\nJOIN pg_catalog.pg_type mt ON (mt.oid = r.rngmultitypid)\n"
                    "JOIN pg_catalog.pg_namespace mn ON (mn.oid = mt.typnamespace)"
                               : RANGE_FROM,
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Range),
    };
    const Range *range = catalog_read_one(d, &query, type->object.oid);

    strbuf_add_fmt(sql, "CREATE TYPE %s AS RANGE (\n    subtype = %s",
                   entry_qualified(d, &type->object), range->subtype);
    if (range->multirange != NULL)
        strbuf_add_fmt(sql, ",\n    multirange_type_name = %s.%s",
                       entry_name(d, range->multirange_schema), entry_name(d, range->multirange));
    if (!range->is_default_opclass)
        strbuf_add_fmt(sql, ",\n    subtype_opclass = %s.%s", entry_name(d, range->opclass_schema),
                       entry_name(d, range->opclass));
    if (range->collation != NULL)
        strbuf_add_fmt(sql, ",\n    collation = %s.%s", entry_name(d, range->collation_schema),
                       entry_name(d, range->collation));
    if (!str_equal(range->canonical, "-"))
        strbuf_add_fmt(sql, ",\n    canonical = %s", range->canonical);
    if (!str_equal(range->difference, "-"))
        strbuf_add_fmt(sql, ",\n    subtype_diff = %s", range->difference);
    strbuf_add(sql, "\n);\n");
}
