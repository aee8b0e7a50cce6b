/* copy_default.c - what columns have that COPY has no data for */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/copy_int.h"
#include "server/rewriter/rewriter.h"

#define NEXTVAL 1574

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
        out->exprs[i] = rewriter_column_default(rel, column->number);
        if (out->exprs[i] != NULL && find_volatile((Node *)(uintptr_t)out->exprs[i], NULL))
            out->are_volatile = true;
    }
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
