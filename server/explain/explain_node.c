/*
 * explain_node.c - what is told of each node of a plan
 *
 * A node has a line with its name, costs and, when it was run, times and rows; then properties, in
 * an order that is the same for all kinds; then the nodes below.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/explain/explain_int.h"
#include "server/expr/catalog_info.h"

static void tell_node(Explain *x, const ExplainPath *path, const ExecCount *count);
static void tell_children(Explain *x, const ExplainPath *path);

static bool is_text(const Explain *x)
{
    return x->out.format == EXPLAIN_TEXT;
}

/* ---- Names ---- */

typedef struct NodeName {
    const char *type;     /* "Node Type" */
    const char *text;     /* on the line, when it is another; NULL */
    const char *strategy; /* and the next: properties; NULL */
    const char *operation;
} NodeName;

static const char *join_name(JoinKind kind)
{
    static const char *const names[] = {
        [JOIN_INNER] = "Inner", [JOIN_LEFT] = "Left", [JOIN_FULL] = "Full",
        [JOIN_RIGHT] = "Right", [JOIN_SEMI] = "Semi", [JOIN_ANTI] = "Anti"};

    return names[kind];
}

static void name_agg(const Agg *agg, NodeName *out)
{
    out->type = "Aggregate";
    switch (agg->strategy) {
    case AGG_PLAIN:
        out->strategy = "Plain";
        break;
    case AGG_SORTED:
        out->text = "GroupAggregate";
        out->strategy = "Sorted";
        break;
    case AGG_HASHED:
        out->text = "HashAggregate";
        out->strategy = "Hashed";
        break;
    default:
        out->text = "MixedAggregate";
        out->strategy = "Mixed";
    }
}

static void name_modify(const ModifyTable *modify, NodeName *out)
{
    out->type = "ModifyTable";
    switch (modify->operation) {
    case COMMAND_INSERT:
        out->text = out->operation = "Insert";
        break;
    case COMMAND_UPDATE:
        out->text = out->operation = "Update";
        break;
    case COMMAND_DELETE:
        out->text = out->operation = "Delete";
        break;
    default:
        out->text = out->operation = "Merge";
    }
}

static void name_set_op(const SetOpPlan *plan, NodeName *out)
{
    bool is_hashed = plan->strategy == SET_OP_BY_HASH;

    out->type = "SetOp";
    out->text = is_hashed ? "HashSetOp" : "SetOp";
    out->strategy = is_hashed ? "Hashed" : "Sorted";
    if (plan->op == SET_OP_INTERSECT)
        out->operation = plan->is_all ? "Intersect All" : "Intersect";
    else
        out->operation = plan->is_all ? "Except All" : "Except";
}

static const struct {
    NodeTag tag;
    const char *name;
} names[] = {
    {NODE_Append, "Append"},
    {NODE_BitmapAnd, "BitmapAnd"},
    {NODE_BitmapHeapScan, "Bitmap Heap Scan"},
    {NODE_BitmapIndexScan, "Bitmap Index Scan"},
    {NODE_BitmapOr, "BitmapOr"},
    {NODE_CteScan, "CTE Scan"},
    {NODE_FunctionScan, "Function Scan"},
    {NODE_Group, "Group"},
    {NODE_Hash, "Hash"},
    {NODE_HashJoin, "Hash Join"},
    {NODE_IncrementalSort, "Incremental Sort"},
    {NODE_IndexOnlyScan, "Index Only Scan"},
    {NODE_IndexScan, "Index Scan"},
    {NODE_Limit, "Limit"},
    {NODE_LockRows, "LockRows"},
    {NODE_Material, "Materialize"},
    {NODE_Memoize, "Memoize"},
    {NODE_MergeAppend, "Merge Append"},
    {NODE_MergeJoin, "Merge Join"},
    {NODE_NamedStoreScan, "Named Tuplestore Scan"},
    {NODE_NestLoop, "Nested Loop"},
    {NODE_ProjectSet, "ProjectSet"},
    {NODE_RecursiveUnion, "Recursive Union"},
    {NODE_Result, "Result"},
    {NODE_SampleScan, "Sample Scan"},
    {NODE_SeqScan, "Seq Scan"},
    {NODE_Sort, "Sort"},
    {NODE_SubqueryScan, "Subquery Scan"},
    {NODE_TableFuncScan, "Table Function Scan"},
    {NODE_TidRangeScan, "Tid Range Scan"},
    {NODE_TidScan, "Tid Scan"},
    {NODE_Unique, "Unique"},
    {NODE_ValuesScan, "Values Scan"},
    {NODE_WindowAgg, "WindowAgg"},
    {NODE_WorkTableScan, "WorkTable Scan"},
};

