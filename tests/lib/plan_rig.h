/*
 * plan_rig.h - what trees of expressions and plans need in tests: functions, types, nodes by hand
 *
 * Functions are those of server/types, bound as main binds them; what catalogs would say of types
 * and aggregates is in small tables here, read from a real server.
 */
#ifndef LIB_PLAN_RIG_H
#define LIB_PLAN_RIG_H

#include "common/base/base.h"

#include "server/expr/expr.h"
#include "server/node/node.h"
#include "server/node/plan.h"

enum {
    RIG_BOOL = 16,
    RIG_INT8 = 20,
    RIG_INT4 = 23,
    RIG_TEXT = 25,
    RIG_TID = 27,
    RIG_INT4_ARRAY = 1007,
    RIG_RECORD = 2249,
    RIG_POSITIVE = 90001, /* a domain over int4: VALUE > 0 */
};

/* Operators of int4. */
enum { RIG_INT4_EQUAL = 96, RIG_INT4_LESS = 97, RIG_INT4_MORE = 521 };

void plan_rig_open(void);
void plan_rig_close(void);

/* ---- Nodes ---- */

Node *rig_var(int rt_index, int attno, Oid type);
Node *rig_int(int32_t value);
Node *rig_big(int64_t value);
Node *rig_bool(bool value);
Node *rig_text(const char *value);
Node *rig_null(Oid type);
Node *rig_array(const int32_t *values, const bool *nulls, size_t count); /* a constant int4[] */
Node *rig_op(Oid function, Oid type, Node *left, Node *right);           /* right may be NULL */
Node *rig_and(BoolKind kind, Node *a, Node *b);
Node *rig_call(Oid function, Oid type, List *args);
TargetEntry *rig_target(Node *expr, int number);

/* Targets that are the first count columns, of type int4, of rt_index. */
List *rig_columns(int rt_index, int count);

/* A description of count columns of type int4. */
TupleDesc *rig_desc(unsigned count);

#endif
