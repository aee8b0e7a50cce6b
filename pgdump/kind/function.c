/* function.c - functions and procedures. */
#include "common/base/base.h"

#include <string.h>

#include "common/dump/setting.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

static void take(Dump *d, void *row);
static void add_properties(const FunctionObject *f, StrBuf *sql);
static void add_body(Dump *d, const FunctionObject *f, StrBuf *sql);
static void add_text(const Dump *d, StrBuf *sql, const char *text);

void function_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("p.oid", OID, FunctionObject, object.oid),
        COLUMN("p.proname", TEXT, FunctionObject, object.name),
        COLUMN("p.pronamespace", SCHEMA, FunctionObject, object.schema),
        COLUMN("p.proowner", ROLE, FunctionObject, object.owner),
        COLUMNS_RIGHTS("p.proacl", "f", "p.proowner", FunctionObject, object.rights),
        COLUMN("p.prokind", CHAR, FunctionObject, kind),
        COLUMN("p.pronargs", INT, FunctionObject, argument_count),
        COLUMN("ARRAY(SELECT pg_catalog.format_type(p.proargtypes[i], NULL)"
               " FROM pg_catalog.generate_series(0, p.pronargs - 1) AS i ORDER BY i)",
               TEXTS, FunctionObject, argument_types),
        COLUMN("ARRAY(SELECT n.nspname || E'\\x01' || t.typname"
               " FROM pg_catalog.generate_series(0, p.pronargs - 1) AS i"
               " JOIN pg_catalog.pg_type t ON (t.oid = p.proargtypes[i])"
               " JOIN pg_catalog.pg_namespace n ON (n.oid = t.typnamespace) ORDER BY i)",
               TEXTS, FunctionObject, argument_keys),
        COLUMN("pg_catalog.pg_get_function_arguments(p.oid)", TEXT, FunctionObject, arguments),
        COLUMN("pg_catalog.pg_get_function_identity_arguments(p.oid)", TEXT, FunctionObject,
               identity),
        COLUMN("CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_function_result(p.oid) END", TEXT,
               FunctionObject, result),
        COLUMN("l.lanname", TEXT, FunctionObject, language),
        COLUMN("p.prosrc", TEXT, FunctionObject, source),
        COLUMN("p.probin", TEXT, FunctionObject, library),
        {"pg_catalog.pg_get_function_sqlbody(p.oid)", CATALOG_TEXT, offsetof(FunctionObject, body),
         14, "NULL"},
        COLUMN("p.provolatile", CHAR, FunctionObject, volatility),
        COLUMN("p.proparallel", CHAR, FunctionObject, parallel),
        COLUMN("p.proisstrict", BOOL, FunctionObject, is_strict),
        COLUMN("p.prosecdef", BOOL, FunctionObject, is_definer),
        COLUMN("p.proleakproof", BOOL, FunctionObject, is_leakproof),
        COLUMN("p.proretset", BOOL, FunctionObject, is_set),
        COLUMN("p.procost", TEXT, FunctionObject, cost),
        COLUMN("p.prorows", TEXT, FunctionObject, rows),
        COLUMN("p.prosupport", TEXT, FunctionObject, support),
        COLUMN("p.proconfig", TEXTS, FunctionObject, settings),
        COLUMN("ARRAY(SELECT pg_catalog.format_type(u, NULL)"
               " FROM pg_catalog.unnest(p.protrftypes) AS u)",
               TEXTS, FunctionObject, transforms),
    };
    /* What a range type makes for itself (deptype i) comes with it. */
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_proc p\n"
                "JOIN pg_catalog.pg_language l ON (l.oid = p.prolang)\n"
                "LEFT JOIN pg_catalog.pg_init_privs pip ON (p.oid = pip.objoid"
                " AND pip.classoid = 1255 AND pip.objsubid = 0)",
        .where = "(p.oid >= 16384 OR p.proacl IS DISTINCT FROM pip.initprivs)"
                 " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend"
                 " WHERE classid = 1255 AND objid = p.oid AND deptype = 'i')",
        .order = "p.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(FunctionObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    FunctionObject *f = row;

    object_add(d, &f->object, f->kind == 'a' ? KIND_AGGREGATE : KIND_FUNCTION);
    select_in_schema(d, &f->object);
    if (f->object.oid < FIRST_USER_OID)
        f->object.wanted &= PART_RIGHTS;
}

const char *function_signature(const FunctionObject *f, const char *name, const char *none)
{
    StrBuf text;

    strbuf_init(&text);
    strbuf_add_fmt(&text, "%s(", name);
    for (size_t i = 0; i < f->argument_types.count; i++)
        strbuf_add_fmt(&text, "%s%s", i == 0 ? "" : ", ",
                       *(const char **)array_at(&f->argument_types, i));
    strbuf_add_fmt(&text, "%s)", f->argument_types.count == 0 ? none : "");
    return text.text;
}

