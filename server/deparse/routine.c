/* routine.c - functions and procedures as the commands that make them, or as parts of those */
#include "common/base/base.h"

#include <string.h>

#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/deparse/deparse_int.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"

#define COST_OF_C     1 /* what a function costs when nothing is said, by language */
#define COST_OF_OTHER 100
#define ROWS_DEFAULT  1000

static const ArrayElement text_element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};

/* ---- Arguments ---- */

typedef struct Arguments {
    bool of_table; /* the columns that it returns, in place of the arguments */
    bool with_defaults;
} Arguments;

/* Direct arguments of an ordered-set aggregate; -1: it is none. */
static int direct_count(const HeapTuple *row)
{
    const HeapTuple *agg;

    if (CACHE_ROW(PgProc, row)->prokind != 'a')
        return -1;
    agg = syscache_peek(CACHE_AGGFNOID, datum_of_u32(CACHE_ROW(PgProc, row)->oid));
    if (agg == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("cache lookup failed for aggregate %u", CACHE_ROW(PgProc, row)->oid));
    return CACHE_ROW(PgAggregate, agg)->aggkind == 'n'
               ? -1
               : CACHE_ROW(PgAggregate, agg)->aggnumdirectargs;
}

static const char *mode_word(char mode, bool is_procedure)
{
    switch (mode) {
    case 'i':
        return is_procedure ? "IN " : "";
    case 'b':
        return "INOUT ";
    case 'o':
        return "OUT ";
    case 'v':
        return "VARIADIC ";
    default:
        return "";
    }
}

static void put_default(Deparse *d, const List *defaults, int n)
{
    put(d, " DEFAULT ");
    put(d, deparse_expr(list_at(defaults, n), 0, 0));
}

/* How many were written. */
static int put_arguments(Deparse *d, const HeapTuple *row, Arguments what)
{
    const PgProc *fixed = CACHE_ROW(PgProc, row);
    const char *tree = what.with_defaults ? proc_row_defaults(row) : NULL;
    const List *defaults = tree == NULL ? NULL : node_read_text(tree);
    int without = fixed->pronargs - list_count(defaults), order_at = direct_count(row);
    int count = 0, inputs = 0;
    ProcArgs args;

    proc_row_args(row, &args);
    for (int i = 0; i < args.all_count; i++) {
        char mode = args.modes == NULL ? 'i' : args.modes[i];
        bool is_input = mode == 'i' || mode == 'b' || mode == 'v';
        const char *name = args.names == NULL ? NULL : args.names[i];

        inputs += is_input;
        if (what.of_table != (mode == 't'))
            continue;
        if (count == order_at)
            put(d, count > 0 ? " ORDER BY " : "ORDER BY ");
        else
            put(d, count > 0 ? ", " : "");
        put(d, mode_word(mode, fixed->prokind == 'p'));
        if (name != NULL && *name != '\0')
            strbuf_add_fmt(d->out, "%s ", name_quoted(name));
        put(d, type_shown(args.types[i]));
        if (is_input && inputs > without && defaults != NULL)
            put_default(d, defaults, inputs - without - 1);
        count++;
        /* What VARIADIC "any" is sorted by are the same arguments again. */
        if (count == order_at && i == args.all_count - 1) {
            i--;
            defaults = NULL;
        }
    }
    return count;
}

static void put_result(Deparse *d, const HeapTuple *row)
{
    const PgProc *fixed = CACHE_ROW(PgProc, row);
    size_t begin = d->out->len;

    if (fixed->proretset) {
        put(d, "TABLE(");
        if (put_arguments(d, row, (Arguments){.of_table = true}) > 0) {
            put(d, ")");
            return;
        }
        strbuf_cut(d->out, begin);
        put(d, "SETOF ");
    }
    put(d, type_shown(fixed->prorettype));
}

static Deparse begin_text(StrBuf *out)
{
    strbuf_init(out);
    return (Deparse){.out = out, .flags = DEPARSE_INDENT, .wrap = DEPARSE_WRAP_NEVER};
}

char *deparse_function_arguments(Oid function, bool with_defaults)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    StrBuf out;
    Deparse d = begin_text(&out);

    if (row == NULL)
        return NULL;
    put_arguments(&d, row, (Arguments){.with_defaults = with_defaults});
    syscache_unpin(row);
    return out.text;
}

/* Of parameters that are given; counted with all others. */
static int input_number(const HeapTuple *row, int argument)
{
    int inputs = 0;
    ProcArgs args;

    proc_row_args(row, &args);
    if (argument < 1 || argument > args.all_count)
        return 0;
    for (int i = 0; i < argument; i++) {
        char mode = args.modes == NULL ? 'i' : args.modes[i];
        bool is_input = mode == 'i' || mode == 'b' || mode == 'v';

        if (i + 1 == argument && !is_input)
            return 0;
        inputs += is_input;
    }
    return inputs;
}

