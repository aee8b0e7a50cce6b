/* text.c - pieces of SQL: words, names, names of operators and functions */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/deparse/deparse_int.h"

void put(Deparse *d, const char *text)
{
    strbuf_add(d->out, text);
}

void put_name(Deparse *d, const char *name)
{
    strbuf_add(d->out, name_quoted(name));
}

void put_type(Deparse *d, Oid type, int32_t typmod)
{
    strbuf_add(d->out, "::");
    strbuf_add(d->out, type_name_with_typmod(type, typmod));
}

void put_quoted(Deparse *d, const char *text)
{
    strbuf_add_char(d->out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || (*text == '\\' && !setting.standard_conforming_strings))
            strbuf_add_char(d->out, *text);
        strbuf_add_char(d->out, *text);
    }
    strbuf_add_char(d->out, '\'');
}

void put_names(Deparse *d, const List *names)
{
    const char *before = "(";

    list_foreach(const String *, name, names) {
        put(d, before);
        put_name(d, name->value);
        before = ", ";
    }
    put(d, ")");
}

/* ---- Lines ---- */

void drop_blanks(StrBuf *out)
{
    while (out->len > 0 && out->text[out->len - 1] == ' ')
        strbuf_cut(out, out->len - 1);
}

size_t line_length(const StrBuf *out)
{
    const char *line = strrchr(out->text, '\n');

    return strlen(line == NULL ? out->text : line + 1);
}

/* Deep nesting indents less with each level, and begins anew at some point. */
static int indent_of(const Deparse *d)
{
    if (d->indent < INDENT_LIMIT)
        return d->indent > 0 ? d->indent : 0;
    return (INDENT_LIMIT + (d->indent - INDENT_LIMIT) / (INDENT_STEP / 2)) % INDENT_LIMIT;
}

void put_clause(Deparse *d, const char *word, int before, int after, int plus)
{
    if (!indents(d)) {
        put(d, word);
        return;
    }
    d->indent += before;
    drop_blanks(d->out);
    strbuf_add_char(d->out, '\n');
    strbuf_add_chars(d->out, ' ', (size_t)(indent_of(d) + plus));
    put(d, word);
    d->indent += after;
    if (d->indent < 0)
        d->indent = 0;
}

/* ---- Names of objects ---- */

const char *operator_text(Oid op, Oid left, Oid right)
{
    const HeapTuple *row = syscache_pin(CACHE_OPEROID, datum_of_u32(op));
    const PgOperator *fixed;
    const char *name;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", op));
    fixed = CACHE_ROW(PgOperator, row);
    name = mem_strdup(fixed->oprname);
    if (analyzer_find_operator(name, fixed->oprkind == 'b' ? left : 0, right) != op)
        name = mem_printf("OPERATOR(%s.%s)", name_quoted(schema_name(fixed->oprnamespace)), name);
    syscache_unpin(row);
    return name;
}

const char *function_text(const Deparse *d, Oid function, int count, const List *names,
                          const Oid *types, bool is_variadic)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    const PgProc *fixed;
    const char *schema = NULL;
    char *text, *name;
    bool is_word;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    fixed = CACHE_ROW(PgProc, row);
    name = mem_strdup(fixed->proname);
    /* In GROUP BY these would be something else. */
    is_word = d->in_group_by && (str_equal(name, "cube") || str_equal(name, "rollup"));
    if (is_word || analyzer_find_function(name, names, count, types, is_variadic) != function)
        schema = schema_name(fixed->pronamespace);
    text = name_qualified(schema, name);
    syscache_unpin(row);
    return text;
}

static bool is_cte(const Deparse *d, const char *name)
{
    for (const Level *level = d->level; level != NULL; level = level->outer) {
        list_foreach(const CommonTableExpr *, cte, level->ctes) {
            if (str_equal(cte->name, name))
                return true;
        }
    }
    return false;
}

const char *relation_text(const Deparse *d, Oid relation)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(relation));
    const char *schema = NULL;
    char *text;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for relation %u", relation));
    if (is_cte(d, CACHE_ROW(PgClass, row)->relname) || !namespace_sees_relation(relation))
        schema = schema_name(CACHE_ROW(PgClass, row)->relnamespace);
    text = name_qualified(schema, CACHE_ROW(PgClass, row)->relname);
    syscache_unpin(row);
    return text;
}
