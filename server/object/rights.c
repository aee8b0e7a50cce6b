/* rights.c - lists of rights, read and asked; rights.h tells more. */
#include "common/base/base.h"

#include "server/object/rights.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "server/access/common/relation.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/object/role.h"

#define ACL_ARRAY_HEADER  24 /* varlena, dimensions, offset, type, length, lower bound */

#define RIGHTS_ALL        (~(Rights)0)
#define RIGHTS_VISIT      (RIGHT_TEMPORARY | RIGHT_CONNECT)
#define RIGHTS_CHANGE     (RIGHT_INSERT | RIGHT_UPDATE | RIGHT_DELETE)
#define RIGHTS_COLUMN_ALL (RIGHT_INSERT | RIGHT_SELECT | RIGHT_UPDATE | RIGHT_REFERENCES)
#define RIGHTS_TABLE_ALL \
 (RIGHTS_CHANGE | RIGHT_SELECT | RIGHT_TRUNCATE | RIGHT_REFERENCES | RIGHT_TRIGGER)

typedef struct KindRow {
    char letter;
    Rights all, everybody, owner;
} KindRow;

static const KindRow kinds[] = {
#define ROW(kind, letter, all, everybody, owner) \
 [RIGHTS_OF_##kind] = {letter, (all), (everybody), (owner)},
#include "server/object/rights.def"
#undef ROW
};

static const RightsClass classes[] = {
#define ROW(catalog, cache, owner, list, kind, state, words) \
 {PG_##catalog##_CATALOG,                                    \
  CACHE_##cache,                                             \
  PG_##catalog##_COL_##owner,                                \
  PG_##catalog##_COL_##list,                                 \
  RIGHTS_OF_##kind,                                          \
  SQLSTATE_##state,                                          \
  (words)},
#define OWNED(catalog, cache, owner, state, words)                                         \
 {PG_##catalog##_CATALOG, CACHE_##cache, PG_##catalog##_COL_##owner, 0, RIGHTS_KIND_COUNT, \
  SQLSTATE_##state,       (words)},
#include "server/object/rights_class.def"
#undef OWNED
#undef ROW
};

/* An object's row with what rights hang on, pinned. */
typedef struct Subject {
    const RightsClass *class;
    const HeapTuple *row;
    Oid oid, owner;
    RightsKind kind;
    Acl acl;
} Subject;

static void open_subject(Oid catalog, Oid object, Subject *out);
static RightsKind kind_of_relation(const HeapTuple *row);
static Rights forbidden_of_catalogs(const Subject *s);
static Rights predefined(const Subject *s, Oid role, Rights missing);
static int column_count(Oid table);
static bool has_column(Oid table, int16_t number);
static const char *words_of(const Subject *s);
static const char *words_of_relation(char kind);
static const char *words_of_function(char kind);
static const char *shown(const Subject *s);

/* ---- Lists ---- */

Acl acl_of_array(const uint8_t *array)
{
    size_t size = varlena_size(array);
    uint32_t dimensions = size < 16 ? UINT32_MAX : load_u32(array + 4);
    Acl acl = {0};

    if (dimensions == 0)
        return acl;
    if (dimensions != 1 || load_u32(array + 8) != 0 || load_u32(array + 12) != TYPE_ACLITEM ||
        size < ACL_ARRAY_HEADER)
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = "ACL arrays must be one-dimensional");
    acl.count = load_u32(array + 16);
    acl.items = (const AclItem *)(const void *)(array + ACL_ARRAY_HEADER);
    if (acl.count != (size - ACL_ARRAY_HEADER) / sizeof(AclItem))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "ACL array has a wrong length");
    return acl;
}

Rights rights_all_of(RightsKind kind)
{
    return kinds[kind].all;
}

Acl acl_default(RightsKind kind, Oid owner)
{
    const KindRow *k = &kinds[kind];
    AclItem *items = mem_new_array(AclItem, 2);
    size_t count = 0;

    if (k->everybody != RIGHTS_NONE)
        items[count++] = (AclItem){ROLE_EVERYBODY, owner, k->everybody};
    if (k->owner != RIGHTS_NONE)
        items[count++] = (AclItem){owner, owner, k->owner & k->all};
    return (Acl){items, count};
}

