/* view_define.c - the query of a new view as its rule holds it */
#include "common/base/base.h"

#include "server/rewriter/view_define.h"

#include "server/lock/lock.h"
#include "server/rewriter/rewriter_int.h"

#define ENTRIES_IN_FRONT 2

static RangeTblEntry *entry_of_view(const Relation *view, const char *name)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);

    rte->alias = node_new(Alias);
    rte->alias->name = name;
    rte->names = node_new(Alias);
    rte->names->name = name;
    for (unsigned i = 0; i < view->desc->count; i++)
        rte->names->columns =
            list_add(rte->names->columns, node_string(view->desc->columns[i].name));
    rte->kind = RTE_RELATION;
    rte->relation = view->oid;
    rte->relation_kind = view->kind;
    rte->lock_mode = LOCK_ACCESS_SHARE;
    return rte;
}

Query *view_rule_query(Query *query, const Relation *view)
{
    List *tables = list_of2(entry_of_view(view, "old"), entry_of_view(view, "new"));

    query->range_table = list_concat(tables, query->range_table);
    vars_offset(query, ENTRIES_IN_FRONT);
    return query;
}
