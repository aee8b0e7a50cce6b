/*
 * plan_show.c - plans for queries of a real server, over a copy of its data directory
 *
 *     plan_show DIR FILE    records "SETTINGS\1TREE" ended by NUL: settings as NAME=VALUE;..., the
 *                           query's tree as the server printed it
 *     plan_show time DIR FILE    how long each takes
 *
 * What is printed has the lines of EXPLAIN that say what nodes there are, what they cost and how
 * many rows of which width they give; of other lines the words before the colon. The directory has
 * all rows frozen, so that nothing need be known of transactions.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/catalog/builtin.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock.h"
#include "server/lock/lock_object.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/object/role.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/planner.h"
#include "server/types/types.h"
#include "tests/lib/txn_rig.h"

#define BUFFERS  4000
#define NEXT_XID 1000000
#define ROUNDS   1000

/* ---- What catalogs say, for expressions ---- */

static void show_type(Oid type, TypeInfo *out)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    const PgType *facts;
    TypeOrder order;

    *out = (TypeInfo){0};
    if (row == NULL)
        return;
    facts = CACHE_ROW(PgType, row);
    *out = (TypeInfo){.len = facts->typlen,
                      .by_value = facts->typbyval,
                      .align = facts->typalign,
                      .storage = facts->typstorage,
                      .kind = facts->typtype,
                      .element = facts->typlen == -1 ? facts->typelem : 0,
                      .is_true_array = facts->typlen == -1 && facts->typelem != 0,
                      .base = facts->typbasetype,
                      .input = facts->typinput,
                      .output = facts->typoutput,
                      .io_param = facts->typelem != 0 ? facts->typelem : type};
    facts_type_order(type, &order);
    out->equal = order.equal == 0 ? 0 : facts_operator_function(order.equal);
    out->less = order.less == 0 ? 0 : facts_operator_function(order.less);
    if (order.btree_family != 0)
        out->compare = facts_family_function(order.btree_family, order.input, order.input, 1);
}

static void show_domain(Oid type, DomainInfo *out)
{
    (void)type;
    *out = (DomainInfo){0};
}

static char *text_of(Oid aggregate, const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_AGGFNOID, row, column, &is_null);

    (void)aggregate;
    if (is_null)
        return NULL;
    return mem_strndup((const char *)varlena_bytes(varlena_packed(datum_pointer(value))),
                       varlena_len(varlena_packed(datum_pointer(value))));
}

static void show_aggregate(Oid function, AggregateInfo *out)
{
    const HeapTuple *row = syscache_peek(CACHE_AGGFNOID, datum_of_u32(function));
    const PgAggregate *a;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "no such aggregate");
    a = CACHE_ROW(PgAggregate, row);
    *out = (AggregateInfo){.transition = a->aggtransfn,
                           .final = a->aggfinalfn,
                           .kind = a->aggkind,
                           .direct_args = (unsigned)a->aggnumdirectargs,
                           .transition_type = a->aggtranstype,
                           .sort_operator = a->aggsortop};
    out->initial = text_of(function, row, PG_AGGREGATE_COL_AGGINITVAL);
}

static const TupleDesc *show_row(Oid type, int32_t typmod)
{
    (void)type;
    (void)typmod;
    return NULL;
}

static const CatalogInfo info = {.type = show_type,
                                 .domain = show_domain,
                                 .aggregate = show_aggregate,
                                 .operator_function = facts_operator_function,
                                 .support = facts_family_function,
                                 .row_desc = show_row};

/* ---- Printing ---- */

static const PlannedStmt *statement;

static const char *relation_name(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(oid));

    return row == NULL ? "?" : mem_strdup(CACHE_ROW(PgClass, row)->relname);
}