/* What is granted to him or everybody comes first: memberships cost more to find out. */
Rights acl_rights(const Acl *acl, Oid owner, Oid role, Rights wanted, bool is_any)
{
    Rights found = 0, left;

    /* Owners can grant whatever they please to themselves. */
    if ((wanted >> RIGHTS_GRANT_BITS) != 0 && role_has_rights_of(role, owner))
        found = wanted & (RIGHTS_ALL << RIGHTS_GRANT_BITS);
    for (size_t i = 0; i < acl->count; i++)
        if (acl->items[i].grantee == role || acl->items[i].grantee == ROLE_EVERYBODY)
            found |= wanted & acl->items[i].rights;
    left = wanted & ~found;
    for (size_t i = 0; i < acl->count && left != 0 && !(is_any && found != 0); i++) {
        const AclItem *item = &acl->items[i];

        if ((item->rights & left) == 0 || item->grantee == role ||
            item->grantee == ROLE_EVERYBODY || !role_has_rights_of(role, item->grantee))
            continue;
        found |= item->rights & left;
        left = wanted & ~found;
    }
    return found;
}

/* ---- Objects ---- */

Rights rights_of(Oid catalog, Oid object, Oid role, Rights wanted, bool is_any)
{
    Subject s;
    Rights found;

    open_subject(catalog, object, &s);
    ASSERT(s.class->list != 0);
    if (role_is_superuser(role)) {
        found = wanted;
    } else {
        wanted &= ~forbidden_of_catalogs(&s);
        found = acl_rights(&s.acl, s.owner, role, wanted, is_any);
        if ((wanted & ~found) != 0 && !(is_any && found != 0))
            found |= predefined(&s, role, wanted & ~found);
    }
    syscache_unpin(s.row);
    return found;
}

bool rights_has(Oid catalog, Oid object, Oid role, Rights wanted)
{
    return rights_of(catalog, object, role, wanted, false) == wanted;
}

Rights rights_of_column(Oid table, int16_t number, Oid role, Rights wanted, bool is_any)
{
    const HeapTuple *row = syscache_pin2(CACHE_ATTNUM, datum_of_u32(table), datum_of_i16(number));
    Rights found = 0;
    bool is_null;
    Datum list;

    if (row == NULL || CACHE_ROW(PgAttribute, row)->attisdropped)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("attribute %d of relation with OID %u does not exist", number,
                                     table));
    list = syscache_get(CACHE_ATTNUM, row, PG_ATTRIBUTE_COL_ATTACL, &is_null);
    if (!is_null) {
        Subject s;
        Acl acl = acl_of_array(varlena_plain(datum_varlena(list)));

        open_subject(PG_CLASS_CATALOG, table, &s);
        found = acl_rights(&acl, s.owner, role, wanted, is_any);
        syscache_unpin(s.row);
    }
    syscache_unpin(row);
    return found;
}

bool rights_of_any_column(Oid table, Oid role, Rights wanted)
{
    int count = column_count(table);

    for (int16_t number = 1; number <= count; number++)
        if (has_column(table, number) && rights_of_column(table, number, role, wanted, true) != 0)
            return true;
    return false;
}

bool rights_of_all_columns(Oid table, Oid role, Rights wanted)
{
    int count = column_count(table);

    for (int16_t number = 1; number <= count; number++)
        if (has_column(table, number) &&
            rights_of_column(table, number, role, wanted, false) != wanted)
            return false;
    return true;
}

static int column_count(Oid table)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(table));

    return row == NULL ? 0 : CACHE_ROW(PgClass, row)->relnatts;
}

static bool has_column(Oid table, int16_t number)
{
    const HeapTuple *row = syscache_peek2(CACHE_ATTNUM, datum_of_u32(table), datum_of_i16(number));

    return row != NULL && !CACHE_ROW(PgAttribute, row)->attisdropped;
}

bool rights_is_owner(Oid catalog, Oid object, Oid role)
{
    Subject s;

    if (role_is_superuser(role))
        return true;
    open_subject(catalog, object, &s);
    syscache_unpin(s.row);
    return role_has_rights_of(role, s.owner);
}

const RightsClass *rights_class(Oid catalog)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        if (classes[i].catalog == catalog)
            return &classes[i];
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("objects of catalog %u have no rights", catalog));
}