static NodeName name_of(const Plan *plan)
{
    NodeName name = {.type = "???"};

    switch (plan->tag) {
    case NODE_Agg:
        name_agg((const Agg *)(const void *)plan, &name);
        return name;
    case NODE_ModifyTable:
        name_modify((const ModifyTable *)(const void *)plan, &name);
        return name;
    case NODE_SetOpPlan:
        name_set_op((const SetOpPlan *)(const void *)plan, &name);
        return name;
    default:
        break;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].tag == plan->tag)
            name.type = names[i].name;
    }
    return name;
}

static bool is_join(const Plan *plan)
{
    return plan->tag == NODE_NestLoop || plan->tag == NODE_MergeJoin || plan->tag == NODE_HashJoin;
}

/* ---- What a scan is of ---- */

static const char *function_name(Oid function, const char **schema)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    const char *name = NULL;

    if (row != NULL) {
        name = mem_strdup(CACHE_ROW(PgProc, row)->proname);
        *schema = schema_name(CACHE_ROW(PgProc, row)->pronamespace);
        syscache_unpin(row);
    }
    return name;
}

/* The thing's own name, beside the name that it has in the query; NULL: it has none. */
static const char *object_of(const Plan *plan, const RangeTblEntry *entry, const char **property,
                             const char **schema)
{
    *schema = NULL;
    switch (plan->tag) {
    case NODE_FunctionScan: {
        const List *functions = ((const FunctionScan *)(const void *)plan)->functions;
        const Node *call = ((const RangeTblFunction *)list_at(functions, 0))->call;

        *property = "Function Name";
        if (list_count(functions) != 1 || !node_is(call, FuncExpr))
            return NULL;
        return function_name(((const FuncExpr *)(const void *)call)->function, schema);
    }
    case NODE_CteScan:
    case NODE_WorkTableScan:
        *property = "CTE Name";
        return entry->cte;
    case NODE_ValuesScan:
    case NODE_SubqueryScan:
    case NODE_TableFuncScan:
        *property = NULL;
        return NULL;
    default:
        *property = "Relation Name";
        if (entry->kind == RTE_RELATION) {
            Relation *rel = relation_pin(entry->relation);

            if (rel != NULL) {
                *schema = schema_name(rel->schema);
                relation_unpin(rel);
            }
            return relation_name(entry->relation);
        }
        return NULL;
    }
}

static void tell_target(Explain *x, const Plan *plan, uint32_t rt_index)
{
    const RangeTblEntry *entry = list_at(x->plan->range_table, (int)rt_index - 1);
    const char *name = x->names[rt_index - 1], *property, *schema;
    const char *object = object_of(plan, entry, &property, &schema);

    if (name == NULL && entry->names != NULL)
        name = entry->names->name;
    if (!is_text(x)) {
        if (object != NULL && property != NULL)
            explain_text(&x->out, property, object);
        if (schema != NULL && x->options->verbose)
            explain_text(&x->out, "Schema", schema);
        if (name != NULL)
            explain_text(&x->out, "Alias", name);
        return;
    }
    strbuf_add(&x->out.text, " on");
    if (schema != NULL && x->options->verbose && object != NULL)
        strbuf_add_fmt(&x->out.text, " %s.%s", name_quoted(schema), name_quoted(object));
    else if (object != NULL)
        strbuf_add_fmt(&x->out.text, " %s", name_quoted(object));
    if (name != NULL && (object == NULL || strcmp(name, object) != 0))
        strbuf_add_fmt(&x->out.text, " %s", name_quoted(name));
}

static void tell_index(Explain *x, Oid index, const char *before, bool is_backward)
{
    const char *name = relation_name(index);

    if (is_text(x)) {
        if (is_backward)
            strbuf_add(&x->out.text, " Backward");
        strbuf_add_fmt(&x->out.text, " %s %s", before, name_quoted(name));
        return;
    }
    explain_text(&x->out, "Scan Direction", is_backward ? "Backward" : "Forward");
    explain_text(&x->out, "Index Name", name);
}

static bool is_scan_of_range(NodeTag tag)
{
    switch (tag) {
    case NODE_SeqScan:
    case NODE_SampleScan:
    case NODE_IndexScan:
    case NODE_IndexOnlyScan:
    case NODE_BitmapHeapScan:
    case NODE_TidScan:
    case NODE_TidRangeScan:
    case NODE_SubqueryScan:
    case NODE_FunctionScan:
    case NODE_ValuesScan:
    case NODE_CteScan:
    case NODE_WorkTableScan:
    case NODE_TableFuncScan:
        return true;
    default:
        return false;
    }
}

static bool note_entry(Node *node, void *arg)
{
    BitSet **used = arg;
    const void *plan = node;

    if (is_scan_of_range(node->tag)) {
        *used = bitset_add(*used, (int)((const Scan *)plan)->rt_index);
    } else if (node->tag == NODE_ModifyTable) {
        const ModifyTable *modify = plan;

        *used = bitset_add(*used, (int)modify->nominal_relation);
        if (modify->excluded_rt_index != 0)
            *used = bitset_add(*used, (int)modify->excluded_rt_index);
    }
    return node_walk(node, note_entry, arg);
}

