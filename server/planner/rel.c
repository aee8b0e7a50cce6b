/* rel.c - relations of a query: made from the range table and the catalogs. */
#include "common/base/base.h"

#include "server/planner/rel.h"

#include <math.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/cache/relation_open.h"
#include "server/cache/relcache.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/planner_int.h"
#include "server/planner/selec.h"
#include "server/planner/simplify.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"

#define SYSTEM_COLUMN_MIN (-6)
#define PAGES_UNKNOWN     10 /* of a table that was never vacuumed: it is likely to grow */
#define HEADER_BYTES      24 /* of a tuple, aligned */
#define POINTER_BYTES     4
#define PAGE_HEADER_BYTES 24
#define AM_BTREE_OID      403

static void load_table(Planner *root, PlanRel *rel, const RangeTblEntry *rte);

void rel_setup(Planner *root)
{
    int count = list_count(root->query->range_table);

    root->rel_room = count + 1;
    root->rels = mem_new_array(PlanRel *, (size_t)root->rel_room);
    root->entries = mem_new_array(RangeTblEntry *, (size_t)root->rel_room);
    for (int i = 0; i < count; i++)
        root->entries[i + 1] = list_at(root->query->range_table, i);
}

void rel_grow(Planner *root, int entry_count)
{
    int before = root->rel_room;

    root->rel_room = entry_count + 1;
    root->rels = mem_realloc(root->rels, sizeof(PlanRel *) * (size_t)root->rel_room);
    root->entries = mem_realloc(root->entries, sizeof(RangeTblEntry *) * (size_t)root->rel_room);
    for (int i = before; i < root->rel_room; i++) {
        root->rels[i] = NULL;
        root->entries[i] = list_at(root->query->range_table, i - 1);
    }
}

PlanRel *rel_new(RelType type, BitSet *relids)
{
    PlanRel *rel = mem_new(PlanRel);

    rel->type = type;
    rel->relids = relids;
    return rel;
}

PlanRel *rel_build(Planner *root, int rt_index, PlanRel *parent)
{
    const RangeTblEntry *rte = root->entries[rt_index];
    PlanRel *rel = rel_new(parent == NULL ? REL_BASE : REL_CHILD, bitset_of(rt_index));

    ASSERT(root->rels[rt_index] == NULL);
    rel->rt_index = (uint32_t)rt_index;
    rel->kind = rte->kind;
    rel->parent = parent;
    rel->wants_startup = root->tuple_fraction > 0;
    root->rels[rt_index] = rel;
    if (rte->kind == RTE_RELATION) {
        load_table(root, rel, rte);
        return rel;
    }
    rel->max_column = rte->kind == RTE_RESULT ? 0 : list_count(rte->names->columns);
    rel->needed = mem_new_array(BitSet *, (size_t)rel->max_column + 1);
    rel->widths = mem_new_array(int, (size_t)rel->max_column + 1);
    return rel;
}

/* ---- Tables ---- */

/* What a row takes, by statistics and types. */
static int row_width(const Relation *table, int *widths, int min_column)
{
    int64_t sum = 0;

    for (int i = 1; i <= table->desc->count; i++) {
        const Column *column = &table->desc->columns[i - 1];
        int width;

        if (column->is_dropped)
            continue;
        width = stats_column_width(table->oid, i);
        if (width <= 0)
            width = facts_type_width(column->type, column->type_mod);
        if (widths != NULL)
            widths[i - min_column] = width;
        sum += width;
    }
    return (int)sum;
}

typedef struct Size {
    double pages, tuples, visible;
} Size;

static void size_of_table(Relation *table, Size *size)
{
    const PgClass *row = table->row;
    double pages = smgr_block_count(relation_heap(table)->smgr, FORK_MAIN), density;

    if (pages < PAGES_UNKNOWN && row->reltuples < 0 && !row->relhassubclass)
        pages = PAGES_UNKNOWN;
    *size = (Size){.pages = pages};
    if (pages == 0)
        return;
    if (row->reltuples >= 0 && row->relpages > 0)
        density = (double)row->reltuples / (double)row->relpages;
    else
        density = (BLOCK_SIZE - PAGE_HEADER_BYTES) /
                  (row_width(table, NULL, 0) + HEADER_BYTES + POINTER_BYTES);
    size->tuples = rint(density * pages);
    if (row->relallvisible > 0)
        size->visible = row->relallvisible >= pages ? 1.0 : row->relallvisible / pages;
}

/* Of a partial index: its own density; the metapage has no entries. */
static double entries_of_index(const Relation *index, double pages)
{
    const PgClass *row = index->row;
    double known = row->relpages, density;

    if (pages == 0)
        return 0;
    if (known > 0) {
        pages--;
        known--;
    }
    if (row->reltuples >= 0 && known > 0)
        density = (double)row->reltuples / known;
    else
        density = (BLOCK_SIZE - PAGE_HEADER_BYTES) /
                  (row_width(index, NULL, 0) + HEADER_BYTES + POINTER_BYTES);
    return rint(density * pages);
}

