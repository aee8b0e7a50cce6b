/* node_kind.h - the table of kinds, for what works on nodes of any kind; node.def has the rows. */
#ifndef NODE_NODE_KIND_H
#define NODE_NODE_KIND_H

#include "common/base/base.h"

#include "server/node/node_gen.h"

typedef enum FieldClass {
    FIELD_NODE, /* a node or a list */
    FIELD_TEXT,
    FIELD_INT,
    FIELD_OID,
    FIELD_BOOL,
    FIELD_CHAR,
    FIELD_CHOICE,
    FIELD_LOC,
} FieldClass;

typedef struct NodeField {
    FieldClass class;
    size_t offset;
    const char *name;
    const char *const *choices; /* names of the values of a CHOICE, NULL at the end */
} NodeField;

typedef struct NodeKind {
    const char *name;
    size_t size;
    const NodeField *fields;
    int field_count;
    bool is_stored; /* has PostgreSQL's text form */
} NodeKind;

extern const NodeKind node_kinds[NODE_TAG_COUNT];

#endif
