/*
 * oper.c - operators: which one is meant, and the expressions that they make
 *
 * Source: PostgreSQL 15 manual, "Operator Type Resolution", "Row and Array Comparisons".
 */
#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* ---- Finding ---- */

static char *signature(const List *name, Oid left, Oid right)
{
    StrBuf text;

    strbuf_init(&text);
    if (left != 0)
        strbuf_add_fmt(&text, "%s ", type_shown(left));
    strbuf_add(&text, namespace_text(name));
    strbuf_add_fmt(&text, " %s", type_shown(right));
    return text.text;
}

static _Noreturn void raise_not_found(Scope *scope, const List *name, Oid left, Oid right,
                                      bool is_ambiguous, int location)
{
    if (is_ambiguous)
        scope_fail(scope, location, SQLSTATE_AMBIGUOUS_FUNCTION,
                   .message = err_fmt("operator is not unique: %s", signature(name, left, right)),
                   .hint = "Could not choose a best candidate operator. You might need to add "
                           "explicit type casts.");
    scope_fail(scope, location, SQLSTATE_UNDEFINED_FUNCTION,
               .message = err_fmt("operator does not exist: %s", signature(name, left, right)),
               .hint = left == 0 || right == 0
                           ? "No operator matches the given name and argument type. You might "
                             "need to add an explicit type cast."
                           : "No operator matches the given name and argument types. You might "
                             "need to add explicit type casts.");
}

static Oid find_exact(const List *name, Oid left, Oid right)
{
    bool was_unknown = false;
    Oid found, base;

    if (left == TYPE_UNKNOWN && right != 0) {
        left = right;
        was_unknown = true;
    } else if (right == TYPE_UNKNOWN && left != 0) {
        right = left;
        was_unknown = true;
    }
    found = namespace_operator(name, left, right);
    if (found != 0 || !was_unknown)
        return found;
    base = type_base(left);
    return base == left ? 0 : namespace_operator(name, base, base);
}

static Oid select_one(int count, const Oid *types, FuncCandidate *all, bool *is_ambiguous)
{
    int left;
    FuncCandidate *fit = func_match(count, types, all, &left);

    if (left == 0)
        return 0;
    if (left > 1)
        fit = func_select(count, types, fit);
    *is_ambiguous = fit == NULL;
    return fit == NULL ? 0 : fit->oid;
}

static void fill_found(Oid oid, OperFound *found)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(oid));
    const PgOperator *op;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", oid));
    op = CACHE_ROW(PgOperator, row);
    *found = (OperFound){.oid = oid,
                         .left = op->oprleft,
                         .right = op->oprright,
                         .result = op->oprresult,
                         .function = op->oprcode,
                         .kind = op->oprkind};
}

/* The whole of it for either kind; left 0: a prefix operator. */
typedef struct FindCall {
    const List *name;
    Oid left, right;
    bool is_ambiguous;
    Oid found;
} FindCall;

static void call_find(void *arg)
{
    FindCall *call = arg;
    Oid types[2] = {call->left, call->right};
    FuncCandidate *all;

    if (call->left != 0) {
        call->found = find_exact(call->name, call->left, call->right);
        if (call->found == 0)
            call->found =
                select_one(2, types, namespace_operators(call->name, 'b'), &call->is_ambiguous);
        return;
    }
    call->found = namespace_operator(call->name, 0, call->right);
    if (call->found != 0)
        return;
    all = namespace_operators(call->name, 'l');
    for (FuncCandidate *c = all; c != NULL; c = c->next)
        c->args[0] = c->args[1];
    call->found = select_one(1, &call->right, all, &call->is_ambiguous);
}

static bool find(Scope *scope, const List *name, Oid left, Oid right, bool is_missing_ok,
                 int location, OperFound *found)
{
    FindCall call = {.name = name, .left = left, .right = right};

    call_find(&call);
    if (call.found == 0) {
        if (is_missing_ok)
            return false;
        raise_not_found(scope, name, left, right, call.is_ambiguous, location);
    }
    fill_found(call.found, found);
    return true;
}

bool oper_find(Scope *scope, const List *name, Oid left, Oid right, bool is_missing_ok,
               int location, OperFound *found)
{
    return find(scope, name, left == 0 ? right : left, right == 0 ? left : right, is_missing_ok,
                location, found);
}

bool oper_find_left(Scope *scope, const List *name, Oid arg, bool is_missing_ok, int location,
                    OperFound *found)
{
    return find(scope, name, 0, arg, is_missing_ok, location, found);
}

bool oper_find_compatible(Scope *scope, const List *name, Oid left, Oid right, int location,
                          OperFound *found)
{
    oper_find(scope, name, left, right, false, location, found);
    if (!type_is_binary(left, found->left) || !type_is_binary(right, found->right))
        scope_fail(scope, location, SQLSTATE_UNDEFINED_FUNCTION,
                   .message = err_fmt("operator requires run-time type coercion: %s",
                                      signature(name, left, right)));
    return true;
}

