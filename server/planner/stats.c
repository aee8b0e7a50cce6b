/* stats.c - rows of pg_statistic for expressions; stats.h has the questions. */
#include "common/base/base.h"

#include "server/planner/stats.h"

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/planner/cost.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"

#define SLOTS            5
#define DISTINCT_DEFAULT 200
#define COLUMN_SELF      (-1) /* ctid */
#define COLUMN_TABLE     (-6) /* tableoid */

static void open_column(Planner *root, const Var *var, VarStats *out);
static bool may_read(const Planner *root, int rt_index, int column);
static void open_expression(Planner *root, PlanRel *rel, VarStats *out);

const HeapTuple *stats_pin(Oid relation, int column, bool is_inherited)
{
    return syscache_pin3(CACHE_STATRELATTINH, datum_of_u32(relation), datum_of_i16((int16_t)column),
                         datum_of_bool(is_inherited));
}

int stats_column_width(Oid relation, int column)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_STATRELATTINH,
        (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(relation), datum_of_i16((int16_t)column),
                                        datum_of_bool(false), 0});
    int width = row == NULL ? 0 : CACHE_ROW(PgStatistic, row)->stawidth;

    return width > 0 ? width : 0;
}

void stats_open(Planner *root, const Node *expr, int only_rel, VarStats *out)
{
    const Node *base = expr;
    BitSet *rels;
    PlanRel *single = NULL;
    int only;

    *out = (VarStats){.var = as_node(expr), .type = node_expr_type(expr)};
    if (node_is(base, RelabelType))
        base = ((const RelabelType *)(const void *)base)->arg;
    if (node_is(base, Var) && ((const Var *)(const void *)base)->levels_up == 0 &&
        (only_rel == 0 || only_rel == ((const Var *)(const void *)base)->rt_index)) {
        const Var *var = (const void *)base;

        out->var = as_node(base);
        out->rel = plan_rel(root, var->rt_index);
        out->column_type = var->type;
        out->column_typmod = var->typmod;
        out->is_unique = rel_column_is_unique(out->rel, var->attno);
        open_column(root, var, out);
        return;
    }
    rels = expr_rels(base);
    only = bitset_only(rels);
    if (only >= 0) {
        if (only_rel == 0 || only_rel == only) {
            single = plan_rel(root, only);
            out->rel = single;
            out->var = as_node(base);
        }
    } else if (rels != NULL) {
        if (only_rel == 0) {
            out->rel = rel_find_join(root, rels);
            out->var = as_node(base);
        } else if (bitset_has(rels, only_rel)) {
            out->rel = plan_rel(root, only_rel);
            out->var = as_node(base);
        }
    }
    out->column_type = node_expr_type(out->var);
    out->column_typmod = node_expr_typmod(out->var);
    if (single != NULL)
        open_expression(root, single, out);
}

/* Statistics of an expression are those of an index on it. */
static void open_expression(Planner *root, PlanRel *rel, VarStats *out)
{
    Node *node = expr_strip_relabel(out->var);

    list_foreach(PlanIndex *, index, rel->indexes) {
        int next = 0;

        for (int i = 0; i < index->column_count; i++) {
            if (index->columns[i] != 0)
                continue;
            if (!node_equal(node, expr_strip_relabel(list_at(index->exprs, next++))))
                continue;
            if (index->is_unique && index->key_count == 1 &&
                (index->predicate == NULL || index->is_predicate_ok))
                out->is_unique = true;
            if (out->row == NULL)
                out->row = stats_pin(index->oid, i + 1, false);
            if (out->row != NULL) {
                out->hides_values = !may_read(root, (int)rel->rt_index, 0);
                return;
            }
        }
    }
}

