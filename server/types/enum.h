/*
 * enum.h - values of enumerations: what catalogs know of them
 *
 * A value is the OID of its row in pg_enum.
 */
#ifndef TYPES_ENUM_H
#define TYPES_ENUM_H

#include "common/base/base.h"

typedef struct EnumValue {
    Oid oid, type;
    float order;
    const char *label;
} EnumValue;

/* Strings are in the current context; false: there is none. Set at start, or by tests. */
typedef struct EnumCatalog {
    bool (*find)(Oid type, const char *label, EnumValue *out);
    bool (*get)(Oid value, EnumValue *out);

    /* All of a type in their order, in the current context. */
    EnumValue *(*list)(Oid type, size_t *count);
} EnumCatalog;
void enum_set_catalog(const EnumCatalog *catalog);

/*
 * A value that this transaction has added to a type that was there: nobody may use it before it is
 * committed, since it could be in an index when it is rolled back.
 */
void enum_note_uncommitted(Oid value);

/* From now on ask the catalogs of the database. */
void enum_use_catalog(void);

#endif