static bool renumber_var(Node *node, void *arg)
{
    if (node_is(node, Var)) {
        ((Var *)(void *)node)->rt_index = *(const int *)arg;
        ((Var *)(void *)node)->syntax_rt_index = *(const uint32_t *)arg;
        return false;
    }
    return node_walk(node, renumber_var, arg);
}

/* A list of expressions over the table, as the query has them. */
static List *read_exprs(const char *text, const PlanRel *rel, bool is_qual)
{
    int rt_index = (int)rel->rt_index;
    Node *tree;

    if (text == NULL)
        return NULL;
    tree = node_read_text(text);
    if (is_qual) {
        tree = simplify_qual(simplify(expr_and(expr_and_list(tree)), NULL));
        tree = as_node(expr_and_list(tree));
    } else {
        tree = simplify(tree, NULL);
    }
    if (tree != NULL)
        node_walk(tree, renumber_var, &rt_index);
    return (List *)(void *)tree;
}

static List *index_targets(const PlanIndex *index, const Relation *table)
{
    List *targets = NULL;
    int next = 0;

    for (int i = 0; i < index->column_count; i++) {
        Node *expr;

        if (index->columns[i] > 0) {
            const Column *column = &table->desc->columns[index->columns[i] - 1];

            expr = as_node(expr_var((int)index->rel->rt_index, index->columns[i], column->type,
                                    column->type_mod, column->collation));
        } else {
            expr = list_at(index->exprs, next++);
        }
        targets = list_add(targets, expr_target(expr, i + 1, NULL, false));
    }
    return targets;
}

/* What the index is of, copied: its Relation is not held while the query is planned. */
static void copy_columns(const RelationIndex *facts, PlanIndex *out)
{
    out->column_count = facts->column_count;
    out->key_count = facts->key_count;
    out->columns = mem_dup(facts->columns, facts->column_count * sizeof *facts->columns);
    out->families = mem_dup(facts->op_families, facts->key_count * sizeof *facts->op_families);
    out->input_types = mem_dup(facts->input_types, facts->key_count * sizeof *facts->input_types);
    out->collations = mem_dup(facts->collations, facts->key_count * sizeof *facts->collations);
    out->options = mem_dup(facts->options, facts->key_count * sizeof *facts->options);
}

static PlanIndex *load_index(PlanRel *rel, const Relation *table, Relation *relation)
{
    const RelationIndex *facts = relation->index;
    PlanIndex *index = mem_new(PlanIndex);

    *index = (PlanIndex){.oid = relation->oid,
                         .access_method = relation->row->relam,
                         .rel = rel,
                         .is_unique = facts->row->indisunique,
                         .is_immediate = facts->row->indimmediate,
                         .nulls_not_distinct = facts->row->indnullsnotdistinct};
    copy_columns(facts, index);
    index->exprs = read_exprs(facts->expressions, rel, false);
    index->predicate = read_exprs(facts->predicate, rel, true);
    index->targets = index_targets(index, table);
    index->pages = smgr_block_count(relation_btree(relation)->rel, FORK_MAIN);
    index->tree_height = (int)btree_height(relation_btree(relation));
    if (index->predicate == NULL)
        index->tuples = rel->tuples;
    else
        index->tuples = min_double(entries_of_index(relation, index->pages), rel->tuples);
    return index;
}

/* Rows that some snapshot of ours may show have no entries in it, until its row is old enough. */
static bool is_too_new(const RelationIndex *index)
{
    const HeapTupleHeader *h = (const HeapTupleHeader *)index->tuple->bytes;

    return index->row->indcheckxmin && !heap_xmin_is_frozen(h->infomask) &&
           !xid_precedes(h->xmin, proc_array_transaction_xmin());
}

/* They are locked as the table is: nobody is to change one while the plan may use it. */
static void load_indexes(Planner *root, PlanRel *rel, Relation *table, LockMode mode)
{
    const RelationIndexes *indexes = relation_indexes(table);
    unsigned count = indexes->count;
    const Oid *oids = mem_dup(indexes->oids, count * sizeof(Oid));

    for (unsigned i = 0; i < count; i++) {
        Relation *relation = relation_open(oids[i], mode);
        /* Other kinds are for nobody yet. */
        bool is_of_use =
            relation->index->row->indisvalid && relation->row->relam == AM_BTREE_OID;

        /* Nobody will tell when it has become old enough. */
        if (is_of_use && is_too_new(relation->index))
            root->global->is_transient = true;
        else if (is_of_use)
            rel->indexes = list_add_first(load_index(rel, table, relation), rel->indexes);
        relation_unpin(relation);
    }
}

