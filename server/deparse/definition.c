/* definition.c - indexes and constraints as the commands, or parts of commands, that make them */
#include "common/base/base.h"

#include <string.h>

#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"

#define BTREE_AM 403

/* pg_index.indoption */
enum { OPTION_DESC = 1, OPTION_NULLS_FIRST = 2 };

static const ArrayElement int2_element = {
    .type = TYPE_INT2, .len = 2, .by_value = true, .align = 's'};
static const ArrayElement text_element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};

/* ---- Pieces ---- */

const char *qualified_relation(Oid relation, unsigned flags)
{
    Deparse d = {.flags = flags};
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(relation));
    char *text;

    if (flags & DEPARSE_FEW_SCHEMAS) {
        syscache_unpin(row);
        return relation_text(&d, relation);
    }
    text = name_qualified(schema_name(CACHE_ROW(PgClass, row)->relnamespace),
                          CACHE_ROW(PgClass, row)->relname);
    syscache_unpin(row);
    return text;
}

static const char *column_name(Oid relation, int attno)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNUM, datum_of_u32(relation), datum_of_i16((int16_t)attno));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for attribute %d of relation %u", attno,
                                     relation));
    return mem_strdup(CACHE_ROW(PgAttribute, row)->attname);
}

static void add_option(Deparse *d, const char *option, bool is_first)
{
    const char *equals = strchr(option, '=');
    size_t len = equals == NULL ? strlen(option) : (size_t)(equals - option);
    const char *value = equals == NULL ? "" : equals + 1;

    put(d, is_first ? "" : ", ");
    put_name(d, mem_strndup(option, len));
    put(d, "=");
    if (strcmp(name_quoted(value), value) == 0)
        put(d, value);
    else
        put_quoted(d, value);
}

/* " WITH (fillfactor='70')" */
static void put_options(Deparse *d, Oid relation)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(relation));
    bool is_null, is_first = true;
    Datum value = syscache_get(CACHE_RELOID, row, PG_CLASS_COL_RELOPTIONS, &is_null);
    ArrayView array;
    ArrayWalk walk;

    if (!is_null) {
        put(d, " WITH (");
        array_open(varlena_plain(datum_pointer(value)), &array);
        array_walk_begin(&walk, &array, &text_element);
        while (array_walk_next(&walk, &value, &is_null)) {
            const uint8_t *text = varlena_plain(datum_pointer(value));

            add_option(d, mem_strndup((const char *)varlena_bytes(text), varlena_len(text)),
                       is_first);
            is_first = false;
        }
        put(d, ")");
    }
    syscache_unpin(row);
}

void put_opclass(Deparse *d, Oid opclass, Oid type)
{
    const HeapTuple *row = syscache_pin(CACHE_CLAOID, datum_of_u32(opclass));
    const PgOpclass *fixed = CACHE_ROW(PgOpclass, row);
    const char *schema = namespace_sees_opclass(opclass) ? NULL : schema_name(fixed->opcnamespace);

    if (type_default_opclass(type != 0 ? type : fixed->opcintype, fixed->opcmethod) != opclass)
        strbuf_add_fmt(d->out, " %s", name_qualified(schema, fixed->opcname));
    syscache_unpin(row);
}

/* ---- Indexes ---- */

typedef struct IndexColumn {
    const char *text;
    Oid type, collation;
} IndexColumn;

/* Of SQL's own forms, (x AT TIME ZONE y) and the like do not. */
static bool looks_like_call(const Node *expr, const char *text)
{
    CoerceForm form;

    if (!node_is(expr, FuncExpr))
        return node_is(expr, CoalesceExpr) || node_is(expr, MinMaxExpr) ||
               node_is(expr, NullIfExpr) || node_is(expr, SQLValueFunction) ||
               node_is(expr, XmlExpr);
    form = ((const FuncExpr *)(const void *)expr)->form;
    return form == COERCE_CALL || (form == COERCE_SQL && *text != '(');
}

static IndexColumn plain_column(Oid table, int attno)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNUM, datum_of_u32(table), datum_of_i16((int16_t)attno));
    const PgAttribute *fixed = CACHE_ROW(PgAttribute, row);

    return (IndexColumn){.text = name_quoted(mem_strdup(fixed->attname)),
                         .type = fixed->atttypid,
                         .collation = fixed->attcollation};
}