static void check_shell(Scope *scope, const List *name, const OperFound *op, int location)
{
    if (op->function == 0)
        scope_fail(scope, location, SQLSTATE_UNDEFINED_FUNCTION,
                   .message = err_fmt("operator is only a shell: %s",
                                      signature(name, op->left, op->right)));
}

static bool returns_set(Oid function)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    return row != NULL && CACHE_ROW(PgProc, row)->proretset;
}

Oid oper_function(Oid op)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcode;
}

void oper_sort_group(Oid type, bool needs_less, bool needs_equal, bool needs_greater,
                     TypeOperators *out)
{
    *out = *type_operators(type);
    if ((needs_less && out->less == 0) || (needs_greater && out->greater == 0))
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("could not identify an ordering operator for type %s",
                                     type_shown(type)),
                  .hint = "Use an explicit ordering operator or modify the query.");
    if (needs_equal && out->equal == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("could not identify an equality operator for type %s",
                                     type_shown(type)));
}

/* ---- Expressions ---- */

static Node *fit_arg(Scope *scope, Node *arg, Oid from, Oid to)
{
    if (from == to)
        return arg;
    return coerce_type(scope, arg, from, to, -1, COERCE_AS_IMPLICIT, COERCE_IMPLICIT,
                       NODE_NO_LOCATION);
}

static void find_for(Scope *scope, const List *name, const Node *left, const Node *right,
                     int location, OperFound *op)
{
    if (left == NULL)
        oper_find_left(scope, name, node_expr_type(right), false, location, op);
    else
        oper_find(scope, name, node_expr_type(left), node_expr_type(right), false, location, op);
    check_shell(scope, name, op, location);
}

Node *oper_make(Scope *scope, const List *name, Node *left, Node *right, Node *last_set,
                int location)
{
    OpExpr *made;
    OperFound op;
    Oid given[2], declared[2];
    int count = 0;

    find_for(scope, name, left, right, location, &op);
    made = node_new(OpExpr);
    if (left != NULL) {
        given[count] = node_expr_type(left);
        declared[count++] = op.left;
    }
    given[count] = node_expr_type(right);
    declared[count++] = op.right;
    made->type = coerce_check_polymorphic(given, declared, count, op.result, false);
    if (left != NULL)
        made->args = list_of(fit_arg(scope, left, given[0], declared[0]));
    made->args = list_add(made->args, fit_arg(scope, right, given[count - 1], declared[count - 1]));
    made->operator= op.oid;
    made->function = op.function;
    made->is_set = returns_set(op.function);
    made->loc = location;
    if (made->is_set) {
        func_check_set(scope, last_set, location);
        scope->last_set = (Node *)(void *)made;
    }
    return (Node *)(void *)made;
}

static _Noreturn void fail_array(Scope *scope, int location, const char *message)
{
    scope_fail(scope, location, SQLSTATE_WRONG_OBJECT_TYPE, .message = message);
}

Node *oper_make_array(Scope *scope, const List *name, bool is_any, Node *left, Node *right,
                      int location)
{
    ScalarArrayOpExpr *made = node_new(ScalarArrayOpExpr);
    Oid array = node_expr_type(right);
    Oid given[2], declared[2], result;
    OperFound op;

    given[0] = node_expr_type(left);
    given[1] = array == TYPE_UNKNOWN ? TYPE_UNKNOWN : type_base_element(array);
    if (given[1] == 0)
        fail_array(scope, location, "op ANY/ALL (array) requires array on right side");
    oper_find(scope, name, given[0], given[1], false, location, &op);
    check_shell(scope, name, &op, location);
    declared[0] = op.left;
    declared[1] = op.right;
    result = coerce_check_polymorphic(given, declared, 2, op.result, false);
    if (result != TYPE_BOOL)
        fail_array(scope, location, "op ANY/ALL (array) requires operator to yield boolean");
    if (returns_set(op.function))
        fail_array(scope, location, "op ANY/ALL (array) requires operator not to return a set");
    if (type_is_polymorphic(declared[1])) {
        declared[1] = array;
    } else {
        Oid element = declared[1];

        declared[1] = type_array(element);
        if (declared[1] == 0)
            scope_fail(scope, location, SQLSTATE_UNDEFINED_OBJECT,
                       .message = err_fmt("could not find array type for data type %s",
                                          type_shown(element)));
    }
    made->operator= op.oid;
    made->function = op.function;
    made->is_any = is_any;
    made->args = list_of2(fit_arg(scope, left, given[0], declared[0]),
                          fit_arg(scope, right, array, declared[1]));
    made->loc = location;
    return (Node *)(void *)made;
}

/* ---- Rows ---- */

static _Noreturn void fail_entries(Scope *scope, int location)
{
    scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
               .message = "unequal number of entries in row expressions");
}

