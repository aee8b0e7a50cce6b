/* relation_name.c - relations as commands name them; relation_name.h has the how. */
#include "common/base/base.h"

#include "server/command/relation_name.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/access/common/relation.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/shared_name.h"
#include "server/command/temp_schema.h"
#include "server/config/setting.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"

Oid relation_of_name(const RangeVar *var, LockMode mode, unsigned flags, RelationCheck check,
                     void *arg)
{
    Oid locked = 0;

    for (;;) {
        uint64_t seen;
        Oid found;

        inval_accept();
        seen = inval_count();
        found = namespace_relation(var, (flags & RELATION_MISSING_OK) != 0);
        if (check != NULL && found != 0)
            check(var, found, arg);
        if (locked != 0 && locked != found) {
            lock_relation_unlock(locked, mode);
            locked = 0;
        }
        if (found == 0 || mode == LOCK_NONE)
            return found;
        if (locked == found)
            return found;
        if ((flags & RELATION_NOWAIT) == 0)
            lock_relation(found, mode);
        else if (!lock_relation_try(found, mode))
            err_raise(SQLSTATE_LOCK_NOT_AVAILABLE,
                      .message =
                          err_fmt("could not obtain lock on relation \"%s\"", var->relation));
        locked = found;
        /* Nothing was heard while we waited: the name still leads there. */
        if (inval_count() == seen)
            return found;
    }
}

RangeVar *range_var_of_names(const List *names)
{
    RangeVar *var = node_new(RangeVar);
    int count = list_count(names);

    if (count > 3)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("improper relation name (too many dotted names): %s",
                                     namespace_text(names)));
    var->relation = ((const String *)list_at(names, count - 1))->value;
    if (count > 1)
        var->schema = ((const String *)list_at(names, count - 2))->value;
    if (count > 2)
        var->catalog = ((const String *)list_at(names, 0))->value;
    var->is_inherited = true;
    var->persistence = RELATION_PERMANENT;
    var->loc = NODE_NO_LOCATION;
    return var;
}

bool relation_is_system(Oid relation, Oid schema)
{
    return relation < OID_FIRST_UNPINNED || schema == SCHEMA_TOAST;
}

void relation_check_owner(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    Oid schema;

    if (row == NULL)
        return; /* it was dropped meanwhile, which is found when the lock is had */
    schema = CACHE_ROW(PgClass, row)->relnamespace;
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    if (!setting.allow_system_table_mods && relation_is_system(relation, schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("permission denied: \"%s\" is a system catalog", var->relation));
}

/* It must not be dropped before what is made in it is there. */
static void require_place(Oid schema)
{
    if (!namespace_is_temporary(schema))
        rights_require(PG_NAMESPACE_CATALOG, schema, role_current(), RIGHT_CREATE);
    lock_object(PG_NAMESPACE_CATALOG, schema, 0, LOCK_ACCESS_SHARE);
}

Oid relation_new_schema(const RangeVar *var)
{
    Oid schema;

    temp_schema_make_for(var);
    schema = namespace_for_new_relation(var);
    require_place(schema);
    return schema;
}

Oid object_new_schema(const List *names, const char **name)
{
    Oid schema;

    temp_schema_make_for_name(names);
    schema = namespace_for_new_object(names, name);
    require_place(schema);
    return schema;
}

Oid relation_new_tablespace(const char *name, char persistence)
{
    Oid tablespace;

    if (name == NULL) {
        name = persistence == RELATION_TEMPORARY ? "" : setting.default_tablespace;
        if (name == NULL || *name == '\0')
            return 0;
        tablespace = tablespace_of_name(name, true);
        if (tablespace == 0)
            return 0;
    } else {
        tablespace = tablespace_of_name(name, false);
    }
    if (tablespace == cache_database_tablespace())
        return 0;
    rights_require(PG_TABLESPACE_CATALOG, tablespace, role_current(), RIGHT_CREATE);
    if (tablespace == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "only shared relations can be placed in pg_global tablespace");
    return tablespace;
}

void relation_check_own_table(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;

    if (row == NULL)
        return;
    if (kind != RELATION_TABLE && kind != RELATION_TOAST && kind != RELATION_MATERIALIZED_VIEW &&
        kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a table or materialized view", var->relation));
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
}

void relation_require_owner(Oid relation)
{
    if (!rights_is_owner(PG_CLASS_CATALOG, relation, role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("must be owner of relation %s", relation_name(relation)));
}