static const char *entry_name(uint32_t rt_index)
{
    const RangeTblEntry *rte = list_at(statement->range_table, (int)rt_index - 1);

    if (rte->kind == RTE_RELATION)
        return relation_name(rte->relation);
    if (strchr(rte->names->name, '*') == NULL)
        return rte->names->name;
    /* The test leaves out what stands behind a blank. */
    return strchr(rte->names->name, ' ') == NULL
               ? mem_printf("\"%s\"", rte->names->name)
               : mem_printf("\"%.*s", (int)strcspn(rte->names->name, " "), rte->names->name);
}

static const char *function_name(const FunctionScan *scan)
{
    const RangeTblFunction *function = list_at(scan->functions, 0);
    const FuncExpr *call = (const FuncExpr *)(void *)function->call;
    PgProc row;

    if (list_count(scan->functions) != 1 || !node_is(call, FuncExpr))
        return entry_name(scan->rt_index);
    facts_function(call->function, &row);
    return mem_strdup(row.proname);
}

static const char *join_suffix(const Join *join)
{
    static const char *const names[] = {"", " Left", " Full", " Right", " Semi", " Anti"};

    return names[join->kind];
}

static const char *join_title(const char *base, const Join *join)
{
    if (join->kind == JOIN_INNER)
        return join->tag == NODE_NestLoop ? base : mem_printf("%s Join", base);
    return mem_printf("%s%s Join", base, join_suffix(join));
}

static const char *agg_title(const Agg *agg)
{
    switch (agg->strategy) {
    case AGG_PLAIN:
        return "Aggregate";
    case AGG_SORTED:
        return "GroupAggregate";
    case AGG_HASHED:
        return "HashAggregate";
    default:
        return "MixedAggregate";
    }
}

static const char *modify_title(const ModifyTable *modify)
{
    static const char *const names[] = {
        [COMMAND_INSERT] = "Insert", [COMMAND_UPDATE] = "Update", [COMMAND_DELETE] = "Delete"};

    return mem_printf("%s on %s", names[modify->operation], entry_name(modify->nominal_relation));
}

static const char *scan_title(const char *base, const Plan *plan)
{
    return mem_printf("%s on %s", base, entry_name(((const Scan *)plan)->rt_index));
}

static const char *index_title(const char *base, Oid index, bool is_backward, const Plan *plan)
{
    return mem_printf("%s%s using %s on %s", base, is_backward ? " Backward" : "",
                      relation_name(index), entry_name(((const Scan *)plan)->rt_index));
}

