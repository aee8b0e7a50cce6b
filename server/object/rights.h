/*
 * rights.h - access control lists: who may do what with which object
 *
 * An object's list has an item for each grant: to whom, by whom, which rights, which of them may be
 * granted on. An object without a list has the default one of its kind. Owners are in lists like
 * others; superusers may do all.
 *
 * Functions that take an object look into catalogs, and raise the error of its kind for one that is
 * not there (42704, 42P01, 42883...): it may have been dropped meanwhile.
 */
#ifndef OBJECT_RIGHTS_H
#define OBJECT_RIGHTS_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/catalog.h"
#include "server/fmgr/datum.h"

/* Bits of rights, as in an aclitem. */
typedef uint32_t Rights;
enum {
    RIGHT_INSERT = 1 << 0,
    RIGHT_SELECT = 1 << 1,
    RIGHT_UPDATE = 1 << 2,
    RIGHT_DELETE = 1 << 3,
    RIGHT_TRUNCATE = 1 << 4,
    RIGHT_REFERENCES = 1 << 5,
    RIGHT_TRIGGER = 1 << 6,
    RIGHT_EXECUTE = 1 << 7,
    RIGHT_USAGE = 1 << 8,
    RIGHT_CREATE = 1 << 9,
    RIGHT_TEMPORARY = 1 << 10,
    RIGHT_CONNECT = 1 << 11,
    RIGHT_SET = 1 << 12,
    RIGHT_ALTER_SYSTEM = 1 << 13,
    RIGHT_COUNT = 14,
};
#define RIGHTS_NONE       0
#define RIGHTS_GRANT_BITS 16 /* grant options stand as many bits higher */

/* A grant, in the bytes of type aclitem. */
typedef struct AclItem {
    Oid grantee; /* 0: everybody */
    Oid grantor;
    Rights rights; /* and grant options */
} AclItem;
STATIC_ASSERT(sizeof(AclItem) == 12);

/* A list as an array value has it; raises 22P02 for arrays that are none. */
typedef struct Acl {
    const AclItem *items;
    size_t count;
} Acl;
Acl acl_of_array(const uint8_t *array /* varlena, plain */);

/* ---- What kinds of objects allow: rows of rights.def ---- */

typedef enum RightsKind {
#define ROW(kind, letter, all, everybody, owner) RIGHTS_OF_##kind,
#include "server/object/rights.def"
#undef ROW
    RIGHTS_KIND_COUNT,
} RightsKind;

Rights rights_all_of(RightsKind kind);

/* The list that an object of that kind has when it has none, in the current context. */
Acl acl_default(RightsKind kind, Oid owner);

/* ---- Which catalogs have objects with owners: rows of rights_class.def ---- */

typedef struct RightsClass {
    Oid catalog;
    CacheId cache;   /* by the number of an object */
    int owner, list; /* columns; list 0: none */
    RightsKind kind; /* of relations that are no sequences */
    SqlState state;  /* of an object that is not there */
    const char *words;
} RightsClass;
const RightsClass *rights_class(Oid catalog); /* raises XX000 for others */

/* Of an object of that class: its first column of type name; as long as the row is there. */
const char *rights_name(const RightsClass *class, const HeapTuple *row);

/* ---- Questions ---- */

/* Which of wanted has role by the list? is_any: one of them will do, so that looking may end. */
Rights acl_rights(const Acl *acl, Oid owner, Oid role, Rights wanted, bool is_any);

/*
 * The same of an object of that catalog (PG_DATABASE_CATALOG...), with superusers and defaults. Not
 * for columns.
 */
Rights rights_of(Oid catalog, Oid object, Oid role, Rights wanted, bool is_any);
bool rights_has(Oid catalog, Oid object, Oid role, Rights wanted); /* all of wanted */

/* Of a column by its own list: rights on the whole table are not looked at. */
Rights rights_of_column(Oid table, int16_t number, Oid role, Rights wanted, bool is_any);

/* The same, for any column of the table or for all of them. */
bool rights_of_any_column(Oid table, Oid role, Rights wanted);
bool rights_of_all_columns(Oid table, Oid role, Rights wanted);

/* Has role the rights of the object's owner? */
bool rights_is_owner(Oid catalog, Oid object, Oid role);

/* ---- Refusals: 42501 in PostgreSQL's words, which name the kind of the object ---- */

void rights_require(Oid catalog, Oid object, Oid role, Rights wanted);
void rights_require_owner(Oid catalog, Oid object, Oid role);

#endif
