/* keys.c - orders of rows, as lists of classes; equiv.h declares what is here. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/path.h"

#define STRATEGY_EQUAL     3
#define OPTION_DESC        1 /* bits of pg_index.indoption */
#define OPTION_NULLS_FIRST 2

PathKey *keys_canonical(Planner *root, EquivClass *ec, Oid family, bool is_descending,
                        bool is_nulls_first)
{
    PathKey *key;

    ec = equiv_root(ec);
    list_foreach(PathKey *, known, root->canon_keys) {
        if (known->ec == ec && known->family == family && known->is_descending == is_descending &&
            known->is_nulls_first == is_nulls_first)
            return known;
    }
    key = mem_new(PathKey);
    *key = (PathKey){ec, family, is_descending, is_nulls_first};
    root->canon_keys = list_add(root->canon_keys, key);
    return key;
}

static bool is_redundant(const PathKey *key, const List *keys)
{
    if (equiv_is_constant(key->ec))
        return true;
    list_foreach(PathKey *, known, keys) {
        if (known->ec == key->ec)
            return true;
    }
    return false;
}

typedef struct SortInfo {
    Node *expr;
    Oid family, input, collation;
    bool is_descending, is_nulls_first, may_create;
    uint32_t sort_ref;
} SortInfo;

static PathKey *key_of_sort(Planner *root, const SortInfo *info)
{
    Oid equal = facts_family_operator(info->family, info->input, info->input, STRATEGY_EQUAL);
    EquivSort sort = {.expr = info->expr,
                      .nullable = root->nullable,
                      .families = facts_merge_families(equal),
                      .type = info->input,
                      .collation = info->collation,
                      .sort_ref = info->sort_ref};
    EquivClass *ec = equiv_for_sort(root, &sort, info->may_create);

    if (ec == NULL)
        return NULL;
    return keys_canonical(root, ec, info->family, info->is_descending, info->is_nulls_first);
}

List *keys_of_clauses(Planner *root, const List *sort_groups, const List *targets)
{
    List *keys = NULL;

    list_foreach(SortGroupClause *, item, sort_groups) {
        SortInfo info = {.expr = target_expr_by_ref(targets, item->ref),
                         .is_nulls_first = item->is_nulls_first,
                         .may_create = true,
                         .sort_ref = item->ref};
        PathKey *key;

        facts_ordering(item->sort_operator, &info.family, &info.input, &info.is_descending);
        info.collation = node_expr_collation(info.expr);
        key = key_of_sort(root, &info);
        if (!is_redundant(key, keys))
            keys = list_add(keys, key);
    }
    return keys;
}

List *keys_of_expr(Planner *root, Node *expr, Oid less)
{
    SortInfo info = {.expr = expr, .collation = node_expr_collation(expr)};
    PathKey *key;

    if (!facts_ordering(less, &info.family, &info.input, &info.is_descending))
        return NULL;
    key = key_of_sort(root, &info);
    return key == NULL || is_redundant(key, NULL) ? NULL : list_of(key);
}

List *keys_of_index(Planner *root, const PlanIndex *index, bool is_backward)
{
    List *keys = NULL;

    if (index->is_hypothetical_order)
        return NULL;
    for (int i = 0; i < index->key_count; i++) {
        const TargetEntry *target = list_at(index->targets, i);
        bool is_desc = (index->options[i] & OPTION_DESC) != 0;
        bool is_first = (index->options[i] & OPTION_NULLS_FIRST) != 0;
        SortInfo info = {.expr = target->expr,
                         .family = index->families[i],
                         .input = index->input_types[i],
                         .collation = index->collations[i],
                         .is_descending = is_desc != is_backward,
                         .is_nulls_first = is_first != is_backward};
        PathKey *key = key_of_sort(root, &info);

        if (key != NULL) {
            if (!is_redundant(key, keys))
                keys = list_add(keys, key);
            continue;
        }
        /* WHERE flag binds a boolean column, though there is no class of it. */
        if (!path_index_binds_bool(root, index, i))
            break;
    }
    return keys;
}

/* ---- Subqueries ---- */

