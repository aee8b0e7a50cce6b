/* node_kind.h - the table of kinds, for what works on nodes of any kind; node.def has the rows. */
#ifndef NODE_NODE_KIND_H
#define NODE_NODE_KIND_H

#include "common/base/base.h"

#include "server/node/node_gen.h"

#define NODE_ANY_LIST NODE_TAG_COUNT /* NodeField.tag: a list of any of the three */

struct Node;

typedef enum FieldClass {
    FIELD_NODE, /* a node or a list */
    FIELD_TEXT,
    FIELD_INT,
    FIELD_OID, /* any unsigned number */
    FIELD_BOOL,
    FIELD_CHAR,
    FIELD_REAL,
    FIELD_BITS,
    FIELD_DATUM, /* Const.value: by_value and len beside it say what it is */
    FIELD_CHOICE,
    FIELD_LOC,
} FieldClass;

typedef enum FieldFlag {
    FIELD_IS_WORD = 1,   /* a choice that is written as its name in small letters */
    FIELD_IS_NUMBER = 2, /* a bool that is written as 0 or 1 */
    FIELD_IS_HINT = 4,   /* equality does not see it */
} FieldFlag;

typedef struct NodeField {
    FieldClass class;
    uint16_t offset;
    uint8_t flags;     /* FieldFlag */
    uint8_t label_len; /* with its blanks */
    const char *name;
    const char *label; /* in PostgreSQL's text, with a blank on either side; NULL: not there */
    NodeTag tag;       /* that a NODE must have; NODE_NONE: any */
    NodeTag item_tag;  /* that the items of a list must have; NODE_NONE: any, or NULL */
    uint32_t when;     /* there only if the selector is one of these bits; 0: always */
    int choice_base;   /* the lowest value of a CHOICE */
    int choice_count;
    const char *const *choices; /* names of the values of a CHOICE, NULL at the end */
} NodeField;

/* What _at ends on is the offset of a field, 0 when there is none: the tag lies there. */
typedef struct NodeKind {
    const char *name;
    const char *label; /* in PostgreSQL's text; NULL: it has none */
    const NodeField *fields;
    uint16_t size;
    uint8_t label_len;
    uint8_t field_count;
    bool is_value;        /* in PostgreSQL's text it is a token */
    uint16_t selector_at; /* the choice that NodeField.when speaks of */
    uint16_t type_at, typmod_at, collation_at;
    uint16_t input_at; /* the collation that it works by */
    Oid yields;        /* an expression of always this type; 0: type_at says it, if any */
} NodeKind;

extern const NodeKind node_kinds[NODE_TAG_COUNT];

/* In a node that is a mere copy of the bytes: a copy of what the field points to, unless a node. */
void node_copy_leaf(struct Node *node, const NodeField *field);

#endif
