/*
 * expr_int.h - what the files of expr share: steps, and who makes them
 */
#ifndef EXPR_EXPR_INT_H
#define EXPR_EXPR_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"

typedef enum ExprOp {
#define ROW(name) OP_##name,
#include "server/expr/op.def"
#undef ROW
    OP_COUNT
} ExprOp;

/* Orders of two numbers that are computed in place. */
typedef enum InlineOrder {
    INLINE_EQ,
    INLINE_NE,
    INLINE_LT,
    INLINE_LE,
    INLINE_GT,
    INLINE_GE
} InlineOrder;

typedef enum InlineType { INLINE_I16, INLINE_I32, INLINE_I64, INLINE_U32 } InlineType;

typedef enum InlineMath {
    MATH_I32_ADD,
    MATH_I32_SUB,
    MATH_I32_MUL,
    MATH_I64_ADD,
    MATH_I64_SUB,
    MATH_I64_MUL
} InlineMath;

typedef struct MinMaxState {
    FmgrCall *call; /* the type's compare function */
    NullableDatum *values;
    unsigned count;
    bool is_least;
} MinMaxState;

typedef struct ArrayState {
    ArrayElement element;
    NullableDatum *items;
    Datum *values; /* scratch */
    bool *nulls;
    unsigned count;
    bool is_nested;
} ArrayState;

typedef struct ArrayCoerceState {
    ArrayElement from, to;
    Expr *element; /* NULL: the elements stay as they are */
    NullableDatum test;
} ArrayCoerceState;

typedef struct RowState {
    TupleDesc *desc;
    NullableDatum *items;
    Datum *values;
    bool *nulls;
} RowState;

typedef struct FieldState {
    unsigned field;        /* from 1 */
    Oid type;              /* that is wanted */
    const TupleDesc *desc; /* of the row seen last */
    Oid row_type;
    int32_t row_typmod;
} FieldState;

typedef struct FieldStoreState {
    const TupleDesc *desc;
    NullableDatum *columns;
    Datum *values;
    bool *nulls;
} FieldStoreState;

typedef struct IoCoerceState {
    FmgrCall *out, *in;
} IoCoerceState;

typedef struct ScalarArrayState {
    FmgrCall *call; /* args[0] is the scalar */
    NullableDatum array;
    ArrayElement element;
    bool is_any;      /* else all */
    bool is_inverted; /* NOT IN, hashed: call is the = */
    InlineType type;
    bool is_inline_equal;

    /* The elements, when the array is a constant. */
    bool is_ready;
    size_t count;
    Datum *values;
    bool *nulls;

    /* By hash. */
    FmgrCall *hash;
    size_t slot_count; /* a power of two; 0: no table yet */
    uint32_t *slots;   /* index + 1 */
    uint32_t *hashes;
    bool has_null;
    MemContext *mem;
    const void *built_of; /* the array's bytes that the table was made of */
} ScalarArrayState;

typedef struct SubscriptState {
    ArrayElement element;
    int16_t container_len; /* of a fixed-length container (point, name); 0: an array */
    unsigned upper_count, lower_count;
    bool is_slice;
    bool upper_there[6], lower_there[6];
    NullableDatum upper[6], lower[6];
    NullableDatum assigned;
    Oid element_type;
} SubscriptState;

typedef struct DomainState {
    const char *domain, *schema, *check;
    NullableDatum *value, *result;
} DomainState;

typedef struct RowTestState {
    FieldState field;
} RowTestState;

typedef struct ExprStep ExprStep;
struct ExprStep {
    const void *label; /* of the code, when it runs */
    NullableDatum *out;
    uint32_t jump;
    uint16_t op;     /* ExprOp, or OP_COUNT and up: an order in place */
    uint16_t column; /* from 0 */
    union {
        struct {
            FmgrCall *call;
            FmgrFunction fn;
            unsigned count;
        } call;
        struct {
            NullableDatum *a, *b;
            InlineMath math;
        } pair;
        struct {
            NullableDatum *from;
            bool *any_null;
        } copy;
        struct {
            Datum value;
            bool is_null;
        } constant;
        struct {
            int number;
            Oid type;
        } param;
        struct {
            InlineOrder order;
            Datum value; /* of the constant */
        } order;
        struct {
            ExprInput input;
            int number;
            TupleDesc *desc;
        } system;
        struct {
            ExprTransition *transition;
            unsigned set;
        } agg;
        struct {
            FmgrCall *call;
            RowCompareKind kind;
        } compare;
        MinMaxState *min_max;
        ArrayState *array;
        ArrayCoerceState *array_coerce;
        RowState *row;
        FieldState *field;
        FieldStoreState *store;
        IoCoerceState *io;
        ScalarArrayState *scalar_array;
        SubscriptState *subscript;
        DomainState *domain;
        ExprSubPlan *subplan;
        const SQLValueFunction *sql_value;
        struct {
            const List *refs;
        } grouping;
        struct {
            Oid sequence;
            Oid type;
        } next_value;
    } u;
};