/* A column of the subquery that the level above sees, for a member of the class. */
static PathKey *key_from_below(Planner *root, PlanRel *rel, const PathKey *below,
                               const List *targets)
{
    PathKey *best = NULL;
    int best_score = -1;

    list_foreach(EquivMember *, em, below->ec->members) {
        if (em->is_child)
            continue;
        list_foreach(TargetEntry *, target, targets) {
            EquivSort sort;
            EquivClass *ec;
            int score;

            if (target->is_junk ||
                !node_equal(expr_strip_relabel(target->expr), expr_strip_relabel(em->expr)))
                continue;
            if (below->ec->has_volatile && target->sort_group_ref != below->ec->sort_ref)
                continue;
            sort = (EquivSort){.expr = as_node(expr_var_of_target((int)rel->rt_index, target)),
                               .families = below->ec->families,
                               .type = em->type,
                               .collation = below->ec->collation};
            /* Who above has no use for the column need not hear of its order. */
            if (rel->needed[target->number - rel->min_column] == NULL)
                continue;
            ec = equiv_for_sort(root, &sort, below->ec->has_volatile);
            if (ec == NULL)
                continue;
            score = list_count(ec->members) - 1;
            list_foreach(PathKey *, wanted, root->query_keys)
                score += wanted->ec == ec;
            if (score <= best_score)
                continue;
            best_score = score;
            best = keys_canonical(root, ec, below->family, below->is_descending,
                                  below->is_nulls_first);
        }
    }
    return best;
}

List *keys_of_subquery(Planner *root, PlanRel *rel, const List *keys, const List *targets)
{
    List *result = NULL;

    list_foreach(PathKey *, below, keys) {
        PathKey *key = key_from_below(root, rel, below, targets);

        if (key == NULL)
            break;
        if (!is_redundant(key, result))
            result = list_add(result, key);
    }
    return result;
}

/* ---- Comparing ---- */

KeysOrder keys_compare(const List *a, const List *b)
{
    int common;

    if (a == b)
        return KEYS_EQUAL;
    for (common = 0; common < list_count(a) && common < list_count(b); common++) {
        if (list_at(a, common) != list_at(b, common))
            return KEYS_DIFFERENT;
    }
    if (list_count(a) > list_count(b))
        return KEYS_BETTER_1;
    return list_count(a) < list_count(b) ? KEYS_BETTER_2 : KEYS_EQUAL;
}

bool keys_contain(const List *keys, const List *wanted)
{
    KeysOrder order = keys_compare(keys, wanted);

    return order == KEYS_EQUAL || order == KEYS_BETTER_1;
}

bool keys_common(const List *wanted, const List *keys, int *count)
{
    int common = 0;

    while (common < list_count(wanted) && common < list_count(keys) &&
           list_at(wanted, common) == list_at(keys, common))
        common++;
    *count = common;
    return common == list_count(wanted);
}

/* ---- Use ---- */

/* Merge joins go upwards, unless the other way is wanted in the end. */
static bool is_merge_direction(const Planner *root, const PathKey *key)
{
    list_foreach(PathKey *, wanted, root->query_keys) {
        if (wanted->ec == key->ec && wanted->family == key->family)
            return wanted->is_descending == key->is_descending;
    }
    return !key->is_descending;
}

/* Clauses that can be merged by: for how many leading keys is there one? */
static int useful_for_merging(Planner *root, PlanRel *rel, const List *keys)
{
    int useful = 0;

    list_foreach(PathKey *, key, keys) {
        bool matched = false;

        if (!is_merge_direction(root, key))
            break;
        if (rel->has_class_joins && list_count(key->ec->members) > 1 && !key->ec->has_const &&
            !bitset_is_subset(key->ec->relids, rel->relids)) {
            matched = true;
        } else {
            list_foreach(Clause *, clause, rel->join_clauses) {
                if (clause->merge_families == NULL)
                    continue;
                clause->left_class = equiv_root(clause->left_class);
                clause->right_class = equiv_root(clause->right_class);
                if (key->ec == clause->left_class || key->ec == clause->right_class) {
                    matched = true;
                    break;
                }
            }
        }
        if (!matched)
            break;
        useful++;
    }
    return useful;
}

List *keys_useful(Planner *root, PlanRel *rel, List *keys)
{
    int merging = useful_for_merging(root, rel, keys), ordering;
    List *useful;

    keys_common(root->query_keys, keys, &ordering);
    if (ordering > merging)
        merging = ordering;
    if (merging == 0)
        return NULL;
    if (merging == list_count(keys))
        return keys;
    useful = NULL;
    for (int i = 0; i < merging; i++)
        useful = list_add(useful, list_at(keys, i));
    return useful;
}

bool keys_may_be_useful(Planner *root, const PlanRel *rel)
{
    return rel->join_clauses != NULL || rel->has_class_joins || root->query_keys != NULL;
}

/* ---- Merge joins ---- */

List *keys_merge_clauses(Planner *root, const List *outer_keys, const List *clauses)
{
    List *result = NULL;

    (void)root;
    list_foreach(Clause *, clause, clauses) {
        clause->left_class = equiv_root(clause->left_class);
        clause->right_class = equiv_root(clause->right_class);
    }
    list_foreach(PathKey *, key, outer_keys) {
        bool found = false;

        list_foreach(Clause *, clause, clauses) {
            if ((clause->is_outer_left ? clause->left_class : clause->right_class) == key->ec) {
                result = list_add(result, clause);
                found = true;
            }
        }
        if (!found)
            break;
    }
    return result;
}