static void open_subject(Oid catalog, Oid object, Subject *out)
{
    bool is_null = true;
    Datum list = 0;

    *out = (Subject){.class = rights_class(catalog), .oid = object};
    out->row = syscache_pin(out->class->cache, datum_of_u32(object));
    if (out->row == NULL)
        err_raise(out->class->state,
                  .message = err_fmt("%s with OID %u does not exist", out->class->words, object));
    out->owner = datum_u32(syscache_get_set(out->class->cache, out->row, out->class->owner));
    out->kind = catalog == PG_CLASS_CATALOG ? kind_of_relation(out->row) : out->class->kind;
    if (out->class->list == 0)
        return;
    list = syscache_get(out->class->cache, out->row, out->class->list, &is_null);
    out->acl = is_null ? acl_default(out->kind, out->owner)
                       : acl_of_array(varlena_plain(datum_varlena(list)));
}

static RightsKind kind_of_relation(const HeapTuple *row)
{
    return CACHE_ROW(PgClass, row)->relkind == RELATION_SEQUENCE ? RIGHTS_OF_SEQUENCE
                                                                 : RIGHTS_OF_TABLE;
}

/* Nobody but superusers changes catalogs and their TOAST tables by hand, whatever was granted. */
static Rights forbidden_of_catalogs(const Subject *s)
{
    const PgClass *row;

    if (s->class->catalog != PG_CLASS_CATALOG)
        return RIGHTS_NONE;
    row = CACHE_ROW(PgClass, s->row);
    if ((s->oid >= OID_FIRST_UNPINNED && row->relnamespace != SCHEMA_TOAST) ||
        row->relkind == RELATION_VIEW)
        return RIGHTS_NONE;
    return RIGHTS_CHANGE | RIGHT_TRUNCATE | RIGHT_USAGE;
}

/* What roles have that may read, or write, all data. */
static Rights predefined(const Subject *s, Oid role, Rights missing)
{
    Rights read = 0, write = 0, found = 0;

    if (s->class->catalog == PG_CLASS_CATALOG) {
        read = RIGHT_SELECT;
        write = RIGHTS_CHANGE;
    } else if (s->class->catalog == PG_NAMESPACE_CATALOG) {
        read = write = RIGHT_USAGE;
    }
    if ((missing & read) != 0 && role_has_rights_of(role, ROLE_READ_ALL_DATA))
        found |= missing & read;
    if ((missing & write & ~found) != 0 && role_has_rights_of(role, ROLE_WRITE_ALL_DATA))
        found |= missing & write;
    return found;
}

/* ---- Refusals ---- */

void rights_require(Oid catalog, Oid object, Oid role, Rights wanted)
{
    Subject s;

    if (rights_has(catalog, object, role, wanted))
        return;
    open_subject(catalog, object, &s);
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
              .message = err_fmt("permission denied for %s %s", words_of(&s), shown(&s)));
}

void rights_require_owner(Oid catalog, Oid object, Oid role)
{
    Subject s;

    if (rights_is_owner(catalog, object, role))
        return;
    open_subject(catalog, object, &s);
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
              .message = err_fmt("must be owner of %s %s", words_of(&s), shown(&s)));
}

static const char *words_of(const Subject *s)
{
    switch (s->class->catalog) {
    case PG_CLASS_CATALOG:
        return words_of_relation(CACHE_ROW(PgClass, s->row)->relkind);
    case PG_PROC_CATALOG:
        return words_of_function(CACHE_ROW(PgProc, s->row)->prokind);
    default:
        return s->class->words;
    }
}

static const char *words_of_relation(char kind)
{
    switch (kind) {
    case RELATION_INDEX:
    case RELATION_PARTITIONED_INDEX:
        return "index";
    case RELATION_SEQUENCE:
        return "sequence";
    case RELATION_VIEW:
        return "view";
    case RELATION_MATERIALIZED_VIEW:
        return "materialized view";
    case RELATION_FOREIGN_TABLE:
        return "foreign table";
    default:
        return "table";
    }
}

static const char *words_of_function(char kind)
{
    switch (kind) {
    case 'a':
        return "aggregate";
    case 'p':
        return "procedure";
    default:
        return "function";
    }
}

/* Types are called as SQL calls them. */
static const char *shown(const Subject *s)
{
    return s->class->catalog == PG_TYPE_CATALOG ? type_shown(s->oid)
                                                : rights_name(s->class, s->row);
}

const char *rights_name(const RightsClass *class, const HeapTuple *row)
{
    const TupleDesc *desc = syscache_desc(class->cache);

    for (int i = 0; i < desc->count; i++)
        if (desc->columns[i].type == TYPE_NAME)
            return datum_pointer(syscache_get_set(class->cache, row, i + 1));
    return "";
}
