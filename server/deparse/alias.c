/*
 * alias.c - names for the entries of a range table, and for their columns
 *
 * Names must be such that the text, parsed again, means the same: entries of one name get numbers,
 * columns of one entry too. What USING merges has one name in all entries below the join, which is
 * pushed down to them. Columns that were added to a table since the query was parsed get names as
 * well, since a parser would see them.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/deparse/deparse_int.h"

/* ---- Entries ---- */

static bool is_taken(const Level *level, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (level->names[i] != NULL && str_equal(level->names[i], name))
            return true;
    }
    for (const Level *outer = level->outer; outer != NULL; outer = outer->outer) {
        if (is_taken(outer, list_count(outer->range_table), name))
            return true;
    }
    return false;
}

static const char *own_name(const RangeTblEntry *rte)
{
    if (rte->alias != NULL)
        return rte->alias->name;
    if (rte->kind == RTE_RELATION) {
        const char *name = relation_name(rte->relation);

        return name == NULL ? NULL : mem_strdup(name);
    }
    return rte->kind == RTE_JOIN ? NULL : rte->names->name;
}

static void name_entries(Level *level)
{
    int i = 0;

    list_foreach(const RangeTblEntry *, rte, level->range_table) {
        const char *base = own_name(rte), *name = base;

        for (int n = 1; name != NULL && is_taken(level, i, name); n++)
            name = mem_printf("%s_%d", base, n);
        level->names[i++] = name;
    }
}

/* ---- Names of columns that are there once ---- */

static bool has_name(const List *names, const char *name)
{
    list_foreach(const String *, one, names) {
        if (str_equal(one->value, name))
            return true;
    }
    return false;
}

static bool is_unique(const char *name, const Level *level, const Columns *columns)
{
    for (int i = 0; i < columns->count; i++) {
        if (columns->names[i] != NULL && str_equal(columns->names[i], name))
            return false;
    }
    for (int i = 0; i < columns->fresh_count; i++) {
        if (columns->fresh[i] != NULL && str_equal(columns->fresh[i], name))
            return false;
    }
    return !has_name(level->using_names, name) && !has_name(columns->parent_using, name);
}

static const char *make_unique(const char *name, const Level *level, const Columns *columns)
{
    const char *made = name;

    for (int n = 1; !is_unique(made, level, columns); n++)
        made = mem_printf("%s_%d", name, n);
    return made;
}

static void make_room(Columns *columns, int count)
{
    const char **names;

    if (count <= columns->count)
        return;
    names = mem_new_array(const char *, (size_t)count + 1);
    for (int i = 0; i < columns->count; i++)
        names[i] = columns->names[i];
    columns->names = names;
    columns->count = count;
}

static const char *written_alias(const RangeTblEntry *rte, int i)
{
    if (rte->alias == NULL || i >= list_count(rte->alias->columns))
        return NULL;
    return ((const String *)list_at(rte->alias->columns, i))->value;
}

static const char *name_at(const List *names, int i)
{
    return ((const String *)list_at(names, i))->value;
}

/* ---- Columns of what is no join ---- */

/* As they are called now; NULL: dropped. */
static const char **real_names(const RangeTblEntry *rte, int *count)
{
    const char **names;

    if (rte->kind == RTE_RELATION) {
        Relation *rel = relation_pin_existing(rte->relation);

        *count = rel->desc->count;
        names = mem_new_array(const char *, (size_t)*count + 1);
        for (int i = 0; i < *count; i++)
            names[i] =
                rel->desc->columns[i].is_dropped ? NULL : mem_strdup(rel->desc->columns[i].name);
        relation_unpin(rel);
        return names;
    }
    *count = list_count(rte->names->columns);
    names = mem_new_array(const char *, (size_t)*count + 1);
    for (int i = 0; i < *count; i++) {
        names[i] = name_at(rte->names->columns, i);
        if (*names[i] == '\0' ||
            (rte->kind == RTE_FUNCTION && analyzer_column_is_dropped(rte, i + 1)))
            names[i] = NULL;
    }
    return names;
}

static bool shows_aliases(const RangeTblEntry *rte, bool is_changed)
{
    if (rte->kind == RTE_FUNCTION)
        return true;
    if (rte->kind == RTE_TABLE_FUNC)
        return false;
    if (rte->kind != RTE_RELATION && rte->alias != NULL && rte->alias->columns != NULL)
        return true;
    return is_changed;
}

static void name_columns(const Level *level, const RangeTblEntry *rte, Columns *columns)
{
    int count, old = list_count(rte->names->columns);
    const char **real = real_names(rte, &count);
    bool is_changed = false;

    make_room(columns, count);
    columns->fresh = mem_new_array(const char *, (size_t)count + 1);
    columns->is_fresh = mem_new_array(bool, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        const char *name = columns->names[i];

        if (real[i] == NULL)
            continue;
        if (name == NULL) {
            name = written_alias(rte, i);
            name = make_unique(name != NULL ? name : real[i], level, columns);
            columns->names[i] = name;
        }
        columns->fresh[columns->fresh_count] = name;
        columns->is_fresh[columns->fresh_count++] = i >= old;
        is_changed = is_changed || !str_equal(name, real[i]);
    }
    columns->shows_aliases = shows_aliases(rte, is_changed);
}

