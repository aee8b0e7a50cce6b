/* table_use.c - see table_use.h */
#include "common/base/base.h"

#include "server/command/table_use.h"

#include "common/err/err.h"
#include "server/cache/catalog_change.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/trigger/trigger.h"

void table_require_unpinned(const Relation *rel, const char *what)
{
    if (rel->pins > 1)
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("cannot %s \"%s\" because it is being used by active queries "
                                     "in this session",
                                     what, rel->name));
}

void table_require_unused(const Relation *rel, const char *what)
{
    table_require_unpinned(rel, what);
    if (rel->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot %s \"%s\" because it is a temporary table of another "
                                     "session",
                                     what, rel->name));
    if (rel->index == NULL)
        trigger_require_no_events(rel, what);
}

void table_remove_part(Oid catalog, const HeapTuple *row, Oid relation)
{
    Relation *rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);
    CatalogChange *change;

    change = catalog_change_begin(catalog);
    catalog_delete(change, row);
    catalog_change_end(change);
    inval_note_relation(rel->oid, rel->is_shared);
    relation_close(rel, LOCK_NONE);
}