BitSet *explain_used_entries(const PlannedStmt *plan)
{
    BitSet *used = NULL;

    note_entry((Node *)plan->plan, &used);
    list_foreach(Plan *, sub, plan->subplans) {
        if (sub != NULL)
            note_entry((Node *)sub, &used);
    }
    return used;
}

static void tell_object(Explain *x, const Plan *plan)
{
    if (plan->tag == NODE_IndexScan) {
        const IndexScan *scan = (const IndexScan *)(const void *)plan;

        tell_index(x, scan->index, "using", scan->is_backward);
    } else if (plan->tag == NODE_IndexOnlyScan) {
        const IndexOnlyScan *scan = (const IndexOnlyScan *)(const void *)plan;

        tell_index(x, scan->index, "using", scan->is_backward);
    } else if (plan->tag == NODE_BitmapIndexScan) {
        const char *name = relation_name(((const BitmapIndexScan *)(const void *)plan)->index);

        if (is_text(x))
            strbuf_add_fmt(&x->out.text, " on %s", name_quoted(name));
        else
            explain_text(&x->out, "Index Name", name);
    } else if (plan->tag == NODE_ModifyTable) {
        tell_target(x, plan, ((const ModifyTable *)(const void *)plan)->nominal_relation);
    }
    if (is_scan_of_range(plan->tag))
        tell_target(x, plan, ((const Scan *)(const void *)plan)->rt_index);
}

static void tell_join(Explain *x, const Plan *plan)
{
    JoinKind kind = ((const Join *)(const void *)plan)->kind;

    if (!is_text(x)) {
        explain_text(&x->out, "Join Type", join_name(kind));
    } else if (kind != JOIN_INNER) {
        /* "Hash Left Join", but "Nested Loop Left Join". */
        if (plan->tag != NODE_NestLoop)
            strbuf_cut(&x->out.text, x->out.text.len - strlen(" Join"));
        strbuf_add_fmt(&x->out.text, " %s Join", join_name(kind));
    }
}

/* ---- Costs and counts ---- */

static void tell_costs(Explain *x, const Plan *plan)
{
    if (!x->options->costs)
        return;
    if (is_text(x)) {
        strbuf_add_fmt(&x->out.text, "  (cost=%.2f..%.2f rows=%.0f width=%d)", plan->startup_cost,
                       plan->total_cost, plan->rows, plan->width);
        return;
    }
    explain_real(&x->out, "Startup Cost", NULL, plan->startup_cost, 2);
    explain_real(&x->out, "Total Cost", NULL, plan->total_cost, 2);
    explain_real(&x->out, "Plan Rows", NULL, plan->rows, 0);
    explain_int(&x->out, "Plan Width", NULL, plan->width);
}

static void tell_run(Explain *x, const ExecCount *count)
{
    double loops = count == NULL || count->loops == 0 ? 1 : (double)count->loops;
    double rows = count == NULL ? 0 : (double)count->rows / loops;

    if (!x->options->analyze || count == NULL)
        return;
    if (is_text(x)) {
        if (count->loops == 0)
            strbuf_add(&x->out.text, " (never executed)");
        else if (x->options->timing)
            strbuf_add_fmt(&x->out.text, " (actual time=%.3f..%.3f rows=%.0f loops=%.0f)",
                           count->startup_ms / loops, count->total_ms / loops, rows, loops);
        else
            strbuf_add_fmt(&x->out.text, " (actual rows=%.0f loops=%.0f)", rows, loops);
        return;
    }
    if (x->options->timing) {
        explain_real(&x->out, "Actual Startup Time", NULL, count->startup_ms / loops, 3);
        explain_real(&x->out, "Actual Total Time", NULL, count->total_ms / loops, 3);
    }
    explain_real(&x->out, "Actual Rows", NULL, rows, 0);
    explain_real(&x->out, "Actual Loops", NULL, (double)count->loops, 0);
}

/* ---- A node ---- */

static void tell_name(Explain *x, const Plan *plan, const char *relation, const char *label)
{
    NodeName name = name_of(plan);

    if (is_text(x)) {
        if (label != NULL) {
            explain_indent(&x->out);
            strbuf_add_fmt(&x->out.text, "%s\n", label);
            x->out.indent++;
        }
        if (x->out.indent > 0) {
            explain_indent(&x->out);
            strbuf_add(&x->out.text, "->  ");
            x->out.indent += 2;
        }
        strbuf_add(&x->out.text, name.text != NULL ? name.text : name.type);
        if (plan->tag == NODE_SetOpPlan)
            strbuf_add_fmt(&x->out.text, " %s", name.operation);
        x->out.indent++;
        return;
    }
    explain_text(&x->out, "Node Type", name.type);
    if (name.strategy != NULL)
        explain_text(&x->out, "Strategy", name.strategy);
    if (plan->tag == NODE_Agg)
        explain_text(&x->out, "Partial Mode", "Simple");
    if (name.operation != NULL)
        explain_text(&x->out, plan->tag == NODE_SetOpPlan ? "Command" : "Operation",
                     name.operation);
    if (relation != NULL)
        explain_text(&x->out, "Parent Relationship", relation);
    if (label != NULL)
        explain_text(&x->out, "Subplan Name", label);
    explain_bool(&x->out, "Parallel Aware", plan->is_parallel_aware);
    explain_bool(&x->out, "Async Capable", false);
}