static const char *title(const Plan *plan)
{
    switch (plan->tag) {
    case NODE_Result:
        return "Result";
    case NODE_ProjectSet:
        return "ProjectSet";
    case NODE_Append:
        return "Append";
    case NODE_MergeAppend:
        return "Merge Append";
    case NODE_RecursiveUnion:
        return "Recursive Union";
    case NODE_BitmapAnd:
        return "BitmapAnd";
    case NODE_BitmapOr:
        return "BitmapOr";
    case NODE_SeqScan:
        return scan_title("Seq Scan", plan);
    case NODE_IndexScan:
        return index_title("Index Scan", ((const IndexScan *)plan)->index,
                           ((const IndexScan *)plan)->is_backward, plan);
    case NODE_IndexOnlyScan:
        return index_title("Index Only Scan", ((const IndexOnlyScan *)plan)->index,
                           ((const IndexOnlyScan *)plan)->is_backward, plan);
    case NODE_BitmapIndexScan:
        return mem_printf("Bitmap Index Scan on %s",
                          relation_name(((const BitmapIndexScan *)plan)->index));
    case NODE_BitmapHeapScan:
        return scan_title("Bitmap Heap Scan", plan);
    case NODE_TidScan:
        return scan_title("Tid Scan", plan);
    case NODE_TidRangeScan:
        return scan_title("Tid Range Scan", plan);
    case NODE_SampleScan:
        return scan_title("Sample Scan", plan);
    case NODE_SubqueryScan:
        return scan_title("Subquery Scan", plan);
    case NODE_FunctionScan:
        return mem_printf("Function Scan on %s", function_name((const FunctionScan *)plan));
    case NODE_ValuesScan:
        return "Values Scan on \"*VALUES*\"";
    case NODE_CteScan:
        return mem_printf("CTE Scan on %s",
                          ((RangeTblEntry *)list_at(statement->range_table,
                                                    (int)((const Scan *)plan)->rt_index - 1))
                              ->cte);
    case NODE_WorkTableScan:
        return mem_printf("WorkTable Scan on %s",
                          ((RangeTblEntry *)list_at(statement->range_table,
                                                    (int)((const Scan *)plan)->rt_index - 1))
                              ->cte);
    case NODE_NestLoop:
        return join_title("Nested Loop", (const Join *)plan);
    case NODE_MergeJoin:
        return join_title("Merge", (const Join *)plan);
    case NODE_HashJoin:
        return join_title("Hash", (const Join *)plan);
    case NODE_Hash:
        return "Hash";
    case NODE_Material:
        return "Materialize";
    case NODE_Memoize:
        return "Memoize";
    case NODE_Sort:
        return "Sort";
    case NODE_IncrementalSort:
        return "Incremental Sort";
    case NODE_Group:
        return "Group";
    case NODE_Agg:
        return agg_title((const Agg *)plan);
    case NODE_WindowAgg:
        return "WindowAgg";
    case NODE_Unique:
        return "Unique";
    case NODE_SetOpPlan: {
        const SetOpPlan *set = (const SetOpPlan *)plan;

        return mem_printf("%s %s%s", set->strategy == SET_OP_BY_HASH ? "HashSetOp" : "SetOp",
                          set->op == SET_OP_INTERSECT ? "Intersect" : "Except",
                          set->is_all ? " All" : "");
    }
    case NODE_LockRows:
        return "LockRows";
    case NODE_Limit:
        return "Limit";
    case NODE_ModifyTable:
        return modify_title((const ModifyTable *)plan);
    default:
        return node_kind_name(plan->tag);
    }
}

static void show(const Plan *plan, int indent, bool has_arrow);

/* Without what stands in brackets. */
static int name_len(const char *name)
{
    int len = (int)strcspn(name, "(");

    return len > 0 && name[len - 1] == ' ' ? len - 1 : len;
}

static void detail(int indent, const char *label, const void *list)
{
    if (list != NULL)
        printf("%*s%s\n", indent, "", label);
}

static void details(const Plan *plan, int indent)
{
    switch (plan->tag) {
    case NODE_IndexScan:
        detail(indent, "Index Cond", ((const IndexScan *)plan)->index_quals);
        break;
    case NODE_IndexOnlyScan:
        detail(indent, "Index Cond", ((const IndexOnlyScan *)plan)->index_quals);
        break;
    case NODE_BitmapIndexScan:
        detail(indent, "Index Cond", ((const BitmapIndexScan *)plan)->index_quals);
        break;
    case NODE_BitmapHeapScan:
        detail(indent, "Recheck Cond", ((const BitmapHeapScan *)plan)->recheck_quals);
        break;
    case NODE_TidScan:
        detail(indent, "TID Cond", ((const TidScan *)plan)->tids);
        break;
    case NODE_TidRangeScan:
        detail(indent, "TID Cond", ((const TidRangeScan *)plan)->range_quals);
        break;
    case NODE_MergeJoin:
        detail(indent, "Merge Cond", ((const MergeJoin *)plan)->keys);
        detail(indent, "Join Filter", ((const Join *)plan)->join_quals);
        break;
    case NODE_HashJoin:
        detail(indent, "Hash Cond", ((const HashJoin *)plan)->keys);
        detail(indent, "Join Filter", ((const Join *)plan)->join_quals);
        break;
    case NODE_NestLoop:
        detail(indent, "Join Filter", ((const Join *)plan)->join_quals);
        break;
    case NODE_Memoize:
        detail(indent, "Cache Key", plan);
        detail(indent, "Cache Mode", plan);
        break;
    case NODE_Sort:
        detail(indent, "Sort Key", plan);
        break;
    case NODE_IncrementalSort:
        detail(indent, "Sort Key", plan);
        detail(indent, "Presorted Key", plan);
        break;
    case NODE_MergeAppend:
        detail(indent, "Sort Key", plan);
        break;
    case NODE_Agg:
        detail(indent, "Group Key", ((const Agg *)plan)->keys);
        break;
    case NODE_Group:
        detail(indent, "Group Key", plan);
        break;
    case NODE_Result:
        detail(indent, "One-Time Filter", ((const Result *)plan)->constant_quals);
        break;
    case NODE_ModifyTable:
        if (((const ModifyTable *)plan)->on_conflict != ON_CONFLICT_NONE) {
            detail(indent, "Conflict Resolution", plan);
            detail(indent, "Conflict Arbiter Indexes",
                   ((const ModifyTable *)plan)->arbiter_indexes);
            detail(indent, "Conflict Filter", ((const ModifyTable *)plan)->conflict_where);
        }
        break;
    default:
        break;
    }
    detail(indent, "Filter", plan->quals);
}