void function_print(Dump *d, DumpObject *o)
{
    const FunctionObject *f = (const FunctionObject *)o;
    const char *type = f->kind == 'p' ? "PROCEDURE" : "FUNCTION";
    const char *name = entry_qualified(d, o);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE %s %s(%s)", type, name, f->arguments);
    if (f->result != NULL)
        strbuf_add_fmt(&sql, " RETURNS %s", f->result);
    strbuf_add_fmt(&sql, "\n    LANGUAGE %s", entry_name(d, f->language));
    add_properties(f, &sql);
    array_foreach(const char *const, setting, &f->settings) {
        strbuf_add(&sql, "\n    SET ");
        setting_add(&sql, *setting, &d->archive);
    }
    strbuf_add(&sql, "\n    ");
    add_body(d, f, &sql);
    strbuf_add(&sql, ";\n");
    entry_add(d, o,
              &(Definition){
                  .type = type,
                  .tag = function_signature(f, o->name, ""),
                  .name = mem_printf("%s(%s)", name, f->identity),
                  .extras_tag = mem_printf("%s(%s)", entry_name(d, o->name), f->identity),
                  .create = sql.text,
                  .rights_word = type,
              });
}

static void add_properties(const FunctionObject *f, StrBuf *sql)
{
    bool is_compiled = str_equal(f->language, "c") || str_equal(f->language, "internal");

    for (size_t i = 0; i < f->transforms.count; i++)
        strbuf_add_fmt(sql, "%s FOR TYPE %s", i == 0 ? " TRANSFORM" : ",",
                       *(const char **)array_at(&f->transforms, i));
    if (f->kind == 'w')
        strbuf_add(sql, " WINDOW");
    if (f->volatility == 'i')
        strbuf_add(sql, " IMMUTABLE");
    else if (f->volatility == 's')
        strbuf_add(sql, " STABLE");
    if (f->is_strict)
        strbuf_add(sql, " STRICT");
    if (f->is_definer)
        strbuf_add(sql, " SECURITY DEFINER");
    if (f->is_leakproof)
        strbuf_add(sql, " LEAKPROOF");
    if (!str_equal(f->cost, "0") && !str_equal(f->cost, is_compiled ? "1" : "100"))
        strbuf_add_fmt(sql, " COST %s", f->cost);
    if (f->is_set && !str_equal(f->rows, "0") && !str_equal(f->rows, "1000"))
        strbuf_add_fmt(sql, " ROWS %s", f->rows);
    if (!str_equal(f->support, "-"))
        strbuf_add_fmt(sql, " SUPPORT %s", f->support);
    if (f->parallel == 's')
        strbuf_add(sql, " PARALLEL SAFE");
    else if (f->parallel == 'r')
        strbuf_add(sql, " PARALLEL RESTRICTED");
}

static void add_body(Dump *d, const FunctionObject *f, StrBuf *sql)
{
    if (f->body != NULL) {
        strbuf_add(sql, f->body);
        return;
    }
    strbuf_add(sql, "AS ");
    if (f->library != NULL && !str_equal(f->library, "-")) {
        entry_add_literal(d, sql, f->library);
        if (str_equal(f->source, "-"))
            return;
        strbuf_add(sql, ", ");
        /* A symbol is a plain word: quotes are for those that are not. */
        if (d->options->no_dollar_quoting ||
            (strchr(f->source, '\'') == NULL && strchr(f->source, '\\') == NULL))
            entry_add_literal(d, sql, f->source);
        else
            sql_add_dollar_quoted(sql, f->source, "");
    } else if (!str_equal(f->source, "-")) {
        add_text(d, sql, f->source);
    }
}

static void add_text(const Dump *d, StrBuf *sql, const char *text)
{
    if (d->options->no_dollar_quoting)
        entry_add_literal(d, sql, text);
    else
        sql_add_dollar_quoted(sql, text, "");
}

int function_compare(const DumpObject *a, const DumpObject *b)
{
    const FunctionObject *left = (const FunctionObject *)a, *right = (const FunctionObject *)b;

    if (left->argument_count != right->argument_count)
        return left->argument_count - right->argument_count;
    for (size_t i = 0; i < left->argument_keys.count && i < right->argument_keys.count; i++) {
        int order = strcmp(*(const char **)array_at(&left->argument_keys, i),
                           *(const char **)array_at(&right->argument_keys, i));

        if (order != 0)
            return order;
    }
    return 0;
}