char *deparse_function_default(Oid function, int argument)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    const char *tree = row == NULL ? NULL : proc_row_defaults(row);
    char *text = NULL;

    if (tree != NULL) {
        const List *defaults = node_read_text(tree);
        int without = CACHE_ROW(PgProc, row)->pronargs - list_count(defaults);
        int n = input_number(row, argument);

        if (n > without)
            text = deparse_expr(list_at(defaults, n - without - 1), 0, 0);
    }
    if (row != NULL)
        syscache_unpin(row);
    return text;
}

char *deparse_function_result(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    bool is_procedure = row != NULL && CACHE_ROW(PgProc, row)->prokind == 'p';
    StrBuf out;
    Deparse d = begin_text(&out);

    if (row != NULL && !is_procedure)
        put_result(&d, row);
    if (row != NULL)
        syscache_unpin(row);
    return row == NULL || is_procedure ? NULL : out.text;
}

/* ---- The body ---- */

static char *text_of(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_plain(datum_pointer(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static void put_return(Deparse *d, Query *query)
{
    d->flags = 0;
    put_query(d, d->out, query, NULL, false);
}

static void put_statements(Deparse *d, List *queries)
{
    d->indent = 1;
    put(d, "BEGIN ATOMIC\n");
    list_foreach(Query *, query, queries) {
        put_query(d, d->out, query, NULL, false);
        put(d, ";\n");
    }
    put(d, "END");
}

/* False: it is no tree. */
static bool put_tree(Deparse *d, const HeapTuple *row)
{
    static const Level arguments; /* what is outside of the body: its arguments */
    const char *text = text_of(row, PG_PROC_COL_PROSQLBODY);
    Node *tree = text == NULL ? NULL : node_read_text(text);
    Deparse body = *d;
    ProcArgs args;

    if (tree == NULL)
        return false;
    proc_row_args(row, &args);
    body.level = &arguments;
    body.wrap = 0;
    body.function = mem_strdup(CACHE_ROW(PgProc, row)->proname);
    body.arg_names = args.names;
    body.arg_count = args.all_count;
    if (node_is(tree, List))
        put_statements(&body, list_at((List *)(void *)tree, 0));
    else
        put_return(&body, (Query *)(void *)tree);
    return true;
}

char *deparse_function_body(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    bool is_tree = false;
    StrBuf out;
    Deparse d = begin_text(&out);

    if (row != NULL) {
        is_tree = put_tree(&d, row);
        syscache_unpin(row);
    }
    return is_tree ? out.text : NULL;
}

/* Between $function$, with more behind it where the source has that. */
static void put_source(Deparse *d, const HeapTuple *row)
{
    const char *source = text_of(row, PG_PROC_COL_PROSRC);
    const char *library = text_of(row, PG_PROC_COL_PROBIN);
    const char *quote = CACHE_ROW(PgProc, row)->prokind == 'p' ? "$procedure" : "$function";

    put(d, "AS ");
    if (library != NULL) {
        put_quoted(d, library);
        put(d, ", ");
    }
    while (strstr(source, quote) != NULL)
        quote = mem_printf("%sx", quote);
    strbuf_add_fmt(d->out, "%s$%s%s$", quote, source, quote);
}

/* ---- CREATE FUNCTION ---- */

static void put_support(Deparse *d, Oid support)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(support));
    const PgProc *fixed;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", support));
    fixed = CACHE_ROW(PgProc, row);
    strbuf_add_fmt(
        d->out, " SUPPORT %s",
        name_qualified(namespace_sees_function(support) ? NULL : schema_name(fixed->pronamespace),
                       fixed->proname));
    syscache_unpin(row);
}

static void put_properties(Deparse *d, const PgProc *fixed)
{
    double cost = fixed->prolang == LANGUAGE_INTERNAL || fixed->prolang == LANGUAGE_C
                      ? COST_OF_C
                      : COST_OF_OTHER;
    size_t before = d->out->len;

    put(d, fixed->prokind == 'w' ? " WINDOW" : "");
    put(d, fixed->provolatile == 'i' ? " IMMUTABLE" : fixed->provolatile == 's' ? " STABLE" : "");
    put(d, fixed->proparallel == 's'   ? " PARALLEL SAFE"
           : fixed->proparallel == 'r' ? " PARALLEL RESTRICTED"
                                       : "");
    put(d, fixed->proisstrict ? " STRICT" : "");
    put(d, fixed->prosecdef ? " SECURITY DEFINER" : "");
    put(d, fixed->proleakproof ? " LEAKPROOF" : "");
    if ((double)fixed->procost != cost)
        strbuf_add_fmt(d->out, " COST %g", (double)fixed->procost);
    if (fixed->prorows > 0 && (double)fixed->prorows != ROWS_DEFAULT)
        strbuf_add_fmt(d->out, " ROWS %g", (double)fixed->prorows);
    if (fixed->prosupport != 0)
        put_support(d, fixed->prosupport);
    if (d->out->len != before)
        put(d, "\n");
}

/* Of a list each part is quoted by itself; how it is parted is how it was written. */
static void put_setting_list(Deparse *d, const char *value)
{
    const char *before = "";

    for (const char *at = value; *at != '\0';) {
        StrBuf part;
        bool is_quoted = *at == '"';

        strbuf_init(&part);
        at += is_quoted;
        while (*at != '\0' && (is_quoted ? *at != '"' || at[1] == '"' : *at != ',')) {
            at += is_quoted && *at == '"';
            strbuf_add_char(&part, *at++);
        }
        at += is_quoted && *at == '"';
        while (*at == ',' || *at == ' ')
            at++;
        put(d, before);
        put_quoted(d, part.text == NULL ? "" : part.text);
        before = ", ";
    }
}

static void put_settings(Deparse *d, const HeapTuple *row)
{
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROCONFIG, &is_null);
    ArrayView array;
    ArrayWalk walk;

    if (is_null)
        return;
    array_open(varlena_plain(datum_pointer(value)), &array);
    array_walk_begin(&walk, &array, &text_element);
    while (array_walk_next(&walk, &value, &is_null)) {
        const uint8_t *text = varlena_plain(datum_pointer(value));
        char *item = mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
        char *equals = strchr(item, '=');

        if (equals == NULL)
            continue;
        *equals = '\0';
        strbuf_add_fmt(d->out, " SET %s TO ", name_quoted(item));
        if (guc_spelling(item) != NULL && (guc_flags(item) & GUC_LIST_QUOTE) != 0)
            put_setting_list(d, equals + 1);
        else
            put_quoted(d, equals + 1);
        put(d, "\n");
    }
}