static void show_list(const List *plans, int indent)
{
    list_foreach(Plan *, plan, plans)
        show(plan, indent, true);
}

static bool find_subplans(Node *node, void *arg)
{
    List **found = arg;

    if (node_is(node, SubPlan) && !list_has_equal(*found, node))
        *found = list_add(*found, node);
    return node_walk(node, find_subplans, arg);
}

static void show_subplans(const Plan *plan, int indent)
{
    List *found = NULL;

    if (plan->targets != NULL)
        node_walk(as_node(plan->targets), find_subplans, &found);
    if (plan->quals != NULL)
        node_walk(as_node(plan->quals), find_subplans, &found);
    if (plan->tag == NODE_NestLoop || plan->tag == NODE_HashJoin || plan->tag == NODE_MergeJoin) {
        if (((const Join *)plan)->join_quals != NULL)
            node_walk(as_node(((const Join *)plan)->join_quals), find_subplans, &found);
    }
    list_foreach(SubPlan *, sub, found) {
        printf("%*s%s\n", indent, "", sub->name);
        show(list_at(statement->subplans, sub->plan - 1), indent + 2, true);
    }
}

static void show(const Plan *plan, int indent, bool has_arrow)
{
    printf("%*s%s%s  (cost=%.2f..%.2f rows=%.0f width=%d)\n", indent, "", has_arrow ? "->  " : "",
           title(plan), plan->startup_cost, plan->total_cost, plan->rows, plan->width);
    indent += has_arrow ? 6 : 2;
    details(plan, indent);
    list_foreach(SubPlan *, init, plan->init_plans) {
        printf("%*s%.*s\n", indent, "", name_len(init->name), init->name);
        show(list_at(statement->subplans, init->plan - 1), indent + 2, true);
    }
    if (plan->left != NULL)
        show(plan->left, indent, true);
    if (plan->right != NULL)
        show(plan->right, indent, true);
    if (plan->tag == NODE_SubqueryScan)
        show(((const SubqueryScan *)plan)->subplan, indent, true);
    else if (plan->tag == NODE_Append)
        show_list(((const Append *)plan)->plans, indent);
    else if (plan->tag == NODE_MergeAppend)
        show_list(((const MergeAppend *)plan)->plans, indent);
    else if (plan->tag == NODE_BitmapAnd)
        show_list(((const BitmapAnd *)plan)->plans, indent);
    else if (plan->tag == NODE_BitmapOr)
        show_list(((const BitmapOr *)plan)->plans, indent);
    show_subplans(plan, indent);
}

/* ---- Records ---- */