static void tell_usage(Explain *x, const ExecCount *count)
{
    const ExecCount none = {.rows = 0};

    if (x->options->buffers)
        explain_buffers(&x->out, count != NULL ? &count->usage : &none.usage);
    if (x->options->wal)
        explain_wal(&x->out, count != NULL ? &count->usage : &none.usage);
}

void explain_plan_tree(Explain *x, const ExplainPath *path, const char *relation, const char *label)
{
    const Plan *plan = path->plan;
    int indent = x->out.indent;
    ExecCount counted, *count = NULL;

    if (x->exec != NULL && exec_count(x->exec, plan->id, &counted))
        count = &counted;
    explain_open(&x->out, "Plan", relation != NULL ? NULL : "Plan", false);
    tell_name(x, plan, relation, label);
    if (is_join(plan) && is_text(x)) {
        tell_join(x, plan);
        tell_object(x, plan);
    } else {
        tell_object(x, plan);
        if (is_join(plan))
            tell_join(x, plan);
    }
    tell_costs(x, plan);
    tell_run(x, count);
    if (is_text(x))
        strbuf_add_char(&x->out.text, '\n');
    tell_node(x, path, count);
    tell_usage(x, count);
    tell_children(x, path);
    if (is_text(x))
        x->out.indent = indent;
    explain_close(&x->out, "Plan", relation != NULL ? NULL : "Plan", false);
}

/* ---- Properties ---- */

static bool qualifies(const Explain *x)
{
    return !x->is_single || x->options->verbose;
}

static void tell_quals(Explain *x, const ExplainPath *path, const char *name, const List *quals,
                       bool is_qualified)
{
    if (quals != NULL)
        explain_text(&x->out, name, explain_quals(x, path, quals, is_qualified));
}

/* Conditions of a scan name its own columns alone, which need no relation before them. */
static void tell_scan_quals(Explain *x, const ExplainPath *path, const char *name,
                            const List *quals)
{
    bool is_subquery = path->plan->tag == NODE_SubqueryScan;

    tell_quals(x, path, name, quals, is_subquery || x->options->verbose);
}

static void tell_sample(Explain *x, const ExplainPath *path, const TableSampleClause *sample)
{
    const char *schema, *method = function_name(sample->handler, &schema);
    bool is_qualified = qualifies(x);
    Array texts;

    array_init(&texts, sizeof(const char *));
    list_foreach(const Node *, arg, sample->args)
        *(const char **)array_push(&texts) = explain_expr(x, path, arg, is_qualified);
    if (!is_text(x)) {
        explain_text(&x->out, "Sampling Method", method);
        explain_list(&x->out, "Sampling Parameters", &texts);
        if (sample->repeatable != NULL)
            explain_text(&x->out, "Repeatable Seed",
                         explain_expr(x, path, sample->repeatable, is_qualified));
        return;
    }
    explain_text(
        &x->out, "Sampling",
        mem_printf("%s (%s)%s", method, *(const char **)array_at(&texts, 0),
                   sample->repeatable == NULL
                       ? ""
                       : mem_printf(" REPEATABLE (%s)",
                                    explain_expr(x, path, sample->repeatable, is_qualified))));
}

static void tell_upper_quals(Explain *x, const ExplainPath *path, const char *name,
                             const List *quals)
{
    tell_quals(x, path, name, quals, qualifies(x));
}

static void tell_removed(Explain *x, const char *name, const ExecCount *count, uint64_t rows)
{
    if (!x->options->analyze || count == NULL || (is_text(x) && rows == 0))
        return;
    explain_real(&x->out, name, NULL, count->loops == 0 ? 0 : (double)rows / (double)count->loops,
                 0);
}

static void tell_filter(Explain *x, const ExplainPath *path, const ExecCount *count)
{
    const List *quals = path->plan->quals;

    if (quals == NULL)
        return;
    if (is_scan_of_range(path->plan->tag))
        tell_scan_quals(x, path, "Filter", quals);
    else
        tell_upper_quals(x, path, "Filter", quals);
    if (count != NULL)
        tell_removed(x, "Rows Removed by Filter", count, count->removed_by_filter);
}

static void tell_group_keys(Explain *x, const ExplainPath *path, const char *name, const List *keys)
{
    Array texts;

    if (keys == NULL)
        return;
    array_init(&texts, sizeof(const char *));
    list_foreach(const GroupKey *, key, keys)
        *(const char **)array_push(&texts) = explain_input(x, path, key->column, qualifies(x));
    explain_list(&x->out, name, &texts);
}