static void open_subquery_column(Planner *root, const Var *var, VarStats *out)
{
    const PlanRel *rel = root->rels[var->rt_index];
    Planner *sub = rel == NULL ? NULL : rel->subplanner;
    const TargetEntry *target;
    const Query *query;

    if (var->attno <= 0 || sub == NULL)
        return;
    query = sub->query;
    if (query->set_operations != NULL || query->grouping_sets != NULL)
        return;
    target = target_by_number(query->targets, var->attno);
    if (target == NULL || target->is_junk)
        return;
    if (query->distinct != NULL) {
        if (list_count(query->distinct) == 1 && target->sort_group_ref != 0 &&
            ((SortGroupClause *)list_at(query->distinct, 0))->ref == target->sort_group_ref)
            out->is_unique = true;
        return;
    }
    if (root->entries[var->rt_index]->is_barrier)
        return;
    if (node_is(target->expr, Var) && ((Var *)(void *)target->expr)->levels_up == 0)
        open_column(sub, (Var *)(void *)target->expr, out);
}

/*
 * Functions are called with values of pg_statistic while the query is planned, before anybody has
 * asked whether the user may read the table: a function of his own would see them. A child is read
 * by the rights on its parent.
 */
static bool may_read(const Planner *root, int rt_index, int column)
{
    const PlanRel *rel = root->rels[rt_index];
    const RangeTblEntry *rte;
    Oid role;

    while (rel != NULL && rel->parent != NULL && rel->parent->rt_index != 0) {
        rel = rel->parent;
        column = 0;
    }
    rte = root->entries[rel != NULL ? (int)rel->rt_index : rt_index];
    if (rte->kind != RTE_RELATION)
        return true;
    role = rte->check_as_user != 0 ? rte->check_as_user : role_current();
    if (role_is_superuser(role) ||
        rights_has(PG_CLASS_CATALOG, rte->relation, role, RIGHT_SELECT))
        return true;
    return column > 0 ? rights_of_column(rte->relation, (int16_t)column, role, RIGHT_SELECT,
                                         false) == RIGHT_SELECT
                      : rights_of_all_columns(rte->relation, role, RIGHT_SELECT);
}

static void open_column(Planner *root, const Var *var, VarStats *out)
{
    const RangeTblEntry *rte = root->entries[var->rt_index];

    if (rte->kind == RTE_RELATION) {
        out->row = stats_pin(rte->relation, var->attno, rte->is_inherited);
        out->hides_values =
            out->row != NULL && !may_read(root, (int)var->rt_index, var->attno);
    }
    if (rte->kind == RTE_SUBQUERY && !rte->is_inherited)
        open_subquery_column(root, var, out);
}

void stats_close(VarStats *stats)
{
    if (stats->row != NULL)
        syscache_unpin(stats->row);
    stats->row = NULL;
}

double stats_null_fraction(const VarStats *stats)
{
    return stats->row == NULL ? 0 : (double)CACHE_ROW(PgStatistic, stats->row)->stanullfrac;
}

/* What is known without statistics; 0: nothing, negative: that fraction of all rows. */
static double guessed_distinct(const VarStats *stats)
{
    if (stats->type == TYPE_BOOL)
        return 2;
    if (stats->rel != NULL && stats->rel->type == REL_BASE && stats->rel->kind == RTE_VALUES)
        return -1;
    if (node_is(stats->var, Var)) {
        switch (((const Var *)(const void *)stats->var)->attno) {
        case COLUMN_SELF:
            return -1;
        case COLUMN_TABLE:
            return 1;
        default:
            return 0;
        }
    }
    return 0;
}

double stats_distinct(const VarStats *stats, bool *is_default)
{
    double distinct, tuples;

    *is_default = false;
    distinct = stats->row != NULL ? (double)CACHE_ROW(PgStatistic, stats->row)->stadistinct
                                  : guessed_distinct(stats);
    if (stats->is_unique)
        distinct = -1.0 * (1.0 - stats_null_fraction(stats));
    if (distinct > 0)
        return cost_clamp_rows(distinct);
    if (stats->rel == NULL || stats->rel->tuples <= 0) {
        *is_default = true;
        return DISTINCT_DEFAULT;
    }
    tuples = stats->rel->tuples;
    if (distinct < 0)
        return cost_clamp_rows(-distinct * tuples);
    if (tuples < DISTINCT_DEFAULT)
        return cost_clamp_rows(tuples);
    *is_default = true;
    return DISTINCT_DEFAULT;
}