/* ---- Joins: what USING merges ---- */

static const RangeTblEntry *entry_at(const Level *level, int rt_index)
{
    return list_at(level->range_table, rt_index - 1);
}

static int joined_index(const Node *node)
{
    return node_is(node, RangeTblRef) ? ((const RangeTblRef *)(const void *)node)->rt_index
                                      : ((const JoinExpr *)(const void *)node)->rt_index;
}

static void find_sides(const JoinExpr *join, const RangeTblEntry *rte, Columns *columns)
{
    size_t room = (size_t)list_count(rte->join_columns) + 1;
    int at = 0;

    columns->left = joined_index(join->left);
    columns->right = joined_index(join->right);
    columns->left_numbers = mem_new_array(int, room);
    columns->right_numbers = mem_new_array(int, room);
    for (int i = 0; i < list_count(rte->left_columns); i++)
        columns->left_numbers[at++] = list_int_at(rte->left_columns, i);
    for (int i = 0; i < list_count(rte->right_columns); i++)
        columns->right_numbers[i < rte->merged_columns ? i : at++] =
            list_int_at(rte->right_columns, i);
}

static void push_down(Columns *to, int number, const char *name)
{
    if (number <= 0)
        return;
    make_room(to, number);
    to->names[number - 1] = name;
}

static List *name_merged(Level *level, const JoinExpr *join, const RangeTblEntry *rte,
                         Columns *columns, const List *parent_using)
{
    List *around = list_concat(NULL, parent_using), *chosen = NULL;
    int i = 0;

    make_room(columns, list_count(join->using_columns));
    list_foreach(const String *, column, join->using_columns) {
        const char *name = columns->names[i];

        if (name == NULL) {
            name = written_alias(rte, i);
            name = make_unique(name != NULL ? name : column->value, level, columns);
            if (level->needs_unique_using)
                level->using_names =
                    list_add(list_concat(NULL, level->using_names), node_string(name));
            columns->names[i] = name;
        }
        chosen = list_add(chosen, node_string(name));
        around = list_add(around, node_string(name));
        push_down(&level->columns[columns->left - 1], columns->left_numbers[i], name);
        push_down(&level->columns[columns->right - 1], columns->right_numbers[i], name);
        i++;
    }
    columns->using_names = chosen;
    return around;
}

static void name_using(Level *level, const Node *node, const List *parent_using)
{
    const JoinExpr *join = (const JoinExpr *)(const void *)node;
    const RangeTblEntry *rte;
    Columns *columns;

    if (node_is(node, FromExpr)) {
        list_foreach(const Node *, item, ((const FromExpr *)(const void *)node)->items)
            name_using(level, item, parent_using);
        return;
    }
    if (!node_is(node, JoinExpr))
        return;
    node_check_depth();
    rte = entry_at(level, join->rt_index);
    columns = &level->columns[join->rt_index - 1];
    find_sides(join, rte, columns);
    for (int i = 0; rte->alias == NULL && i < columns->count; i++) {
        if (columns->names[i] == NULL)
            continue;
        push_down(&level->columns[columns->left - 1], columns->left_numbers[i], columns->names[i]);
        push_down(&level->columns[columns->right - 1], columns->right_numbers[i],
                  columns->names[i]);
    }
    if (join->using_columns != NULL)
        parent_using = name_merged(level, join, rte, columns, parent_using);
    level->columns[columns->left - 1].parent_using = parent_using;
    level->columns[columns->right - 1].parent_using = parent_using;
    name_using(level, join->left, parent_using);
    name_using(level, join->right, parent_using);
}

/* A merged column that is no side's own can only be meant by its bare name. */
static bool has_dangerous_using(const Level *level, const Node *node)
{
    const JoinExpr *join = (const JoinExpr *)(const void *)node;

    if (node_is(node, FromExpr)) {
        list_foreach(const Node *, item, ((const FromExpr *)(const void *)node)->items) {
            if (has_dangerous_using(level, item))
                return true;
        }
        return false;
    }
    if (!node_is(node, JoinExpr))
        return false;
    if (join->alias == NULL && join->using_columns != NULL) {
        const RangeTblEntry *rte = entry_at(level, join->rt_index);

        for (int i = 0; i < rte->merged_columns; i++) {
            if (!node_is(list_at(rte->join_columns, i), Var))
                return true;
        }
    }
    return has_dangerous_using(level, join->left) || has_dangerous_using(level, join->right);
}

/* ---- Joins: all columns ---- */

static const char *child_name(const Level *level, const RangeTblEntry *rte, const Columns *columns,
                              int i)
{
    if (columns->left_numbers[i] > 0)
        return level->columns[columns->left - 1].names[columns->left_numbers[i] - 1];
    if (columns->right_numbers[i] > 0)
        return level->columns[columns->right - 1].names[columns->right_numbers[i] - 1];
    return name_at(rte->names->columns, i);
}