static void tell_sort_keys(Explain *x, const ExplainPath *path, const char *name, const List *keys,
                           int count)
{
    Array texts;

    array_init(&texts, sizeof(const char *));
    for (int i = 0; i < count; i++) {
        const SortKey *key = list_at(keys, i);
        const char *nulls = key->is_nulls_first == key->is_descending ? ""
                            : key->is_nulls_first                     ? " NULLS FIRST"
                                                                      : " NULLS LAST";

        *(const char **)array_push(&texts) =
            mem_printf("%s%s%s", explain_column(x, path, key->column, qualifies(x)),
                       key->is_descending ? " DESC" : "", nulls);
    }
    explain_list(&x->out, name, &texts);
}

/* One pass of grouping sets: in the order of its sort, if it has one, or by tables. */
static void tell_set_keys(Explain *x, const ExplainPath *path, const Agg *agg)
{
    bool is_hashed = agg->strategy == AGG_HASHED || agg->strategy == AGG_MIXED;
    const Sort *sort =
        agg == (const Agg *)(const void *)path->plan ? NULL : (const Sort *)(const void *)agg->left;
    const char *all = is_hashed ? "Hash Keys" : "Group Keys";

    explain_open(&x->out, "Grouping Set", NULL, false);
    if (sort != NULL) {
        tell_sort_keys(x, path, "Sort Key", sort->keys, list_count(sort->keys));
        if (is_text(x))
            x->out.indent++;
    }
    explain_open(&x->out, all, all, true);
    list_foreach(const List *, set, agg->sets) {
        Array texts;

        array_init(&texts, sizeof(const char *));
        for (int i = 0; i < list_count(set); i++) {
            const GroupKey *key = list_at(agg->keys, list_int_at(set, i));

            *(const char **)array_push(&texts) = explain_input(x, path, key->column, qualifies(x));
        }
        if (set == NULL && is_text(x))
            explain_text(&x->out, is_hashed ? "Hash Key" : "Group Key", "()");
        else
            explain_nested_list(&x->out, is_hashed ? "Hash Key" : "Group Key", &texts);
    }
    explain_close(&x->out, all, all, true);
    if (sort != NULL && is_text(x))
        x->out.indent--;
    explain_close(&x->out, "Grouping Set", NULL, false);
}

static void tell_grouping_sets(Explain *x, const ExplainPath *path, const Agg *agg)
{
    explain_open(&x->out, "Grouping Sets", "Grouping Sets", true);
    tell_set_keys(x, path, agg);
    list_foreach(const Agg *, chained, agg->chain)
        tell_set_keys(x, path, chained);
    explain_close(&x->out, "Grouping Sets", "Grouping Sets", true);
}

static void tell_output(Explain *x, const ExplainPath *path)
{
    const List *targets = path->plan->targets;
    Array texts;

    if (!x->options->verbose || targets == NULL || path->plan->tag == NODE_Append ||
        path->plan->tag == NODE_MergeAppend || path->plan->tag == NODE_RecursiveUnion)
        return;
    array_init(&texts, sizeof(const char *));
    list_foreach(const TargetEntry *, target, targets)
        *(const char **)array_push(&texts) = explain_expr(x, path, target->expr, !x->is_single);
    explain_list(&x->out, "Output", &texts);
}

static void tell_calls(Explain *x, const ExplainPath *path)
{
    const FunctionScan *scan = (const FunctionScan *)(const void *)path->plan;
    StrBuf calls;

    if (!x->options->verbose)
        return;
    strbuf_init(&calls);
    list_foreach(const RangeTblFunction *, function, scan->functions)
        strbuf_add_fmt(&calls, "%s%s", function_i > 0 ? ", " : "",
                       explain_expr(x, path, function->call, true));
    explain_text(&x->out, "Function Call", calls.text);
}

static List *join_conditions(const List *keys)
{
    List *conditions = NULL;

    list_foreach(const JoinKey *, key, keys) {
        OpExpr *op = node_new(OpExpr);

        op->operator= key->operator;
        op->args = list_of2(key->left, key->right);
        conditions = list_add(conditions, op);
    }
    return conditions;
}

static int64_t kilobytes(int64_t bytes)
{
    return (bytes + 1023) / 1024;
}

static void tell_sort_run(Explain *x, const ExecCount *count)
{
    bool is_disk = count->disk_bytes > 0;
    int64_t space = kilobytes(is_disk ? count->disk_bytes : count->memory_bytes);

    if (count->method == NULL)
        return;
    if (is_text(x)) {
        explain_indent(&x->out);
        strbuf_add_fmt(&x->out.text, "Sort Method: %s  %s: %lldkB\n", count->method,
                       is_disk ? "Disk" : "Memory", (long long)space);
        return;
    }
    explain_text(&x->out, "Sort Method", count->method);
    explain_int(&x->out, "Sort Space Used", NULL, space);
    explain_text(&x->out, "Sort Space Type", is_disk ? "Disk" : "Memory");
}