/* ---- Slots ---- */

static void read_numbers(const HeapTuple *row, int slot, StatsSlot *out)
{
    static const ArrayElement float4 = {.type = 700, .len = 4, .by_value = true, .align = 'i'};
    bool is_null;
    Datum array =
        syscache_get(CACHE_STATRELATTINH, row, PG_STATISTIC_COL_STANUMBERS1 + slot, &is_null);
    ArrayView view;
    Datum *values;
    bool *nulls;

    if (is_null)
        return;
    array_open(varlena_plain(datum_pointer(array)), &view);
    array_take_apart(&view, &float4, &values, &nulls);
    out->number_count = (int)view.count;
    out->numbers = mem_new_array(double, view.count);
    for (size_t i = 0; i < view.count; i++)
        out->numbers[i] = (double)datum_f4(values[i]);
}

static void read_values(const HeapTuple *row, int slot, StatsSlot *out)
{
    bool is_null, *nulls;
    Datum array =
        syscache_get(CACHE_STATRELATTINH, row, PG_STATISTIC_COL_STAVALUES1 + slot, &is_null);
    ArrayElement element;
    ArrayView view;

    if (is_null)
        return;
    array_open(varlena_plain(datum_pointer(array)), &view);
    element = catalog_info_element(view.element_type);
    array_take_apart(&view, &element, &out->values, &nulls);
    out->value_count = (int)view.count;
    out->value_type = view.element_type;
}

bool stats_slot_of_row(const HeapTuple *row, int kind, Oid op, bool wants_values, StatsSlot *out)
{
    const PgStatistic *facts;
    int slot;

    *out = (StatsSlot){0};
    if (row == NULL)
        return false;
    facts = CACHE_ROW(PgStatistic, row);
    for (slot = 0; slot < SLOTS; slot++) {
        int16_t kinds[SLOTS] = {facts->stakind1, facts->stakind2, facts->stakind3, facts->stakind4,
                                facts->stakind5};
        Oid ops[SLOTS] = {facts->staop1, facts->staop2, facts->staop3, facts->staop4,
                          facts->staop5};
        Oid collations[SLOTS] = {facts->stacoll1, facts->stacoll2, facts->stacoll3, facts->stacoll4,
                                 facts->stacoll5};

        if (kinds[slot] == kind && (op == 0 || ops[slot] == op)) {
            out->op = ops[slot];
            out->collation = collations[slot];
            break;
        }
    }
    if (slot == SLOTS)
        return false;
    read_numbers(row, slot, out);
    if (wants_values)
        read_values(row, slot, out);
    return true;
}

bool stats_slot(const VarStats *stats, int kind, Oid op, bool wants_values, StatsSlot *out)
{
    *out = (StatsSlot){0};
    return !(wants_values && stats->hides_values) &&
           stats_slot_of_row(stats->row, kind, op, wants_values, out);
}

void stats_call_init(StatsCall *call, Oid function, Oid collation)
{
    fmgr_site_init(&call->site, function, mem_current());
    call->collation = collation;
}

bool stats_call(StatsCall *call, Datum a, Datum b)
{
    FMGR_CALL_LOCAL(frame, 2);
    Datum result;

    fmgr_call_init(frame, &call->site, 2, call->collation);
    frame->args[0] = (NullableDatum){.value = a};
    frame->args[1] = (NullableDatum){.value = b};
    result = fmgr_invoke(frame);
    return !frame->is_null && datum_bool(result);
}