typedef struct ScoredClass {
    EquivClass *ec;
    int score;
} ScoredClass;

List *keys_select_outer(Planner *root, const List *clauses, const PlanRel *join)
{
    size_t count = 0;
    ScoredClass *classes;
    List *keys = NULL;
    bool all_wanted = true;

    if (list_count(clauses) == 0)
        return NULL;
    classes = mem_new_array(ScoredClass, (size_t)list_count(clauses));
    list_foreach(Clause *, clause, clauses) {
        EquivClass *ec =
            equiv_root(clause->is_outer_left ? clause->left_class : clause->right_class);
        bool known = false;

        for (size_t i = 0; i < count; i++)
            known |= classes[i].ec == ec;
        if (known)
            continue;
        classes[count] = (ScoredClass){ec, 0};
        list_foreach(EquivMember *, em, ec->members) {
            if (!em->is_const && !em->is_child && !bitset_overlaps(em->relids, join->relids))
                classes[count].score++;
        }
        count++;
    }
    /* Could the order that is wanted in the end be had here? */
    if (root->query_keys != NULL) {
        list_foreach(PathKey *, wanted, root->query_keys) {
            bool found = false;

            for (size_t i = 0; i < count; i++)
                found |= classes[i].ec == wanted->ec;
            if (!found) {
                all_wanted = false;
                break;
            }
        }
        if (all_wanted) {
            keys = list_copy(root->query_keys);
            list_foreach(PathKey *, wanted, root->query_keys) {
                for (size_t i = 0; i < count; i++) {
                    if (classes[i].ec == wanted->ec)
                        classes[i].score = -1;
                }
            }
        }
    }
    /* Classes with more members that others may want come first. */
    for (;;) {
        int best = -1;
        PathKey *key;

        for (size_t i = 0; i < count; i++) {
            if (classes[i].score >= 0 && (best < 0 || classes[i].score > classes[best].score))
                best = (int)i;
        }
        if (best < 0)
            return keys;
        classes[best].score = -1;
        key = keys_canonical(root, classes[best].ec, list_oid_at(classes[best].ec->families, 0),
                             false, false);
        keys = list_add(keys, key);
    }
}

List *keys_make_inner(Planner *root, const List *clauses, const List *outer_keys)
{
    List *keys = NULL;
    EquivClass *last_outer = NULL;
    PathKey *outer_key = NULL;
    int next = 0;

    list_foreach(Clause *, clause, clauses) {
        EquivClass *outer, *inner;
        PathKey *key;

        clause->left_class = equiv_root(clause->left_class);
        clause->right_class = equiv_root(clause->right_class);
        outer = clause->is_outer_left ? clause->left_class : clause->right_class;
        inner = clause->is_outer_left ? clause->right_class : clause->left_class;
        if (outer != last_outer) {
            outer_key = list_at(outer_keys, next++);
            last_outer = outer;
        }
        if (outer == inner)
            key = outer_key;
        else
            key = keys_canonical(root, inner, outer_key->family, outer_key->is_descending,
                                 outer_key->is_nulls_first);
        if (!is_redundant(key, keys))
            keys = list_add(keys, key);
    }
    return keys;
}

List *keys_trim_clauses_inner(Planner *root, const List *clauses, const List *keys)
{
    List *result = NULL;
    const PathKey *key;
    int next = 1;
    bool matched = false;

    (void)root;
    if (list_count(keys) == 0)
        return NULL;
    key = list_at(keys, 0);
    list_foreach(Clause *, clause, clauses) {
        EquivClass *ec =
            equiv_root(clause->is_outer_left ? clause->right_class : clause->left_class);

        if (ec != key->ec) {
            if (!matched || next >= list_count(keys))
                break;
            key = list_at(keys, next++);
            matched = false;
        }
        if (ec != key->ec)
            break;
        result = list_add(result, clause);
        matched = true;
    }
    return result;
}

/* ---- Choosing paths ---- */

Path *keys_cheapest(const List *paths, const List *keys, const BitSet *outer, bool is_total)
{
    Path *best = NULL;

    list_foreach(Path *, path, paths) {
        if (best != NULL && path_compare(best, path, is_total) <= 0)
            continue;
        if (keys_contain(path->keys, keys) && bitset_is_subset(path_outer(path), outer))
            best = path;
    }
    return best;
}

Path *keys_cheapest_fraction(const List *paths, const List *keys, const BitSet *outer,
                             double fraction)
{
    Path *best = NULL;

    list_foreach(Path *, path, paths) {
        if (best != NULL && path_compare_fraction(best, path, fraction) <= 0)
            continue;
        if (keys_contain(path->keys, keys) && bitset_is_subset(path_outer(path), outer))
            best = path;
    }
    return best;
}