/* The table is the join's: what it took stands at the node between. */
static void tell_hash_run(Explain *x, const ExplainPath *path)
{
    ExecCount count;

    if (path->above == NULL || !exec_count(x->exec, path->above->plan->id, &count) ||
        count.buckets == 0)
        return;
    if (is_text(x)) {
        explain_indent(&x->out);
        if (count.batches != count.batches_planned || count.buckets != count.buckets_planned)
            strbuf_add_fmt(
                &x->out.text,
                "Buckets: %llu (originally %llu)  Batches: %llu (originally %llu)  "
                "Memory Usage: %lldkB\n",
                (unsigned long long)count.buckets, (unsigned long long)count.buckets_planned,
                (unsigned long long)count.batches, (unsigned long long)count.batches_planned,
                (long long)kilobytes(count.memory_bytes));
        else
            strbuf_add_fmt(&x->out.text, "Buckets: %llu  Batches: %llu  Memory Usage: %lldkB\n",
                           (unsigned long long)count.buckets, (unsigned long long)count.batches,
                           (long long)kilobytes(count.memory_bytes));
        return;
    }
    explain_int(&x->out, "Hash Buckets", NULL, (int64_t)count.buckets);
    explain_int(&x->out, "Original Hash Buckets", NULL, (int64_t)count.buckets_planned);
    explain_int(&x->out, "Hash Batches", NULL, (int64_t)count.batches);
    explain_int(&x->out, "Original Hash Batches", NULL, (int64_t)count.batches_planned);
    explain_int(&x->out, "Peak Memory Usage", NULL, kilobytes(count.memory_bytes));
}

static void tell_agg_run(Explain *x, const ExecCount *count)
{
    if (count->batches == 0)
        return;
    if (is_text(x)) {
        explain_indent(&x->out);
        strbuf_add_fmt(&x->out.text, "Batches: %llu  Memory Usage: %lldkB",
                       (unsigned long long)count->batches,
                       (long long)kilobytes(count->memory_bytes));
        if (count->disk_bytes > 0)
            strbuf_add_fmt(&x->out.text, "  Disk Usage: %lldkB",
                           (long long)kilobytes(count->disk_bytes));
        strbuf_add_char(&x->out.text, '\n');
        return;
    }
    explain_int(&x->out, "HashAgg Batches", NULL, (int64_t)count->batches);
    explain_int(&x->out, "Peak Memory Usage", NULL, kilobytes(count->memory_bytes));
    explain_int(&x->out, "Disk Usage", NULL, kilobytes(count->disk_bytes));
}

static void tell_bitmap_run(Explain *x, const ExecCount *count)
{
    if (!is_text(x)) {
        explain_int(&x->out, "Exact Heap Blocks", NULL, (int64_t)count->exact_pages);
        explain_int(&x->out, "Lossy Heap Blocks", NULL, (int64_t)count->lossy_pages);
        return;
    }
    if (count->exact_pages == 0 && count->lossy_pages == 0)
        return;
    explain_indent(&x->out);
    strbuf_add(&x->out.text, "Heap Blocks:");
    if (count->exact_pages > 0)
        strbuf_add_fmt(&x->out.text, " exact=%llu", (unsigned long long)count->exact_pages);
    if (count->lossy_pages > 0)
        strbuf_add_fmt(&x->out.text, " lossy=%llu", (unsigned long long)count->lossy_pages);
    strbuf_add_char(&x->out.text, '\n');
}

static void tell_conflict(Explain *x, const Plan *plan, const ExecCount *count)
{
    const ModifyTable *modify = (const ModifyTable *)(const void *)plan;
    ExecCount below;
    Array texts;

    if (modify->on_conflict == ON_CONFLICT_NONE)
        return;
    explain_text(&x->out, "Conflict Resolution",
                 modify->on_conflict == ON_CONFLICT_NOTHING ? "NOTHING" : "UPDATE");
    if (modify->arbiter_indexes != NULL) {
        array_init(&texts, sizeof(const char *));
        for (int i = 0; i < list_count(modify->arbiter_indexes); i++)
            *(const char **)array_push(&texts) =
                relation_name(list_oid_at(modify->arbiter_indexes, i));
        explain_list(&x->out, "Conflict Arbiter Indexes", &texts);
    }
    if (x->options->analyze && count != NULL && exec_count(x->exec, plan->left->id, &below)) {
        explain_int(&x->out, "Tuples Inserted", NULL,
                    (int64_t)below.rows - (int64_t)count->conflicts);
        explain_int(&x->out, "Conflicting Tuples", NULL, (int64_t)count->conflicts);
    }
}