/* Columns of a side, those that were added included, behind those that the join has already. */
static void add_fresh(const Level *level, const RangeTblEntry *rte, Columns *columns,
                      const Columns *side, const int *numbers, int merged, int *i, bool *is_changed)
{
    int ic = 0;

    for (int jc = 0; jc < side->fresh_count; jc++) {
        const char *child = side->fresh[jc], *name = child;

        if (!side->is_fresh[jc]) {
            bool is_merged = false;

            while (ic < side->count && side->names[ic] == NULL)
                ic++;
            ic++;
            for (int m = 0; m < merged; m++)
                is_merged = is_merged || numbers[m] == ic;
            if (is_merged)
                continue;
            while (*i < columns->count && columns->names[*i] == NULL)
                ++*i;
            name = columns->names[(*i)++];
        } else if (rte->alias != NULL) {
            name = make_unique(child, level, columns);
            *is_changed = *is_changed || !str_equal(name, child);
        }
        columns->fresh[columns->fresh_count] = name;
        columns->is_fresh[columns->fresh_count++] = side->is_fresh[jc];
    }
}

static void name_join_columns(const Level *level, const RangeTblEntry *rte, Columns *columns)
{
    const Columns *left = &level->columns[columns->left - 1];
    const Columns *right = &level->columns[columns->right - 1];
    int old = list_count(rte->names->columns), merged = list_count(columns->using_names), i;
    bool is_changed = false;

    make_room(columns, old);
    for (i = merged; i < old; i++) {
        const char *real = child_name(level, rte, columns, i), *name = columns->names[i];

        if (real == NULL || rte->alias == NULL) {
            columns->names[i] = real;
            continue;
        }
        if (name == NULL) {
            name = written_alias(rte, i);
            name = make_unique(name != NULL ? name : real, level, columns);
            columns->names[i] = name;
        }
        is_changed = is_changed || !str_equal(name, real);
    }
    columns->fresh =
        mem_new_array(const char *, (size_t)left->fresh_count + (size_t)right->fresh_count + 1);
    columns->is_fresh =
        mem_new_array(bool, (size_t)left->fresh_count + (size_t)right->fresh_count + 1);
    for (i = 0; i < merged; i++)
        columns->fresh[columns->fresh_count++] = columns->names[i];
    add_fresh(level, rte, columns, left, columns->left_numbers, merged, &i, &is_changed);
    add_fresh(level, rte, columns, right, columns->right_numbers, merged, &i, &is_changed);
    columns->shows_aliases = rte->alias != NULL && is_changed;
}

/* ---- A level ---- */

static Level *begin(const Level *outer, const List *range_table, const List *ctes)
{
    Level *level = mem_new(Level);
    size_t room = (size_t)list_count(range_table) + 1;

    level->outer = outer;
    level->range_table = range_table;
    level->ctes = ctes;
    level->names = mem_new_array(const char *, room);
    level->columns = mem_new_array(Columns, room);
    name_entries(level);
    return level;
}

Level *level_new(const Level *outer, const Query *query)
{
    Level *level = begin(outer, query->range_table, query->ctes);
    const Node *from = (const Node *)(const void *)query->from;
    int i = 0;

    if (from != NULL) {
        level->needs_unique_using = has_dangerous_using(level, from);
        name_using(level, from, NULL);
    }
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if (rte->kind == RTE_JOIN)
            name_join_columns(level, rte, &level->columns[i++]);
        else
            name_columns(level, rte, &level->columns[i++]);
    }
    return level;
}

/* The relation alone, as entry 1. */
Level *level_of_relation(Oid relation)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    Relation *rel = relation_pin_existing(relation);
    Level *level;

    rte->kind = RTE_RELATION;
    rte->relation = relation;
    rte->relation_kind = rel->kind;
    rte->names = node_new(Alias);
    rte->names->name = mem_strdup(rel->name);
    rte->is_in_from = true;
    relation_unpin(rel);
    level = begin(NULL, list_of(rte), NULL);
    name_columns(level, rte, &level->columns[0]);
    return level;
}

static RangeTblEntry *row_entry(const Relation *rel, const char *name)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);

    rte->kind = RTE_RELATION;
    rte->relation = rel->oid;
    rte->relation_kind = rel->kind;
    rte->alias = node_new(Alias);
    rte->alias->name = name;
    rte->names = rte->alias;
    rte->is_in_from = true;
    return rte;
}

Level *level_of_rows(Oid relation)
{
    Relation *rel = relation_pin_existing(relation);
    RangeTblEntry *old = row_entry(rel, "old"), *new = row_entry(rel, "new");
    Level *level;

    relation_unpin(rel);
    level = begin(NULL, list_of2(old, new), NULL);
    name_columns(level, old, &level->columns[0]);
    name_columns(level, new, &level->columns[1]);
    return level;
}
