/*
 * group.c - GROUP BY, with grouping sets
 *
 * What is grouped by is a flat list of entries; grouping sets refer to it by number. Rows without
 * ROW are taken apart first, and sets of sets put into their outer set.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"

#define CUBE_MAX 12

/* One GROUP BY. */
typedef struct Grouping {
    Scope *scope;
    List *clauses; /* the flat list */
    List **targets;
    const List *order_by;
    ExprKind kind;
    bool sql99;
} Grouping;

static GroupingSet *make_set(GroupingKind kind, List *content, int location)
{
    GroupingSet *set = node_new(GroupingSet);

    set->kind = kind;
    set->content = content;
    set->loc = location;
    return set;
}

static bool is_list(const Node *node)
{
    return node_is(node, List);
}

/* ---- Flat ---- */

static Node *flatten(Node *raw, bool is_top, bool *has_sets);

static List *flatten_list(const List *raw, bool is_top, bool *has_sets)
{
    List *flat = NULL;

    list_foreach(Node *, item, raw) {
        Node *one = flatten(item, is_top, has_sets);

        if (one == NULL)
            continue;
        flat = is_list(one) ? list_concat(flat, (List *)(void *)one) : list_add(flat, one);
    }
    return flat;
}

static Node *flatten_set(const GroupingSet *raw, bool is_top, bool *has_sets)
{
    List *content = NULL;

    if (has_sets != NULL)
        *has_sets = true;
    if (is_top && raw->kind == GROUPING_EMPTY)
        return NULL;
    list_foreach(Node *, item, (const List *)(const void *)raw->content) {
        Node *flat = flatten(item, false, NULL);

        if (node_is(item, GroupingSet) &&
            ((const GroupingSet *)(const void *)item)->kind == GROUPING_SETS)
            content = list_concat(content, (List *)(void *)flat);
        else
            content = list_add(content, flat);
    }
    if (is_top || raw->kind != GROUPING_SETS)
        return (Node *)(void *)make_set(raw->kind, content, raw->loc);
    return (Node *)(void *)content;
}

static Node *flatten(Node *raw, bool is_top, bool *has_sets)
{
    node_check_depth();
    if (node_is(raw, RowExpr) && ((RowExpr *)(void *)raw)->form == COERCE_IMPLICIT)
        return (Node *)(void *)flatten_list(((RowExpr *)(void *)raw)->args, false, NULL);
    if (node_is(raw, GroupingSet))
        return flatten_set((const GroupingSet *)(const void *)raw, is_top, has_sets);
    return raw;
}

/* ---- One expression: the number of its entry, 0 when it was there on this level already ---- */

static bool copy_order(Grouping *group, const TargetEntry *entry, bool is_top)
{
    list_foreach(const SortGroupClause *, by, group->order_by) {
        SortGroupClause *clause;

        if (by->ref != entry->sort_group_ref)
            continue;
        clause = node_copy(by);
        if (!is_top)
            clause->is_nulls_first = false;
        group->clauses = list_add(group->clauses, clause);
        return true;
    }
    return false;
}

static unsigned add_expr(Grouping *group, Node *raw, const BitSet *seen, bool is_top)
{
    TargetEntry *entry =
        sort_find_entry(group->scope, raw, group->targets, group->kind, group->sql99);

    if (entry->sort_group_ref > 0) {
        if (bitset_has(seen, (int)entry->sort_group_ref))
            return 0;
        if (sort_has_entry(entry, 0, group->clauses))
            return entry->sort_group_ref;
        if (copy_order(group, entry, is_top))
            return entry->sort_group_ref;
    }
    group->clauses =
        group_add_target(group->scope, entry, group->clauses, *group->targets, raw_location(raw));
    return entry->sort_group_ref;
}

static List *add_list(Grouping *group, const List *raw)
{
    BitSet *seen = NULL;
    List *refs = NULL;

    list_foreach(Node *, item, raw) {
        unsigned ref = add_expr(group, item, seen, false);

        if (ref == 0)
            continue;
        seen = bitset_add(seen, (int)ref);
        refs = list_add_int(refs, (int)ref);
    }
    return refs;
}

/* ---- Sets ---- */

static GroupingSet *transform_set(Grouping *group, const GroupingSet *raw)
{
    List *content = NULL;

    list_foreach(Node *, item, (const List *)(const void *)raw->content) {
        GroupingSet *made;

        if (item == NULL)
            continue;
        if (is_list(item))
            made = make_set(GROUPING_SIMPLE, add_list(group, (const List *)(const void *)item),
                            raw_location(item));
        else if (node_is(item, GroupingSet))
            made = transform_set(group, (const GroupingSet *)(const void *)item);
        else
            made = make_set(GROUPING_SIMPLE,
                            list_add_int(NULL, (int)add_expr(group, item, NULL, false)),
                            raw_location(item));
        content = list_add(content, made);
    }
    if (raw->kind == GROUPING_CUBE && list_count(content) > CUBE_MAX)
        scope_fail(group->scope, raw->loc, SQLSTATE_TOO_MANY_COLUMNS,
                   .message = err_fmt("CUBE is limited to %d elements", CUBE_MAX));
    return make_set(raw->kind, content, raw->loc);
}

