/*
 * node.h - trees of nodes: make, copy, compare, walk, show
 *
 * Each node begins with its tag; node.def has the kinds and their fields, and what is here works on
 * all of them by that table. A tree lies in the memory context that was current when it was made
 * and goes with it. Everything that descends into a tree raises 54001 where max_stack_depth does
 * not suffice.
 */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/node/list.h"
#include "server/node/node_gen.h"

typedef struct Node {
    NodeTag tag;
} Node;

#define NODE_NO_LOCATION (-1)

/* A new node of that kind, all fields zero but the tag. */
#define node_new(Kind) ((Kind *)node_alloc(sizeof(Kind), NODE_##Kind))

/* Is it a node of that kind? NULL is none. */
#define node_is(node, Kind) \
 ((node) != NULL && ((const Node *)(const void *)(node))->tag == NODE_##Kind)

void *node_alloc(size_t size, NodeTag tag);

/* The name of a kind, e.g. "SelectStmt". */
const char *node_kind_name(NodeTag tag);

/* A copy of all that hangs below; texts are copied too. NULL gives NULL. */
void *node_copy(const void *node);

/* Equal in kind and in all fields but locations. */
bool node_equal(const void *a, const void *b);

/*
 * Call visit for each child of node that is not NULL, those of lists included; stop when it returns
 * true and return that. visit calls node_walk() again to descend.
 */
typedef bool (*NodeVisit)(Node *child, void *arg);
bool node_walk(Node *node, NodeVisit visit, void *arg);

/* The location that the node itself has, NODE_NO_LOCATION when it has none. */
int node_location(const Node *node);

/* The tree as text for people: {Kind :field value ...}, what is zero left out. */
void node_show(StrBuf *out, const void *node);
char *node_text(const void *node);

/* ---- Small nodes that are made often ---- */

String *node_string(const char *text); /* text is kept, not copied */
Integer *node_integer(int value);

/* Raise 54001 when the stack of the process is deeper than max_stack_depth. */
void node_check_depth(void);

/* ---- Bits of integer fields ---- */

/* WindowDef.frame */
enum {
    FRAME_NON_DEFAULT = 0x1, /* a frame was written */
    FRAME_RANGE = 0x2,
    FRAME_ROWS = 0x4,
    FRAME_GROUPS = 0x8,
    FRAME_BETWEEN = 0x10,
    FRAME_START_UNBOUNDED_PRECEDING = 0x20,
    FRAME_END_UNBOUNDED_PRECEDING = 0x40,   /* refused */
    FRAME_START_UNBOUNDED_FOLLOWING = 0x80, /* refused */
    FRAME_END_UNBOUNDED_FOLLOWING = 0x100,
    FRAME_START_CURRENT_ROW = 0x200,
    FRAME_END_CURRENT_ROW = 0x400,
    FRAME_START_OFFSET_PRECEDING = 0x800,
    FRAME_END_OFFSET_PRECEDING = 0x1000,
    FRAME_START_OFFSET_FOLLOWING = 0x2000,
    FRAME_END_OFFSET_FOLLOWING = 0x4000,
    FRAME_EXCLUDE_CURRENT_ROW = 0x8000,
    FRAME_EXCLUDE_GROUP = 0x10000,
    FRAME_EXCLUDE_TIES = 0x20000,
    FRAME_DEFAULT = FRAME_RANGE | FRAME_START_UNBOUNDED_PRECEDING | FRAME_END_CURRENT_ROW,
};

/* DeclareCursorStmt.options */
enum {
    CURSOR_BINARY = 0x1,
    CURSOR_SCROLL = 0x2,
    CURSOR_NO_SCROLL = 0x4,
    CURSOR_INSENSITIVE = 0x8,
    CURSOR_ASENSITIVE = 0x10,
    CURSOR_HOLD = 0x20,
    CURSOR_FAST_PLAN = 0x100, /* any cursor of SQL: its first rows are wanted soon */
};

/* TableSampleClause.handler: functions that tell of a method */
enum {
    SAMPLE_BERNOULLI = 3313,
    SAMPLE_SYSTEM = 3314,
};

/* TableLike.options */
enum {
    LIKE_COMMENTS = 0x1,
    LIKE_COMPRESSION = 0x2,
    LIKE_CONSTRAINTS = 0x4,
    LIKE_DEFAULTS = 0x8,
    LIKE_GENERATED = 0x10,
    LIKE_IDENTITY = 0x20,
    LIKE_INDEXES = 0x40,
    LIKE_STATISTICS = 0x80,
    LIKE_STORAGE = 0x100,
    LIKE_ALL = 0x7FFFFFFF,
};

/* CreateTriggerStmt.timing and .events, as pg_trigger.tgtype has them; AFTER has no bit */
enum {
    TRIGGER_ROW = 0x1,
    TRIGGER_BEFORE = 0x2,
    TRIGGER_INSERT = 0x4,
    TRIGGER_DELETE = 0x8,
    TRIGGER_UPDATE = 0x10,
    TRIGGER_TRUNCATE = 0x20,
    TRIGGER_INSTEAD = 0x40,
};

/*
 * TypeName.typmods of interval begin with a mask of fields, which are those of
 * pg_attribute.atttypmod.
 */
enum {
    INTERVAL_MONTH = 1 << 1,
    INTERVAL_YEAR = 1 << 2,
    INTERVAL_DAY = 1 << 3,
    INTERVAL_HOUR = 1 << 10,
    INTERVAL_MINUTE = 1 << 11,
    INTERVAL_SECOND = 1 << 12,
    INTERVAL_ALL = 0x7FFF,
};

#endif
