/*
 * object.h - what a database holds, as far as a dump is concerned
 *
 * A DumpObject is one thing with an entry of its own or one that only stands in the order
 * (boundaries, types of rows). The struct of a kind begins with it: TableObject and so on.
 * All objects are made before anything is sorted or printed, and live as long as the dump.
 */
#ifndef PGDUMP_OBJECT_H
#define PGDUMP_OBJECT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/dump/archive.h"

struct Dump;

/* What there is to an object: which parts it has, and which of them are wanted. */
enum {
    PART_DEFINITION = 1,
    PART_DATA = 2,
    PART_COMMENT = 4,
    PART_LABEL = 8,
    PART_RIGHTS = 16,
    PART_POLICY = 32,
    PART_MAPPING = 64,
    PART_ALL = 127,
};

typedef enum KindId {
#define KIND(name, ...) KIND_##name,
#include "pgdump/kind.def"
#undef KIND
    KIND_COUNT,
} KindId;

/* What the server knows an object by. */
typedef struct RowKey {
    Oid catalog, oid;
} RowKey;

typedef struct DumpObject DumpObject;

/* A row of kind.def. */
typedef struct Kind {
    const char *name; /* as messages call it: "event trigger" */
    Oid catalog;      /* whose rows are such objects; 0: none has */
    int priority;     /* objects of a lower one come first */
    ArchiveSection section;
    int read_order;               /* kinds that others look at are read before them */
    void (*read)(struct Dump *d); /* NULL: read with another kind */
    void (*print)(struct Dump *d, DumpObject *o); /* add the entries; NULL: it has none */
    /* What parts two of the same name in one schema; NULL: nothing. */
    int (*compare)(const DumpObject *a, const DumpObject *b);
} Kind;

extern const Kind object_kinds[KIND_COUNT];

/* Who may do what with an object; texts as catalogs have them: {a=r/b,...}. */
typedef struct Rights {
    const char *acl;     /* NULL: what was given at first */
    const char *given;   /* what the owner of such an object begins with */
    const char *initial; /* what initdb or the extension left; NULL: given */
} Rights;

struct DumpObject {
    KindId kind;
    Oid catalog, oid; /* both 0: the server does not know it */
    uint32_t id;      /* its number in the dump, from 1 */
    const char *name;
    const struct SchemaObject *schema; /* NULL: it is in none */
    const char *owner;                 /* "": nobody */
    Rights rights;
    unsigned parts;         /* that it has */
    unsigned wanted;        /* of which these are to be dumped */
    unsigned wanted_inside; /* of a schema or extension: what is wanted of what it holds */
    bool is_member;         /* of an extension */
    bool is_postponed;      /* to after the data, though its kind comes before */
    Array depends;          /* uint32_t: ids of what must come before */
};

typedef struct SchemaObject {
    DumpObject object;
    bool is_made; /* by the dump: all but public, which every database has */
} SchemaObject;

/* Make the tables of objects empty. */
void object_init(struct Dump *d);

/*
 * Enter an object whose struct, catalog row and name are filled: it gets its number, and can be
 * found.
 */
void object_add(struct Dump *d, DumpObject *o, KindId kind);

/* NULL: there is none with that row. */
DumpObject *object_find(const struct Dump *d, Oid catalog, Oid oid);

DumpObject *object_by_id(const struct Dump *d, uint32_t id);

/* The schema with that oid; raises XX000 when it is not there. */
const SchemaObject *object_schema(const struct Dump *d, Oid oid);

/* o comes after the object with that number; may be said several times. */
void object_depend(DumpObject *o, uint32_t on);
void object_undepend(DumpObject *o, uint32_t on);
bool object_depends(const DumpObject *o, uint32_t on);

/* Is that part there, and wanted? */
static inline bool object_wants(const DumpObject *o, unsigned part)
{
    return (o->parts & o->wanted & part) != 0;
}

#endif
