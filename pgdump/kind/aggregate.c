/* aggregate.c - aggregates; the functions that they are in pg_proc are read with the others. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

/* A row of pg_aggregate. */
typedef struct Aggregate {
    char kind, final_modify, moving_final_modify;
    const char *transition, *final, *combine, *serial, *deserial;
    const char *moving_transition, *moving_inverse, *moving_final;
    const char *type, *moving_type, *space, *moving_space, *initial, *moving_initial;
    const char *sort_operator, *sort_schema;
    bool has_final_extra, has_moving_final_extra;
} Aggregate;

static void add_definition(Dump *d, const FunctionObject *f, StrBuf *sql);
static void add_function(StrBuf *sql, const char *word, const char *function);
static void add_text(Dump *d, StrBuf *sql, const char *word, const char *text);
static void add_modify(const Aggregate *a, StrBuf *sql, const char *word, char modify);

static const Aggregate *read(Dump *d, Oid oid)
{
    static const CatalogColumn columns[] = {
        COLUMN("a.aggkind", CHAR, Aggregate, kind),
        COLUMN("a.aggtransfn", TEXT, Aggregate, transition),
        COLUMN("a.aggfinalfn", TEXT, Aggregate, final),
        COLUMN("a.aggcombinefn", TEXT, Aggregate, combine),
        COLUMN("a.aggserialfn", TEXT, Aggregate, serial),
        COLUMN("a.aggdeserialfn", TEXT, Aggregate, deserial),
        COLUMN("a.aggmtransfn", TEXT, Aggregate, moving_transition),
        COLUMN("a.aggminvtransfn", TEXT, Aggregate, moving_inverse),
        COLUMN("a.aggmfinalfn", TEXT, Aggregate, moving_final),
        COLUMN("a.aggtranstype::pg_catalog.regtype", TEXT, Aggregate, type),
        COLUMN("a.aggmtranstype::pg_catalog.regtype", TEXT, Aggregate, moving_type),
        COLUMN("a.aggtransspace", TEXT, Aggregate, space),
        COLUMN("a.aggmtransspace", TEXT, Aggregate, moving_space),
        COLUMN("a.agginitval", TEXT, Aggregate, initial),
        COLUMN("a.aggminitval", TEXT, Aggregate, moving_initial),
        COLUMN("a.aggfinalextra", BOOL, Aggregate, has_final_extra),
        COLUMN("a.aggmfinalextra", BOOL, Aggregate, has_moving_final_extra),
        COLUMN("a.aggfinalmodify", CHAR, Aggregate, final_modify),
        COLUMN("a.aggmfinalmodify", CHAR, Aggregate, moving_final_modify),
        COLUMN("o.oprname", TEXT, Aggregate, sort_operator),
        COLUMN("n.nspname", TEXT, Aggregate, sort_schema),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_aggregate a ON (a.aggfnoid = wanted.id)\n"
                "LEFT JOIN pg_catalog.pg_operator o ON (o.oid = a.aggsortop)\n"
                "LEFT JOIN pg_catalog.pg_namespace n ON (n.oid = o.oprnamespace)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Aggregate),
    };

    return catalog_read_one(d, &query, oid);
}

void aggregate_print(Dump *d, DumpObject *o)
{
    const FunctionObject *f = (const FunctionObject *)o;
    const char *name = entry_qualified(d, o);
    const char *arguments = f->argument_count == 0 ? "*" : f->identity;
    StrBuf sql;
    Definition def = {
        .type = "AGGREGATE",
        .tag = function_signature(f, o->name, "*"),
        .name = mem_printf("%s(%s)", name, arguments),
        .extras_tag = mem_printf("%s(%s)", entry_name(d, o->name), arguments),
    };

    strbuf_init(&sql);
    if (object_wants(o, PART_DEFINITION)) {
        strbuf_add_fmt(&sql, "CREATE AGGREGATE %s(%s) (\n", name,
                       f->argument_count == 0 ? "*" : f->arguments);
        add_definition(d, f, &sql);
        strbuf_add(&sql, "\n);\n");
        def.create = sql.text;
        entry_add_definition(d, o, &def);
    }
    entry_add_part(d, o, &def, 0);
    def.rights_word = "FUNCTION";
    def.name = function_signature(f, name, "");
    def.extras_tag = function_signature(f, entry_name(d, o->name), "");
    entry_add_rights(d, o, &def);
}

static void add_definition(Dump *d, const FunctionObject *f, StrBuf *sql)
{
    const Aggregate *a = read(d, f->object.oid);

    strbuf_add_fmt(sql, "    SFUNC = %s,\n    STYPE = %s", a->transition, a->type);
    if (!str_equal(a->space, "0"))
        strbuf_add_fmt(sql, ",\n    SSPACE = %s", a->space);
    add_text(d, sql, "INITCOND", a->initial);
    add_function(sql, "FINALFUNC", a->final);
    if (a->has_final_extra)
        strbuf_add(sql, ",\n    FINALFUNC_EXTRA");
    add_modify(a, sql, "FINALFUNC_MODIFY", a->final_modify);
    add_function(sql, "COMBINEFUNC", a->combine);
    add_function(sql, "SERIALFUNC", a->serial);
    add_function(sql, "DESERIALFUNC", a->deserial);
    if (!str_equal(a->moving_transition, "-"))
        strbuf_add_fmt(sql, ",\n    MSFUNC = %s,\n    MINVFUNC = %s,\n    MSTYPE = %s",
                       a->moving_transition, a->moving_inverse, a->moving_type);
    if (!str_equal(a->moving_space, "0"))
        strbuf_add_fmt(sql, ",\n    MSSPACE = %s", a->moving_space);
    add_text(d, sql, "MINITCOND", a->moving_initial);
    add_function(sql, "MFINALFUNC", a->moving_final);
    if (a->has_moving_final_extra)
        strbuf_add(sql, ",\n    MFINALFUNC_EXTRA");
    if (!str_equal(a->moving_final, "-"))
        add_modify(a, sql, "MFINALFUNC_MODIFY", a->moving_final_modify);
    if (a->sort_operator != NULL)
        strbuf_add_fmt(sql, ",\n    SORTOP = OPERATOR(%s.%s)", entry_name(d, a->sort_schema),
                       a->sort_operator);
    if (a->kind == 'h')
        strbuf_add(sql, ",\n    HYPOTHETICAL");
    if (f->parallel != 'u')
        strbuf_add_fmt(sql, ",\n    PARALLEL = %s", f->parallel == 's' ? "safe" : "restricted");
}

static void add_function(StrBuf *sql, const char *word, const char *function)
{
    if (!str_equal(function, "-"))
        strbuf_add_fmt(sql, ",\n    %s = %s", word, function);
}

static void add_text(Dump *d, StrBuf *sql, const char *word, const char *text)
{
    if (text == NULL)
        return;
    strbuf_add_fmt(sql, ",\n    %s = ", word);
    entry_add_literal(d, sql, text);
}

/* What the final function may do to the state; said when it is not what such aggregates do. */
static void add_modify(const Aggregate *a, StrBuf *sql, const char *word, char modify)
{
    char usual = a->kind == 'n' ? 'r' : 'w';

    if (modify == usual)
        return;
    strbuf_add_fmt(sql, ",\n    %s = %s", word,
                   modify == 'r'   ? "READ_ONLY"
                   : modify == 's' ? "SHAREABLE"
                                   : "READ_WRITE");
}