static const List *index_quals_of(const Plan *plan)
{
    switch (plan->tag) {
    case NODE_IndexScan:
        return ((const IndexScan *)(const void *)plan)->index_quals;
    case NODE_IndexOnlyScan:
        return ((const IndexOnlyScan *)(const void *)plan)->index_quals;
    default:
        return ((const BitmapIndexScan *)(const void *)plan)->index_quals;
    }
}

static void *tid_condition(const TidScan *scan, Node *tid)
{
    bool is_array = node_is(tid, IndexKey) && ((IndexKey *)(void *)tid)->is_array;
    Node *value = node_is(tid, IndexKey) ? ((IndexKey *)(void *)tid)->value : tid;
    Var *ctid = node_new(Var);
    OpExpr *op = node_new(OpExpr);
    ScalarArrayOpExpr *any = node_new(ScalarArrayOpExpr);

    if (node_is(tid, CurrentOfExpr))
        return tid;
    ctid->rt_index = (int)scan->rt_index;
    ctid->attno = -1;
    ctid->type = 27;
    op->operator= any->operator= 387; /* tid = tid */
    op->args = any->args = list_of2(ctid, value);
    any->is_any = true;
    return is_array ? (void *)any : (void *)op;
}

static List *tid_conditions(const TidScan *scan)
{
    List *conditions = NULL;

    list_foreach(Node *, tid, scan->tids)
        conditions = list_add(conditions, tid_condition(scan, tid));
    return conditions;
}

/* One flat switch over the kinds (STYLE 12). */
static void tell_node(Explain *x, const ExplainPath *path, const ExecCount *count)
{
    const Plan *plan = path->plan;
    bool was_run = x->options->analyze && count != NULL;

    tell_output(x, path);
    switch (plan->tag) {
    case NODE_IndexScan:
    case NODE_IndexOnlyScan:
        tell_scan_quals(x, path, "Index Cond", index_quals_of(plan));
        if (was_run && index_quals_of(plan) != NULL)
            tell_removed(x, "Rows Removed by Index Recheck", count, 0);
        tell_filter(x, path, count);
        if (was_run && plan->tag == NODE_IndexOnlyScan)
            explain_int(&x->out, "Heap Fetches", NULL, (int64_t)count->heap_fetches);
        return;
    case NODE_BitmapIndexScan:
        tell_scan_quals(x, path, "Index Cond", index_quals_of(plan));
        return;
    case NODE_BitmapHeapScan:
        tell_scan_quals(x, path, "Recheck Cond",
                        ((const BitmapHeapScan *)(const void *)plan)->recheck_quals);
        if (was_run)
            tell_removed(x, "Rows Removed by Index Recheck", count, count->removed_by_join_filter);
        tell_filter(x, path, count);
        if (was_run)
            tell_bitmap_run(x, count);
        return;
    case NODE_FunctionScan:
        tell_calls(x, path);
        break;
    case NODE_SampleScan:
        tell_sample(x, path, ((const SampleScan *)(const void *)plan)->sample);
        break;
    case NODE_TidScan:
        tell_scan_quals(x, path, "TID Cond", tid_conditions((const TidScan *)(const void *)plan));
        break;
    case NODE_NestLoop:
    case NODE_HashJoin:
    case NODE_MergeJoin: {
        const List *keys = plan->tag == NODE_HashJoin ? ((const HashJoin *)(const void *)plan)->keys
                           : plan->tag == NODE_MergeJoin
                               ? ((const MergeJoin *)(const void *)plan)->keys
                               : NULL;
        bool is_unique = ((const Join *)(const void *)plan)->is_inner_unique;

        if (!is_text(x) || (x->options->verbose && is_unique))
            explain_bool(&x->out, "Inner Unique", is_unique);
        tell_upper_quals(x, path, plan->tag == NODE_HashJoin ? "Hash Cond" : "Merge Cond",
                         join_conditions(keys));
        tell_upper_quals(x, path, "Join Filter", ((const Join *)(const void *)plan)->join_quals);
        if (was_run && ((const Join *)(const void *)plan)->join_quals != NULL)
            tell_removed(x, "Rows Removed by Join Filter", count, count->removed_by_join_filter);
        break;
    }
    case NODE_Agg:
        if (((const Agg *)(const void *)plan)->sets != NULL)
            tell_grouping_sets(x, path, (const Agg *)(const void *)plan);
        else
            tell_group_keys(x, path, "Group Key", ((const Agg *)(const void *)plan)->keys);
        tell_filter(x, path, count);
        /* How it is parted is seen when memory runs out, and not planned. */
        if (!is_text(x) && x->options->costs &&
            ((const Agg *)(const void *)plan)->strategy == AGG_HASHED)
            explain_int(&x->out, "Planned Partitions", NULL, 0);
        if (was_run)
            tell_agg_run(x, count);
        return;
    case NODE_Group:
        tell_group_keys(x, path, "Group Key", ((const Group *)(const void *)plan)->keys);
        break;
    case NODE_Sort: {
        const List *keys = ((const Sort *)(const void *)plan)->keys;

        tell_sort_keys(x, path, "Sort Key", keys, list_count(keys));
        if (was_run)
            tell_sort_run(x, count);
        return;
    }
    case NODE_IncrementalSort: {
        const IncrementalSort *sort = (const IncrementalSort *)(const void *)plan;

        tell_sort_keys(x, path, "Sort Key", sort->keys, list_count(sort->keys));
        tell_sort_keys(x, path, "Presorted Key", sort->keys, sort->presorted_count);
        return;
    }
    case NODE_MergeAppend: {
        const List *keys = ((const MergeAppend *)(const void *)plan)->keys;

        tell_sort_keys(x, path, "Sort Key", keys, list_count(keys));
        return;
    }
    case NODE_Result:
        tell_upper_quals(x, path, "One-Time Filter",
                         ((const Result *)(const void *)plan)->constant_quals);
        break;
    case NODE_Hash:
        if (was_run)
            tell_hash_run(x, path);
        return;
    case NODE_Memoize: {
        const Memoize *memo = (const Memoize *)(const void *)plan;

        explain_text(&x->out, "Cache Key", explain_expr(x, path, memo->keys, qualifies(x)));
        explain_text(&x->out, "Cache Mode", memo->is_binary ? "binary" : "logical");
        return;
    }
    case NODE_WindowAgg:
        tell_upper_quals(x, path, "Run Condition",
                         ((const WindowAgg *)(const void *)plan)->run_condition_original);
        break;
    case NODE_ModifyTable:
        tell_conflict(x, plan, count);
        return;
    default:
        break;
    }
    tell_filter(x, path, count);
}