static void load_table(Planner *root, PlanRel *rel, const RangeTblEntry *rte)
{
    Relation *table = relation_pin_existing(rte->relation);
    Size size = {0};

    rel->oid = rte->relation;
    rel->min_column = SYSTEM_COLUMN_MIN;
    rel->max_column = table->desc->count;
    rel->needed = mem_new_array(BitSet *, (size_t)(rel->max_column - rel->min_column + 1));
    rel->widths = mem_new_array(int, (size_t)(rel->max_column - rel->min_column + 1));
    rel->tablespace = table->row->reltablespace;
    if (table->kind == RELATION_FOREIGN_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "foreign tables are not supported");
    if (table->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "partitioned tables are not supported");
    if (relation_has_storage(table)) {
        size_of_table(table, &size);
        rel->pages = size.pages;
        rel->tuples = size.tuples;
        rel->visible_fraction = size.visible;
    }
    if (!rte->is_inherited && table->row->relhasindex)
        load_indexes(root, rel, table, (LockMode)rte->lock_mode);
    relation_unpin(table);
}

/* ---- Columns ---- */

int rel_column_width(PlanRel *rel, int column, Oid type, int typmod)
{
    int width = 0;

    if (column >= rel->min_column && column <= rel->max_column)
        width = rel->widths[column - rel->min_column];
    if (width > 0)
        return width;
    if (rel->oid != 0 && column == 0) {
        Relation *table = relation_pin_existing(rel->oid);

        width = row_width(table, NULL, 0);
        relation_unpin(table);
    } else if (rel->oid != 0 && column > 0) {
        width = stats_column_width(rel->oid, column);
    }
    if (width <= 0)
        width = facts_type_width(type, typmod);
    if (column >= rel->min_column && column <= rel->max_column)
        rel->widths[column - rel->min_column] = width;
    return width;
}

void rel_add_needed(Planner *root, const List *vars, const BitSet *where)
{
    list_foreach(Var *, var, vars) {
        PlanRel *rel = plan_rel(root, var->rt_index);
        BitSet **needed = &rel->needed[var->attno - rel->min_column];

        ASSERT(var->attno >= rel->min_column && var->attno <= rel->max_column);
        if (*needed == NULL)
            rel->target.exprs = list_add(rel->target.exprs, node_copy(var));
        *needed = bitset_union(*needed, where);
    }
}

bool rel_column_is_unique(const PlanRel *rel, int column)
{
    list_foreach(PlanIndex *, index, rel->indexes) {
        if (index->is_unique && index->key_count == 1 && index->columns[0] == column &&
            (index->predicate == NULL || index->is_predicate_ok))
            return true;
    }
    return false;
}

/* ---- Sizes ---- */

void rel_size_target(Planner *root, PlanRel *rel)
{
    cost_set_target(root, &rel->target);
}

void rel_size_base(Planner *root, PlanRel *rel)
{
    rel->rows = cost_clamp_rows(rel->tuples * selec_list_of_rel(root, rel->restrict_clauses, 0));
    rel->restrict_cost = cost_clauses(root, rel->restrict_clauses);
    rel_size_target(root, rel);
}

ParamInfo *rel_find_param(const PlanRel *rel, const BitSet *outer)
{
    list_foreach(ParamInfo *, param, rel->param_infos) {
        if (bitset_equal(param->outer, outer))
            return param;
    }
    return NULL;
}

ParamInfo *rel_base_param(Planner *root, PlanRel *rel, const BitSet *outer)
{
    ParamInfo *param;
    BitSet *both;
    List *all;

    if (outer == NULL || bitset_is_empty(outer))
        return NULL;
    param = rel_find_param(rel, outer);
    if (param != NULL)
        return param;
    param = mem_new(ParamInfo);
    param->outer = bitset_copy(outer);
    both = bitset_union(rel->relids, outer);
    list_foreach(Clause *, clause, rel->join_clauses) {
        if (clause_can_move_into(clause, rel->relids, outer))
            param->clauses = list_add(param->clauses, clause);
    }
    param->clauses = list_concat(param->clauses, equiv_join_clauses(root, both, outer, rel));
    all = list_concat(list_copy(param->clauses), rel->restrict_clauses);
    param->rows = min_double(
        cost_clamp_rows(rel->tuples * selec_list_of_rel(root, all, (int)rel->rt_index)), rel->rows);
    rel->param_infos = list_add(rel->param_infos, param);
    return param;
}

/* ---- Joins, found ---- */

PlanRel *rel_find_join(const Planner *root, const BitSet *relids)
{
    for (int i = list_count(root->join_rels) - 1; i >= 0; i--) {
        PlanRel *rel = list_at(root->join_rels, i);

        if (bitset_equal(rel->relids, relids))
            return rel;
    }
    return NULL;
}

PlanRel *rel_find_input(const Planner *root, const BitSet *relids)
{
    int only = bitset_only(relids);
    PlanRel *rel = only >= 0 ? plan_rel(root, only) : rel_find_join(root, relids);

    if (rel == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a join that was to be there is not");
    return rel;
}

/* ---- Without rows ---- */

bool rel_is_dummy(const PlanRel *rel)
{
    return rel->is_dummy;
}

bool rel_is_excluded(Planner *root, PlanRel *rel)
{
    (void)root;
    list_foreach(Clause *, clause, rel->restrict_clauses) {
        const Const *value = (const void *)clause->expr;

        if (node_is(value, Const) && (value->is_null || !datum_bool(value->value)))
            return true;
    }
    return false;
}
