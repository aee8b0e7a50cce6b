/* copy_default.c - what columns have that COPY has no data for */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/copy_int.h"
#include "server/node/text_read.h"

#define NEXTVAL 1574

static const Node *default_of(const Relation *rel, const Column *column);
static const char *default_of_type(Oid type);
static bool find_volatile(Node *node, void *arg);

void copy_find_defaults(const Relation *rel, const int16_t *columns, unsigned column_count,
                        CopyDefaults *out)
{
    const TupleDesc *desc = rel->desc;
    bool *has_data = mem_new_array(bool, (size_t)desc->count + 1);

    *out = (CopyDefaults){.exprs = mem_new_array(const Node *, (size_t)desc->count + 1)};
    for (unsigned i = 0; i < column_count; i++)
        has_data[columns[i] - 1] = true;
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];

        if (has_data[i] || column->is_dropped || column->generated != '\0')
            continue;
        out->exprs[i] = default_of(rel, column);
        if (out->exprs[i] != NULL && find_volatile((Node *)(uintptr_t)out->exprs[i], NULL))
            out->are_volatile = true;
    }
}

/* Its own, else that of its type. */
static const Node *default_of(const Relation *rel, const Column *column)
{
    const struct TupleExtra *extra = rel->desc->extra;
    const char *text = NULL;

    if (column->identity != '\0')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY without data for identity columns is not supported yet");
    for (unsigned i = 0; extra != NULL && i < extra->default_count; i++)
        if (extra->defaults[i].number == column->number)
            text = extra->defaults[i].expression;
    if (text == NULL)
        text = default_of_type(column->type);
    return text == NULL ? NULL : node_read_text(text);
}

static const char *default_of_type(Oid type)
{
    const HeapTuple *row = syscache_pin(CACHE_TYPEOID, datum_of_u32(type));
    const uint8_t *packed;
    const char *text = NULL;
    bool is_null;
    Datum value;

    if (row == NULL)
        return NULL;
    value = syscache_get(CACHE_TYPEOID, row, PG_TYPE_COL_TYPDEFAULTBIN, &is_null);
    if (!is_null) {
        packed = varlena_packed(datum_varlena(value));
        text = mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
    }
    syscache_unpin(row);
    return text;
}

/* ---- Volatile functions, which may look at the table ---- */

static bool is_volatile(Oid function)
{
    const HeapTuple *row;
    bool result;

    if (function == NEXTVAL)
        return false;
    row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    result = row != NULL && CACHE_ROW(PgProc, row)->provolatile == 'v';
    if (row != NULL)
        syscache_unpin(row);
    return result;
}

static bool find_volatile(Node *node, void *arg)
{
    if (node == NULL)
        return false;
    switch (node->tag) {
    case NODE_FuncExpr:
        if (is_volatile(((const FuncExpr *)(const void *)node)->function))
            return true;
        break;
    case NODE_OpExpr:
        if (is_volatile(((const OpExpr *)(const void *)node)->function))
            return true;
        break;
    case NODE_ScalarArrayOpExpr:
        if (is_volatile(((const ScalarArrayOpExpr *)(const void *)node)->function))
            return true;
        break;
    default:
        break;
    }
    return node_walk(node, find_volatile, arg);
}