static List *transform_all(Grouping *group, const List *flat, bool has_sets)
{
    BitSet *seen = NULL;
    List *sets = NULL;

    list_foreach(Node *, item, flat) {
        unsigned ref;

        if (node_is(item, GroupingSet)) {
            const GroupingSet *raw = (const GroupingSet *)(const void *)item;

            sets = list_add(sets, raw->kind == GROUPING_EMPTY ? node_copy(raw)
                                                              : transform_set(group, raw));
            continue;
        }
        ref = add_expr(group, item, seen, true);
        if (ref == 0)
            continue;
        seen = bitset_add(seen, (int)ref);
        if (has_sets)
            sets = list_add(
                sets, make_set(GROUPING_SIMPLE, list_add_int(NULL, (int)ref), raw_location(item)));
    }
    return sets;
}

List *group_transform(Scope *scope, const List *raw, List **sets, List **targets, List *order_by,
                      ExprKind kind, bool sql99)
{
    Grouping group = {
        .scope = scope, .targets = targets, .order_by = order_by, .kind = kind, .sql99 = sql99};
    bool has_sets = false;
    List *flat, *made;

    if (raw == NULL)
        return NULL;
    flat = flatten_list(raw, true, &has_sets);
    if (flat == NULL && has_sets)
        flat = list_of(make_set(GROUPING_EMPTY, NULL, raw_location(raw)));
    made = transform_all(&group, flat, has_sets);
    if (sets != NULL)
        *sets = made;
    return group.clauses;
}

/* ---- Sets as what they come to: lists of numbers ---- */

static List *join_refs(const List *a, const List *b)
{
    List *all = node_copy(a);

    for (int i = 0; i < list_count(b); i++) {
        bool is_new = true;

        for (int j = 0; j < list_count(all) && is_new; j++)
            is_new = list_int_at(all, j) != list_int_at(b, i);
        if (is_new)
            all = list_add_int(all, list_int_at(b, i));
    }
    return all;
}

/* The members whose bits are set, in one. */
static List *join_members(const List *members, unsigned mask)
{
    List *all = NULL;

    for (int i = 0; i < list_count(members); i++) {
        const GroupingSet *member = list_at(members, i);

        if (mask >> i & 1)
            all = join_refs(all, (const List *)(const void *)member->content);
    }
    return all;
}

static List *expand(const GroupingSet *set)
{
    const List *content = (const List *)(const void *)set->content;
    List *all = NULL;

    switch (set->kind) {
    case GROUPING_EMPTY:
        return list_of(NULL);
    case GROUPING_SIMPLE:
        return list_of((void *)(uintptr_t)content);
    case GROUPING_ROLLUP:
        for (int n = list_count(content); n >= 0; n--) {
            List *prefix = NULL;

            for (int i = 0; i < n; i++) {
                const GroupingSet *member = list_at(content, i);

                prefix = join_refs(prefix, (const List *)(const void *)member->content);
            }
            all = list_add(all, prefix);
        }
        return all;
    case GROUPING_CUBE:
        for (unsigned mask = 0; mask < 1u << list_count(content); mask++)
            all = list_add(all, join_members(content, mask));
        return all;
    default:
        list_foreach(const GroupingSet *, member, content)
            all = list_concat(all, expand(member));
        return all;
    }
}

static bool same_refs(const List *a, const List *b)
{
    return list_count(a) == list_count(b) && list_count(join_refs(a, b)) == list_count(a);
}

static List *without_duplicates(const List *sets)
{
    List *kept = NULL;

    list_foreach(List *, set, sets) {
        bool is_new = true;

        list_foreach(const List *, before, kept)
            is_new = is_new && !same_refs(before, set);
        if (is_new)
            kept = list_add(kept, set);
    }
    return kept;
}

static void sort_by_length(List *sets)
{
    for (int i = 1; i < list_count(sets); i++) {
        void *moved = list_at(sets, i);
        int at = i;

        for (; at > 0 && list_count(list_at(sets, at - 1)) > list_count(moved); at--)
            sets->items[at] = sets->items[at - 1];
        sets->items[at].pointer = moved;
    }
}

List *grouping_sets_expand(const List *sets, bool is_distinct, int limit)
{
    List *all = list_of(NULL);
    double count = 1;

    list_foreach(const GroupingSet *, set, sets) {
        List *one = expand(set), *product = NULL;

        count *= list_count(one);
        if (limit >= 0 && count > limit)
            return NULL;
        list_foreach(const List *, left, all) {
            list_foreach(const List *, right, one)
                product = list_add(product, join_refs(left, right));
        }
        all = product;
    }
    if (is_distinct)
        all = without_duplicates(all);
    sort_by_length(all);
    return all;
}