STATIC_ASSERT(sizeof(ExprStep) <= 64);

/* What is being made. */
typedef struct ExprBuilder {
    Expr *expr;
    const ExprScope *scope;
    Array steps;                              /* ExprStep */
    NullableDatum *test_value, *domain_value; /* of CaseTestExpr and CoerceToDomainValue */
} ExprBuilder;

/* ---- compile.c ---- */

/* Steps that put the value of node to out. */
void compile_value(ExprBuilder *b, const Node *node, NullableDatum *out);

/* A step; the pointer is good until the next one is made. */
ExprStep *compile_step(ExprBuilder *b, ExprOp op, NullableDatum *out);

static inline unsigned compile_here(const ExprBuilder *b)
{
    return (unsigned)b->steps.count;
}

static inline ExprStep *compile_step_at(const ExprBuilder *b, unsigned i)
{
    return array_at(&b->steps, i);
}

static inline NullableDatum *compile_place(void)
{
    return mem_new(NullableDatum);
}

void compile_begin(ExprBuilder *b, const ExprScope *scope);
void compile_needs(ExprBuilder *b, const void *trees); /* steps for all columns that they read */
Expr *compile_end(ExprBuilder *b);
_Noreturn void compile_raise_not_written(const char *what);

/* An expression of its own over the same scope, that sees the test value. */
Expr *compile_inner(ExprBuilder *b, const Node *node, NullableDatum *test_value);

/* ---- compile_call.c ---- */

/* A frame for calls, its site in the current context. */
FmgrCall *compile_frame(Oid function, short nargs, Oid collation, const void *node);
void compile_function(ExprBuilder *b, Oid function, const List *args, Oid collation,
                      const Node *node, NullableDatum *out);
void compile_distinct(ExprBuilder *b, const OpExpr *op, NullableDatum *out);
void compile_null_if(ExprBuilder *b, const OpExpr *op, NullableDatum *out);
void compile_scalar_array(ExprBuilder *b, const ScalarArrayOpExpr *op, NullableDatum *out);
void compile_row_compare(ExprBuilder *b, const RowCompareExpr *e, NullableDatum *out);
void compile_min_max(ExprBuilder *b, const MinMaxExpr *e, NullableDatum *out);
void compile_io_coerce(ExprBuilder *b, const CoerceViaIO *e, NullableDatum *out);

/* Is the function one that is computed in place? */
bool inline_order_find(Oid function, InlineOrder *order, InlineType *type);

/* ---- compile_value.c ---- */

void compile_array(ExprBuilder *b, const ArrayExpr *e, NullableDatum *out);
void compile_array_coerce(ExprBuilder *b, const ArrayCoerceExpr *e, NullableDatum *out);
void compile_row(ExprBuilder *b, const RowExpr *e, NullableDatum *out);
void compile_field_select(ExprBuilder *b, const FieldSelect *e, NullableDatum *out);
void compile_field_store(ExprBuilder *b, const FieldStore *e, NullableDatum *out);
void compile_subscript(ExprBuilder *b, const SubscriptingRef *e, NullableDatum *out);
void compile_domain(ExprBuilder *b, const CoerceToDomain *e, NullableDatum *out);
void compile_convert_row(ExprBuilder *b, const ConvertRowtypeExpr *e, NullableDatum *out);

/* ---- interpret.c ---- */

/* Find the code of the steps, and the fastest way to run them. */
void interpret_prepare(Expr *e);

/* ---- eval_*.c: what is too long for the interpreter ---- */

void eval_array(const ExprStep *step);
void eval_array_coerce(const ExprStep *step, EvalContext *c);
void eval_row(const ExprStep *step);
void eval_min_max(const ExprStep *step);
void eval_field_select(const ExprStep *step);
void eval_field_take_apart(const ExprStep *step);
void eval_field_store(const ExprStep *step);
void eval_row_is_null(const ExprStep *step, bool wants_null);
void eval_whole_row(const ExprStep *step, EvalContext *c);
void eval_io_coerce(const ExprStep *step);
void eval_scalar_array(const ExprStep *step);
void eval_scalar_array_hashed(const ExprStep *step, EvalContext *c);
void eval_subscript(const ExprStep *step);
void eval_subscript_set(const ExprStep *step);
void eval_param_extern(const ExprStep *step, const EvalContext *c);
void eval_grouping(const ExprStep *step, const EvalContext *c);
_Noreturn void eval_raise_domain_null(const DomainState *s);
_Noreturn void eval_raise_domain_check(const DomainState *s);

/* The desc of the row type; NULL raises. */
const TupleDesc *eval_row_desc(Oid type, int32_t typmod);

#endif