static List *make_pairs(Scope *scope, const List *name, const List *left, const List *right,
                        int location)
{
    List *pairs = NULL;

    for (int i = 0; i < list_count(left); i++) {
        OpExpr *pair = (OpExpr *)(void *)oper_make(scope, name, list_at(left, i), list_at(right, i),
                                                   scope->last_set, location);

        if (pair->type != TYPE_BOOL)
            scope_fail(scope, location, SQLSTATE_DATATYPE_MISMATCH,
                       .message = err_fmt("row comparison operator must yield type boolean, not "
                                          "type %s",
                                          type_shown(pair->type)));
        if (expr_has_sets(pair))
            scope_fail(scope, location, SQLSTATE_DATATYPE_MISMATCH,
                       .message = "row comparison operator must not return a set");
        pairs = list_add(pairs, pair);
    }
    return pairs;
}

/* The family that says what all operators mean, and what it is; the least of several. */
static int common_meaning(Scope *scope, const List *name, const List *pairs,
                          BtreeMeaning **meanings, int *counts, int location)
{
    unsigned common = ~0u;

    for (int i = 0; i < list_count(pairs); i++) {
        const OpExpr *pair = list_at(pairs, i);
        unsigned own = 0;

        meanings[i] = operator_btree_meanings(pair->operator, & counts[i]);
        for (int j = 0; j < counts[i]; j++)
            own |= 1u << meanings[i][j].strategy;
        common &= own;
    }
    if (common == 0)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("could not determine interpretation of row comparison "
                                      "operator %s",
                                      ((const String *)list_last(name))->value),
                   .hint = "Row comparison operators must be associated with btree operator "
                           "families.");
    return __builtin_ctz(common);
}

static Node *make_row_compare(const List *pairs, int strategy, BtreeMeaning *const *meanings,
                              const int *counts)
{
    RowCompareExpr *made = node_new(RowCompareExpr);

    made->kind = (RowCompareKind)strategy;
    for (int i = 0; i < list_count(pairs); i++) {
        const OpExpr *pair = list_at(pairs, i);
        Oid family = 0;

        for (int j = 0; j < counts[i] && family == 0; j++) {
            if (meanings[i][j].strategy == strategy)
                family = meanings[i][j].family;
        }
        made->operators = list_add_oid(made->operators, pair->operator);
        made->families = list_add_oid(made->families, family);
        made->left = list_add(made->left, list_at(pair->args, 0));
        made->right = list_add(made->right, list_at(pair->args, 1));
    }
    return (Node *)(void *)made;
}

Node *expr_row_compare(Scope *scope, const List *name, List *left, List *right, int location)
{
    int count = list_count(left), strategy;
    BtreeMeaning **meanings;
    int *counts;
    List *pairs;

    if (count != list_count(right))
        fail_entries(scope, location);
    if (count == 0)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "cannot compare rows of zero length");
    pairs = make_pairs(scope, name, left, right, location);
    if (count == 1)
        return list_at(pairs, 0);
    meanings = mem_new_array(BtreeMeaning *, (size_t)count);
    counts = mem_new_array(int, (size_t)count);
    strategy = common_meaning(scope, name, pairs, meanings, counts, location);
    if (strategy == ROW_COMPARE_EQ)
        return (Node *)(void *)make_bool_expr(BOOL_AND, pairs, location);
    if (strategy == ROW_COMPARE_NE)
        return (Node *)(void *)make_bool_expr(BOOL_OR, pairs, location);
    return make_row_compare(pairs, strategy, meanings, counts);
}

static Node *distinct_one(Scope *scope, const List *name, Node *left, Node *right, int location)
{
    OpExpr *made = (OpExpr *)(void *)oper_make(scope, name, left, right, scope->last_set, location);

    if (made->type != TYPE_BOOL)
        scope_fail(scope, location, SQLSTATE_DATATYPE_MISMATCH,
                   .message = "IS DISTINCT FROM requires = operator to yield boolean");
    if (made->is_set)
        scope_fail(scope, location, SQLSTATE_DATATYPE_MISMATCH,
                   .message = "IS DISTINCT FROM must not return a set");
    made->tag = NODE_DistinctExpr;
    return (Node *)(void *)made;
}

Node *expr_distinct(Scope *scope, const List *name, Node *left, Node *right, int location)
{
    const RowExpr *a = (const RowExpr *)(const void *)left;
    const RowExpr *b = (const RowExpr *)(const void *)right;
    Node *all = NULL;

    if (!node_is(left, RowExpr) || !node_is(right, RowExpr))
        return distinct_one(scope, name, left, right, location);
    if (list_count(a->args) != list_count(b->args))
        fail_entries(scope, location);
    for (int i = 0; i < list_count(a->args); i++) {
        Node *one = distinct_one(scope, name, list_at(a->args, i), list_at(b->args, i), location);

        all = all == NULL ? one
                          : (Node *)(void *)make_bool_expr(BOOL_OR, list_of2(all, one), location);
    }
    return all != NULL ? all : (Node *)(void *)make_bool(false);
}