/* ---- The nodes below ---- */

static void tell_subplan(Explain *x, const ExplainPath *path, const SubPlan *sub,
                         const char *relation)
{
    const Plan *plan = list_at(x->plan->subplans, sub->plan - 1);
    int indent = x->out.indent;

    if (plan != NULL)
        explain_plan_tree(x, &(ExplainPath){.above = path, .plan = plan, .sub = sub}, relation,
                          sub->name);
    x->out.indent = is_text(x) ? indent : x->out.indent;
}

typedef struct SubPlans {
    List *list; /* of SubPlan */
} SubPlans;

static bool note_subplan(Node *node, void *arg)
{
    SubPlans *found = arg;

    if (node_is(node, SubPlan)) {
        found->list = list_add(found->list, node);
        return false;
    }
    return node_walk(node, note_subplan, arg);
}

/* Those that stand in expressions of the node itself. */
static List *subplans_of(const Plan *plan)
{
    SubPlans found = {.list = NULL};
    const void *trees[] = {plan->targets, plan->quals, NULL, NULL};

    if (is_join(plan))
        trees[2] = ((const Join *)(const void *)plan)->join_quals;
    if (plan->tag == NODE_Result)
        trees[3] = ((const Result *)(const void *)plan)->constant_quals;
    for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
        if (trees[i] != NULL)
            note_subplan((Node *)(uintptr_t)trees[i], &found);
    }
    return found.list;
}

static const List *members_of(const Plan *plan)
{
    switch (plan->tag) {
    case NODE_Append:
        return ((const Append *)(const void *)plan)->plans;
    case NODE_MergeAppend:
        return ((const MergeAppend *)(const void *)plan)->plans;
    case NODE_BitmapAnd:
        return ((const BitmapAnd *)(const void *)plan)->plans;
    case NODE_BitmapOr:
        return ((const BitmapOr *)(const void *)plan)->plans;
    default:
        return NULL;
    }
}

static void tell_child(Explain *x, const ExplainPath *path, const Plan *child, const char *relation)
{
    if (child != NULL)
        explain_plan_tree(x, &(ExplainPath){.above = path, .plan = child}, relation, NULL);
}

static void tell_children(Explain *x, const ExplainPath *path)
{
    const Plan *plan = path->plan;
    const List *members = members_of(plan);
    List *subplans = subplans_of(plan);
    bool is_subquery = plan->tag == NODE_SubqueryScan;

    if (plan->init_plans == NULL && plan->left == NULL && plan->right == NULL && members == NULL &&
        subplans == NULL && !is_subquery)
        return;
    explain_open(&x->out, "Plans", "Plans", true);
    list_foreach(const SubPlan *, sub, plan->init_plans)
        tell_subplan(x, path, sub, "InitPlan");
    tell_child(x, path, plan->left, "Outer");
    tell_child(x, path, plan->right, "Inner");
    list_foreach(const Plan *, member, members)
        tell_child(x, path, member, "Member");
    if (is_subquery)
        tell_child(x, path, ((const SubqueryScan *)(const void *)plan)->subplan, "Subquery");
    list_foreach(const SubPlan *, sub, subplans)
        tell_subplan(x, path, sub, "SubPlan");
    explain_close(&x->out, "Plans", "Plans", true);
}
