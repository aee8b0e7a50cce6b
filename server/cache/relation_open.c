/* relation_open.c - relations under a lock; relation_open.h has the how. */
#include "common/base/base.h"

#include "server/cache/relation_open.h"

#include "common/err/err.h"
#include "server/cache/syscache.h"
#include "server/lock/lock_object.h"

static void require_table(const Relation *rel);

Relation *relation_open(Oid oid, LockMode mode)
{
    if (mode != LOCK_NONE)
        lock_relation(oid, mode);
    return relation_pin_existing(oid);
}

Relation *relation_open_if_any(Oid oid, LockMode mode)
{
    Relation *rel;

    if (mode != LOCK_NONE)
        lock_relation(oid, mode);
    rel = relation_pin(oid);
    if (rel == NULL && mode != LOCK_NONE)
        lock_relation_unlock(oid, mode);
    return rel;
}

void relation_close(Relation *rel, LockMode mode)
{
    Oid oid = rel->oid;

    relation_unpin(rel);
    if (mode != LOCK_NONE)
        lock_relation_unlock(oid, mode);
}

Relation *table_open(Oid oid, LockMode mode)
{
    Relation *rel = relation_open(oid, mode);

    require_table(rel);
    return rel;
}

Relation *table_open_if_any(Oid oid, LockMode mode)
{
    Relation *rel = relation_open_if_any(oid, mode);

    if (rel != NULL)
        require_table(rel);
    return rel;
}

static void require_table(const Relation *rel)
{
    if (rel->kind == RELATION_INDEX || rel->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = err_fmt("\"%s\" is an index", rel->name));
    if (rel->kind == RELATION_COMPOSITE_TYPE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is a composite type", rel->name));
}

Relation *index_open(Oid oid, LockMode mode)
{
    Relation *rel = relation_open(oid, mode);

    if (rel->kind != RELATION_INDEX && rel->kind != RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not an index", rel->name));
    return rel;
}

const char *relation_kind_refusal(char kind)
{
    switch (kind) {
    case RELATION_TABLE:
        return "This operation is not supported for tables.";
    case RELATION_INDEX:
        return "This operation is not supported for indexes.";
    case RELATION_SEQUENCE:
        return "This operation is not supported for sequences.";
    case RELATION_TOAST:
        return "This operation is not supported for TOAST tables.";
    case RELATION_VIEW:
        return "This operation is not supported for views.";
    case RELATION_MATERIALIZED_VIEW:
        return "This operation is not supported for materialized views.";
    case RELATION_COMPOSITE_TYPE:
        return "This operation is not supported for composite types.";
    case RELATION_FOREIGN_TABLE:
        return "This operation is not supported for foreign tables.";
    case RELATION_PARTITIONED_TABLE:
        return "This operation is not supported for partitioned tables.";
    case RELATION_PARTITIONED_INDEX:
        return "This operation is not supported for partitioned indexes.";
    default:
        return NULL;
    }
}