static void set_one(const char *name, const char *value)
{
#define SET_BOOL(field, context, group, flags, initial, text) \
 if (strcmp(name, #field) == 0)                               \
  setting.field = strcmp(value, "on") == 0;
#define SET_INT(field, context, group, flags, unit, initial, min, max, text) \
 if (strcmp(name, #field) == 0)                                              \
  setting.field = (int)strtol(value, NULL, 10);
#define SET_REAL(field, context, group, flags, unit, initial, min, max, text) \
 if (strcmp(name, #field) == 0)                                               \
  setting.field = strtod(value, NULL);
#define SET_STRING(field, context, group, flags, initial, text)
#define SET_ENUM(field, context, group, flags, set, initial, text)
#include "server/config/guc.def"

#define OWNER 10
#undef SET_BOOL
#undef SET_INT
#undef SET_REAL
#undef SET_STRING
#undef SET_ENUM
}

static void set_all(char *settings)
{
    for (char *next, *at = settings; *at != 0; at = next) {
        char *equal = strchr(at, '=');

        next = strchr(at, ';');
        next = next == NULL ? at + strlen(at) : next + 1;
        if (next > at && next[-1] == ';')
            next[-1] = 0;
        if (equal == NULL)
            continue;
        *equal = 0;
        set_one(at, equal + 1);
    }
}

static void plan_one(char *record)
{
    char *tree = strchr(record, '\1');
    List *queries;

    *tree++ = 0;
    set_all(record);
    queries = node_read_text(tree);
    statement = planner_plan(list_at(queries, 0), NULL, 0, NULL);
    show(statement->plan, 0, false);
}

static void time_one(char *record)
{
    char *tree = strchr(record, '\1');
    List *queries;
    int64_t spent = 0;

    *tree++ = 0;
    set_all(record);
    queries = node_read_text(tree);
    for (int i = 0; i < ROUNDS; i++) {
        MemContext *mem = mem_context_new(mem_current(), "planning");

        MEM_SCOPE(mem) {
            Query *query = node_copy(list_at(queries, 0));
            int64_t begin = (int64_t)clock_monotonic_ns();

            statement = planner_plan(query, NULL, 0, NULL);
            spent += (int64_t)clock_monotonic_ns() - begin;
        }
        mem_delete(mem);
    }
    printf("%.1f us\n", (double)spent / 1000.0 / ROUNDS);
}

static void take(void (*one)(char *), char *record)
{
    MemContext *mem = mem_context_new(NULL, "record"), *before = mem_current();

    ERR_TRY() {
        txn_start_command();
        MEM_SCOPE(mem) {
            one(record);
        }
        txn_end_command();
    }
    ERR_CATCH() {
        printf("ERROR: %s\n", err_caught()->message);
        txn_abort_current();
    }
    ERR_END();
    mem_switch(before);
    printf("====\n");
    mem_delete(mem);
}

static void begin(void)
{
    static TxnHook hooks[] = {
        {.name = "caches"}, {.name = "lock", .on_event = lock_on_txn_event}, {.name = NULL}};

    hooks[0] = cache_txn_hook;
    txn_set_hooks(hooks);
    cache_install();
    lock_set_hooks(
        &(LockHooks){.is_shared = catalog_is_shared, .accept_invalidations = inval_accept});
    cache_begin();
    cache_open_database(DATABASE_POSTGRES, TABLESPACE_DEFAULT);
    /* Statistics of what the user may not read are not used. */
    role_begin(OWNER, true);
    catalog_info_set(&info);
    node_expr_bind(facts_array_type);
}

int main(int argc, char **argv)
{
    bool is_timed = argc > 3;
    const char *dir = argv[argc - 2], *file = argv[argc - 1];
    TxnRig rig;
    size_t len;
    char *bytes;

    if (argc < 3)
        return 2;
    bytes = os_file_read_all(file, GIB(1), &len);
    builtin_bind(types_builtins, types_builtin_count);
    txn_rig_open(
        &rig,
        &(TxnRigConfig){.dir = dir, .next_xid = NEXT_XID, .buffers = BUFFERS, .has_locks = true});
    begin();
    for (char *record = bytes, *next; record < bytes + len; record = next) {
        next = record + strlen(record) + 1;
        take(is_timed ? time_one : plan_one, record);
    }
    return 0;
}
