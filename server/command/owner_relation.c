/* owner_relation.c - relations and types get other owners, with what goes with them */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/owner_int.h"
#include "server/command/role_spec.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock_object.h"
#include "server/object/acl_change.h"
#include "server/object/role.h"
#include "server/types/acl.h"

static void require_movable(const Relation *rel);
static void change_columns(Oid relation, Oid from, Oid to);
static void change_sequences(Oid relation, Oid owner);

bool owner_is_of_composite(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->relkind == RELATION_COMPOSITE_TYPE;
}

/* ---- ALTER TABLE ---- */

static bool is_index(char kind)
{
    return kind == RELATION_INDEX || kind == RELATION_PARTITIONED_INDEX;
}

void owner_change_relation(Oid relation, const RoleSpec *spec)
{
    const ObjectAddress object = object_address(PG_CLASS_CATALOG, relation);
    Relation *rel = relation_open(relation, LOCK_NONE);
    Oid owner = role_of_spec(spec, false);

    if (rel->row->relowner == owner) {
        relation_close(rel, LOCK_NONE);
        return;
    }
    if (is_index(rel->kind)) {
        /* It was allowed once, and old dumps still say it. */
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WRONG_OBJECT_TYPE,
                .message = err_fmt("cannot change owner of index \"%s\"", rel->name),
                .hint = "Change the ownership of the index's table, instead.");
        relation_close(rel, LOCK_NONE);
        return;
    }
    require_movable(rel);
    owner_require_right(&object, owner, rel->schema);
    relation_close(rel, LOCK_NONE);
    owner_change_class(relation, owner);
}

static void require_movable(const Relation *rel)
{
    Oid table;
    int column;

    switch (rel->kind) {
    case RELATION_TABLE:
    case RELATION_VIEW:
    case RELATION_MATERIALIZED_VIEW:
    case RELATION_FOREIGN_TABLE:
    case RELATION_PARTITIONED_TABLE:
        return;
    case RELATION_SEQUENCE:
        if (depend_sequence_owner(rel->oid, DEPEND_AUTO, &table, &column) ||
            depend_sequence_owner(rel->oid, DEPEND_INTERNAL, &table, &column))
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("cannot change owner of sequence \"%s\"", rel->name),
                      .detail = err_fmt("Sequence \"%s\" is linked to table \"%s\".", rel->name,
                                        relation_name(table)));
        return;
    case RELATION_COMPOSITE_TYPE:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is a composite type", rel->name),
                  .hint = "Use ALTER TYPE instead.");
    default:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot change owner of relation \"%s\"", rel->name));
    }
}

/* ---- What goes along ---- */

/* What others need of it once it may be read anew. */
typedef struct Parts {
    Oid old_owner, row_type, toast;
    char kind;
    Array indexes; /* Oid */
} Parts;

static void take_parts(Oid relation, Parts *out)
{
    Relation *rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);

    *out = (Parts){.old_owner = rel->row->relowner,
                   .row_type = rel->row->reltype,
                   .toast = rel->row->reltoastrelid,
                   .kind = rel->kind};
    array_init(&out->indexes, sizeof(Oid));
    if (rel->kind == RELATION_TABLE || rel->kind == RELATION_MATERIALIZED_VIEW ||
        rel->kind == RELATION_PARTITIONED_TABLE || rel->kind == RELATION_TOAST) {
        const RelationIndexes *list = relation_indexes(rel);

        for (unsigned i = 0; i < list->count; i++)
            *(Oid *)array_push(&out->indexes) = list->oids[i];
    }
    relation_close(rel, LOCK_NONE);
}

void owner_change_class(Oid relation, Oid owner)
{
    Parts parts;

    take_parts(relation, &parts);
    if (parts.old_owner == owner)
        return;
    owner_set(PG_CLASS_CATALOG, relation, owner);
    change_columns(relation, parts.old_owner, owner);
    if (!is_index(parts.kind) && parts.kind != RELATION_TOAST &&
        parts.kind != RELATION_COMPOSITE_TYPE)
        depend_change_owner(PG_CLASS_CATALOG, relation, owner);
    if (!is_index(parts.kind) && parts.row_type != 0)
        owner_change_type(parts.row_type, owner);
    array_foreach(const Oid, index, &parts.indexes)
        owner_change_class(*index, owner);
    if (parts.toast != 0)
        owner_change_class(parts.toast, owner);
    change_sequences(relation, owner);
}

static void change_columns(Oid relation, Oid from, Oid to)
{
    const CatalogKey key = {.column = PG_ATTRIBUTE_COL_ATTRELID, .value = datum_of_u32(relation)};
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_ATTRIBUTE_CATALOG, PG_ATTRIBUTE_RELID_ATTNUM_INDEX, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        bool is_null;
        Datum list = syscache_get(CACHE_ATTNUM, row, PG_ATTRIBUTE_COL_ATTACL, &is_null);
        CatalogRow fresh;
        Acl acl;

        if (is_null || CACHE_ROW(PgAttribute, row)->attisdropped)
            continue;
        acl = acl_of_array(varlena_plain(datum_varlena(list)));
        acl = acl_with_owner(&acl, from, to);
        catalog_row_init(&fresh);
        catalog_set(&fresh, PG_ATTRIBUTE_COL_ATTACL, acl_to_datum(&acl));
        catalog_update(change, row, &fresh);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void change_sequences(Oid relation, Oid owner)
{
    Array sequences;

    depend_owned_sequences(relation, 0, 0, &sequences);
    array_foreach(const Oid, sequence, &sequences) {
        lock_relation(*sequence, LOCK_ACCESS_EXCLUSIVE);
        owner_change_class(*sequence, owner);
    }
}

/* ---- Types ---- */

/* The relation of a composite type comes back here for the type itself. */
void owner_change_type(Oid type, Oid owner)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    Oid relation, array, old;
    bool is_composite;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    relation = CACHE_ROW(PgType, row)->typrelid;
    array = CACHE_ROW(PgType, row)->typarray;
    old = CACHE_ROW(PgType, row)->typowner;
    is_composite = CACHE_ROW(PgType, row)->typtype == 'c';
    if (old == owner)
        return;
    owner_set(PG_TYPE_CATALOG, type, owner);
    if (array != 0)
        owner_set(PG_TYPE_CATALOG, array, owner);
    if (is_composite && owner_is_of_composite(relation))
        owner_change_class(relation, owner);
}