static void put_transforms(Deparse *d, const HeapTuple *row)
{
    static const ArrayElement oid_element = {
        .type = TYPE_OID, .len = 4, .by_value = true, .align = 'i'};
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROTRFTYPES, &is_null);
    const char *before = " TRANSFORM FOR TYPE ";
    ArrayView array;
    ArrayWalk walk;

    if (is_null)
        return;
    array_open(varlena_plain(datum_pointer(value)), &array);
    array_walk_begin(&walk, &array, &oid_element);
    while (array_walk_next(&walk, &value, &is_null)) {
        put(d, before);
        put(d, type_shown(datum_u32(value)));
        before = ", FOR TYPE ";
    }
    put(d, "\n");
}

static const char *language_name(Oid language)
{
    const HeapTuple *row = syscache_peek(CACHE_LANGOID, datum_of_u32(language));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for language %u", language));
    return mem_strdup(CACHE_ROW(PgLanguage, row)->lanname);
}

static void put_function(Deparse *d, const HeapTuple *row)
{
    const PgProc *fixed = CACHE_ROW(PgProc, row);
    bool is_procedure = fixed->prokind == 'p';

    strbuf_add_fmt(d->out, "CREATE OR REPLACE %s %s(", is_procedure ? "PROCEDURE" : "FUNCTION",
                   name_qualified(schema_name(fixed->pronamespace), fixed->proname));
    put_arguments(d, row, (Arguments){.with_defaults = true});
    put(d, ")\n");
    if (!is_procedure) {
        put(d, " RETURNS ");
        put_result(d, row);
        put(d, "\n");
    }
    put_transforms(d, row);
    strbuf_add_fmt(d->out, " LANGUAGE %s\n", name_quoted(language_name(fixed->prolang)));
    put_properties(d, fixed);
    put_settings(d, row);
    if (!put_tree(d, row))
        put_source(d, row);
    put(d, "\n");
}

char *deparse_function(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    StrBuf out;
    Deparse d = begin_text(&out);

    if (row == NULL)
        return NULL;
    if (CACHE_ROW(PgProc, row)->prokind == 'a')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = err_fmt("\"%s\" is an aggregate function",
                                                                 CACHE_ROW(PgProc, row)->proname));
    put_function(&d, row);
    syscache_unpin(row);
    return out.text;
}