static IndexColumn expr_column(const RelationIndex *index, const Node *expr, unsigned flags)
{
    const char *text = deparse_expr(expr, index->table, flags);

    return (IndexColumn){.text = looks_like_call(expr, text) ? text : mem_printf("(%s)", text),
                         .type = node_expr_type(expr),
                         .collation = node_expr_collation(expr)};
}

static void put_key_options(Deparse *d, const Relation *rel, int i, const IndexColumn *column)
{
    const RelationIndex *index = rel->index;
    int option = index->options[i];

    if (index->collations[i] != 0 && index->collations[i] != column->collation)
        strbuf_add_fmt(d->out, " COLLATE %s", collation_shown(index->collations[i]));
    put_opclass(d, index->op_classes[i], column->type);
    if (rel->row->relam != BTREE_AM)
        return;
    if (option & OPTION_DESC)
        put(d, option & OPTION_NULLS_FIRST ? " DESC" : " DESC NULLS LAST");
    else
        put(d, option & OPTION_NULLS_FIRST ? " NULLS FIRST" : "");
}

static void put_index_columns(Deparse *d, const Relation *rel, int only)
{
    const RelationIndex *index = rel->index;
    const List *exprs = index->expressions == NULL ? NULL : node_read_text(index->expressions);
    const char *before = "";
    int next = 0;

    for (int i = 0; i < index->column_count; i++) {
        IndexColumn column = index->columns[i] != 0
                                 ? plain_column(index->table, index->columns[i])
                                 : expr_column(index, list_at(exprs, next++), d->flags);

        if (only != 0) {
            put(d, only == i + 1 ? column.text : "");
            continue;
        }
        if (i == index->key_count) {
            put(d, ") INCLUDE (");
            before = "";
        }
        put(d, before);
        put(d, column.text);
        before = ", ";
        if (i < index->key_count)
            put_key_options(d, rel, i, &column);
    }
}

char *deparse_index(Oid oid, int column, unsigned flags)
{
    Relation *rel = relation_pin(oid);
    Deparse d = {.flags = flags, .wrap = DEPARSE_WRAP_NEVER};
    const char *table, *method;
    StrBuf out;

    if (rel == NULL || rel->index == NULL) {
        if (rel != NULL)
            relation_unpin(rel);
        return NULL;
    }
    strbuf_init(&out);
    d.out = &out;
    if (column != 0) {
        put_index_columns(&d, rel, column);
        relation_unpin(rel);
        return out.text;
    }
    table = qualified_relation(rel->index->table, flags);
    method = mem_strdup(
        CACHE_ROW(PgAm, syscache_peek(CACHE_AMOID, datum_of_u32(rel->row->relam)))->amname);
    strbuf_add_fmt(&out, "CREATE %sINDEX %s ON ", rel->index->row->indisunique ? "UNIQUE " : "",
                   name_quoted(rel->name));
    strbuf_add_fmt(&out, "%s%s USING ", rel->kind == RELATION_PARTITIONED_INDEX ? "ONLY " : "",
                   table);
    strbuf_add_fmt(&out, "%s (", name_quoted(method));
    put_index_columns(&d, rel, 0);
    put(&d, rel->index->row->indnullsnotdistinct ? ") NULLS NOT DISTINCT" : ")");
    put_options(&d, oid);
    if (rel->index->predicate != NULL)
        strbuf_add_fmt(
            &out, " WHERE %s",
            deparse_expr(node_read_text(rel->index->predicate), rel->index->table, flags));
    relation_unpin(rel);
    return out.text;
}

/* ---- Constraints ---- */

static void put_columns(Deparse *d, Oid relation, const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_CONSTROID, row, column, &is_null);
    const char *before = "";
    ArrayView array;
    ArrayWalk walk;

    if (is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "null conkey for constraint");
    array_open(varlena_plain(datum_pointer(value)), &array);
    array_walk_begin(&walk, &array, &int2_element);
    while (array_walk_next(&walk, &value, &is_null)) {
        put(d, before);
        put_name(d, column_name(relation, datum_i16(value)));
        before = ", ";
    }
}

static const char *action_text(char action)
{
    switch (action) {
    case 'r':
        return "RESTRICT";
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    default:
        return NULL;
    }
}

static void put_foreign_key(Deparse *d, const HeapTuple *row)
{
    const PgConstraint *fixed = CACHE_ROW(PgConstraint, row);
    const char *update = action_text(fixed->confupdtype), *delete = action_text(fixed->confdeltype);
    bool is_null;

    put(d, "FOREIGN KEY (");
    put_columns(d, fixed->conrelid, row, PG_CONSTRAINT_COL_CONKEY);
    strbuf_add_fmt(d->out, ") REFERENCES %s(", relation_text(d, fixed->confrelid));
    put_columns(d, fixed->confrelid, row, PG_CONSTRAINT_COL_CONFKEY);
    put(d, fixed->confmatchtype == 'f' ? ") MATCH FULL" : ")");
    if (update != NULL)
        strbuf_add_fmt(d->out, " ON UPDATE %s", update);
    if (delete == NULL)
        return;
    strbuf_add_fmt(d->out, " ON DELETE %s", delete);
    syscache_get(CACHE_CONSTROID, row, PG_CONSTRAINT_COL_CONFDELSETCOLS, &is_null);
    if (!is_null) {
        put(d, " (");
        put_columns(d, fixed->conrelid, row, PG_CONSTRAINT_COL_CONFDELSETCOLS);
        put(d, ")");
    }
}

static void put_key(Deparse *d, const HeapTuple *row)
{
    const PgConstraint *fixed = CACHE_ROW(PgConstraint, row);
    Relation *index = relation_pin_existing(fixed->conindid);

    put(d, fixed->contype == 'p' ? "PRIMARY KEY " : "UNIQUE ");
    put(d, index->index->row->indnullsnotdistinct ? "NULLS NOT DISTINCT (" : "(");
    put_columns(d, fixed->conrelid, row, PG_CONSTRAINT_COL_CONKEY);
    put(d, ")");
    for (int i = index->index->key_count; i < index->index->column_count; i++)
        strbuf_add_fmt(d->out, "%s%s", i == index->index->key_count ? " INCLUDE (" : ", ",
                       name_quoted(column_name(fixed->conrelid, index->index->columns[i])));
    put(d, index->index->column_count > index->index->key_count ? ")" : "");
    relation_unpin(index);
}

static void put_check(Deparse *d, const HeapTuple *row)
{
    const PgConstraint *fixed = CACHE_ROW(PgConstraint, row);
    Datum value = syscache_get_set(CACHE_CONSTROID, row, PG_CONSTRAINT_COL_CONBIN);
    const uint8_t *text = varlena_plain(datum_pointer(value));
    const Node *expr =
        node_read_text(mem_strndup((const char *)varlena_bytes(text), varlena_len(text)));

    strbuf_add_fmt(d->out, "CHECK (%s)%s", deparse_expr(expr, fixed->conrelid, d->flags),
                   fixed->connoinherit ? " NO INHERIT" : "");
}

char *deparse_constraint(Oid oid, unsigned flags)
{
    const HeapTuple *row = syscache_pin(CACHE_CONSTROID, datum_of_u32(oid));
    Deparse d = {.flags = flags, .wrap = DEPARSE_WRAP_NEVER};
    const PgConstraint *fixed;
    StrBuf out;

    if (row == NULL)
        return NULL;
    strbuf_init(&out);
    d.out = &out;
    fixed = CACHE_ROW(PgConstraint, row);
    switch (fixed->contype) {
    case 'f':
        put_foreign_key(&d, row);
        break;
    case 'p':
    case 'u':
        put_key(&d, row);
        break;
    case 'c':
        put_check(&d, row);
        break;
    case 't':
        put(&d, "TRIGGER");
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "showing exclusion constraints is not supported");
    }
    put(&d, fixed->condeferrable ? " DEFERRABLE" : "");
    put(&d, fixed->condeferred ? " INITIALLY DEFERRED" : "");
    put(&d, fixed->convalidated ? "" : " NOT VALID");
    syscache_unpin(row);
    return out.text;
}
