/*
 * cte_recursive.c - WITH RECURSIVE: which CTE uses which, and where one may use itself
 *
 * Works on raw trees, before any of them is analyzed. A name is a CTE's unless an inner WITH hides
 * it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"

typedef struct Entry {
    CommonTableExpr *cte;
    int number;
    BitSet *uses; /* numbers, but its own */
} Entry;

/* Where in a recursive query the walk is. */
typedef enum Place {
    PLACE_OK,
    PLACE_FIRST,
    PLACE_SUBLINK,
    PLACE_OUTER,
    PLACE_INTERSECT,
    PLACE_EXCEPT
} Place;

typedef struct Walk {
    const Scope *scope;
    Entry *entries;
    int count;
    int current;
    List *hidden; /* lists of names of inner WITHs */

    Place place; /* for the check of form */
    int references;
} Walk;

static bool is_hidden(const Walk *walk, const char *name)
{
    list_foreach(const List *, names, walk->hidden) {
        list_foreach(const CommonTableExpr *, cte, names) {
            if (str_equal(cte->name, name))
                return true;
        }
    }
    return false;
}

/* Walk into a statement with a WITH of its own: its names hide ours. */
static void walk_with(Walk *walk, Node *stmt, const WithClause *with, NodeVisit visit)
{
    List *before = walk->hidden;
    List *seen = NULL;

    walk->hidden = list_concat(NULL, before);
    if (with->is_recursive) {
        walk->hidden = list_add(walk->hidden, with->tables);
        list_foreach(CommonTableExpr *, cte, with->tables)
            visit(cte->query, walk);
        node_walk(stmt, visit, walk);
    } else {
        list_foreach(CommonTableExpr *, cte, with->tables) {
            visit(cte->query, walk);
            seen = list_add(seen, cte);
            walk->hidden = list_add(list_concat(NULL, before), seen);
        }
        node_walk(stmt, visit, walk);
    }
    walk->hidden = before;
}

static const WithClause *with_of(const Node *node)
{
    const void *any = node;

    switch (node->tag) {
    case NODE_SelectStmt:
        return ((const SelectStmt *)any)->with;
    case NODE_InsertStmt:
        return ((const InsertStmt *)any)->with;
    case NODE_UpdateStmt:
        return ((const UpdateStmt *)any)->with;
    case NODE_DeleteStmt:
        return ((const DeleteStmt *)any)->with;
    default:
        return NULL;
    }
}

/* ---- Who uses whom ---- */

static void note_use(Walk *walk, const RangeVar *var)
{
    if (var->schema != NULL || is_hidden(walk, var->relation))
        return;
    for (int i = 0; i < walk->count; i++) {
        if (!str_equal(walk->entries[i].cte->name, var->relation))
            continue;
        if (i == walk->current)
            walk->entries[i].cte->is_recursive = true;
        else
            walk->entries[walk->current].uses = bitset_add(walk->entries[walk->current].uses, i);
        return;
    }
}

static bool find_uses(Node *node, void *arg)
{
    Walk *walk = arg;
    const WithClause *with = with_of(node);

    node_check_depth();
    if (node_is(node, RangeVar)) {
        note_use(walk, (const RangeVar *)(const void *)node);
        return false;
    }
    if (with != NULL) {
        walk_with(walk, node, with, find_uses);
        return false;
    }
    if (node_is(node, WithClause))
        return false;
    return node_walk(node, find_uses, arg);
}

static bool is_free(const Walk *walk, const Entry *entry, const bool *is_done)
{
    for (int i = 0; i < walk->count; i++) {
        if (bitset_has(entry->uses, i) && !is_done[i])
            return false;
    }
    return true;
}

/* Each in turn takes the place of the first that uses none of those that are left. */
static void order(Walk *walk)
{
    bool *is_done = mem_new_array(bool, (size_t)walk->count);

    for (int i = 0; i < walk->count; i++) {
        int j = i;
        Entry found;

        while (j < walk->count && !is_free(walk, &walk->entries[j], is_done))
            j++;
        if (j == walk->count)
            scope_fail(walk->scope, walk->entries[i].cte->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                       .message = "mutual recursion between WITH items is not implemented");
        found = walk->entries[j];
        walk->entries[j] = walk->entries[i];
        walk->entries[i] = found;
        is_done[found.number] = true;
    }
}

/* ---- Form ---- */

static const char *const place_messages[] = {
    [PLACE_FIRST] = "recursive reference to query \"%s\" must not appear within its non-recursive "
                    "term",
    [PLACE_SUBLINK] = "recursive reference to query \"%s\" must not appear within a subquery",
    [PLACE_OUTER] = "recursive reference to query \"%s\" must not appear within an outer join",
    [PLACE_INTERSECT] = "recursive reference to query \"%s\" must not appear within INTERSECT",
    [PLACE_EXCEPT] = "recursive reference to query \"%s\" must not appear within EXCEPT",
};

static const char *place_message(Place place, const char *name)
{
    const char *format = place_messages[place];
    const char *hole = strstr(format, "%s");

    return err_fmt("%.*s%s%s", (int)(hole - format), format, name, hole + 2);
}

static void check_reference(Walk *walk, const RangeVar *var)
{
    const char *name = walk->entries[walk->current].cte->name;

    if (var->schema != NULL || is_hidden(walk, var->relation) || !str_equal(var->relation, name))
        return;
    if (walk->place != PLACE_OK)
        scope_fail(walk->scope, var->loc, SQLSTATE_INVALID_RECURSION,
                   .message = place_message(walk->place, name));
    if (++walk->references > 1)
        scope_fail(walk->scope, var->loc, SQLSTATE_INVALID_RECURSION,
                   .message = err_fmt("recursive reference to query \"%s\" must not appear more "
                                      "than once",
                                      name));
}

static bool check_form(Node *node, void *arg);

static void check_at(Walk *walk, void *node, Place place)
{
    Place before = walk->place;

    if (node == NULL)
        return;
    if (before == PLACE_OK)
        walk->place = place;
    check_form(node, walk);
    walk->place = before;
}

static void check_items(Walk *walk, List *items)
{
    list_foreach(Node *, item, items) {
        if (item != NULL)
            check_form(item, walk);
    }
}

static void check_select(Walk *walk, SelectStmt *raw)
{
    if (walk->place != PLACE_OK || raw->set_op == SET_OP_NONE || raw->set_op == SET_OP_UNION) {
        node_walk((Node *)(void *)raw, check_form, walk);
        return;
    }
    check_at(walk, raw->left,
             !raw->is_all                      ? PLACE_OK
             : raw->set_op == SET_OP_INTERSECT ? PLACE_INTERSECT
                                               : PLACE_EXCEPT);
    check_at(walk, raw->right,
             raw->set_op == SET_OP_EXCEPT ? PLACE_EXCEPT
             : raw->is_all                ? PLACE_INTERSECT
                                          : PLACE_OK);
    check_items(walk, raw->order_by);
    check_at(walk, raw->limit_offset, PLACE_OK);
    check_at(walk, raw->limit_count, PLACE_OK);
}

static void check_join(Walk *walk, JoinExpr *raw)
{
    bool left_is_null = raw->kind == JOIN_RIGHT || raw->kind == JOIN_FULL;
    bool right_is_null = raw->kind == JOIN_LEFT || raw->kind == JOIN_FULL;

    check_at(walk, raw->left, left_is_null ? PLACE_OUTER : PLACE_OK);
    check_at(walk, raw->right, right_is_null ? PLACE_OUTER : PLACE_OK);
    check_at(walk, raw->condition, PLACE_OK);
}

static bool check_form(Node *node, void *arg)
{
    Walk *walk = arg;
    void *any = node;
    const WithClause *with = with_of(node);

    node_check_depth();
    switch (node->tag) {
    case NODE_RangeVar:
        check_reference(walk, any);
        return false;
    case NODE_WithClause:
        return false;
    case NODE_JoinExpr:
        check_join(walk, any);
        return false;
    case NODE_SubLink: {
        Place before = walk->place;

        walk->place = PLACE_SUBLINK;
        check_form(((SubLink *)any)->query, walk);
        walk->place = before;
        check_at(walk, ((SubLink *)any)->test, PLACE_OK);
        return false;
    }
    default:
        break;
    }
    if (with != NULL) {
        walk_with(walk, node, with, check_form);
        return false;
    }
    if (node_is(node, SelectStmt)) {
        check_select(walk, any);
        return false;
    }
    return node_walk(node, check_form, arg);
}

static void check_no_decoration(const Walk *walk, const SelectStmt *raw)
{
    const void *what = raw->order_by;
    const char *message = NULL;

    if (raw->order_by != NULL) {
        message = "ORDER BY in a recursive query is not implemented";
    } else if (raw->limit_offset != NULL) {
        what = raw->limit_offset;
        message = "OFFSET in a recursive query is not implemented";
    } else if (raw->limit_count != NULL) {
        what = raw->limit_count;
        message = "LIMIT in a recursive query is not implemented";
    } else if (raw->locking != NULL) {
        what = NULL;
        message = "FOR UPDATE/SHARE in a recursive query is not implemented";
    }
    if (message != NULL)
        scope_fail(walk->scope, raw_location(what), SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = message);
}

static void check_one(Walk *walk, const CommonTableExpr *cte)
{
    SelectStmt *raw = (SelectStmt *)(void *)cte->query;

    if (!node_is(raw, SelectStmt))
        scope_fail(walk->scope, cte->loc, SQLSTATE_INVALID_RECURSION,
                   .message = err_fmt("recursive query \"%s\" must not contain data-modifying "
                                      "statements",
                                      cte->name));
    if (raw->set_op != SET_OP_UNION)
        scope_fail(walk->scope, cte->loc, SQLSTATE_INVALID_RECURSION,
                   .message = err_fmt("recursive query \"%s\" does not have the form "
                                      "non-recursive-term UNION [ALL] recursive-term",
                                      cte->name));
    walk->hidden = NULL;
    walk->references = 0;
    walk->place = PLACE_FIRST;
    check_form((Node *)(void *)raw->left, walk);
    walk->place = PLACE_OK;
    check_form((Node *)(void *)raw->right, walk);
    if (walk->references != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "missing recursive reference");
    if (raw->with != NULL) {
        walk->place = PLACE_SUBLINK;
        list_foreach(CommonTableExpr *, inner, raw->with->tables)
            check_form(inner->query, walk);
    }
    check_no_decoration(walk, raw);
}

/* ---- Together ---- */

List *cte_order_recursive(const Scope *scope, const List *ctes)
{
    Walk walk = {.scope = scope, .count = list_count(ctes)};
    List *ordered = NULL;

    walk.entries = mem_new_array(Entry, (size_t)walk.count);
    for (int i = 0; i < walk.count; i++)
        walk.entries[i] = (Entry){.cte = list_at(ctes, i), .number = i};
    for (walk.current = 0; walk.current < walk.count; walk.current++)
        find_uses(walk.entries[walk.current].cte->query, &walk);
    order(&walk);
    for (walk.current = 0; walk.current < walk.count; walk.current++) {
        CommonTableExpr *cte = walk.entries[walk.current].cte;

        if (cte->is_recursive)
            check_one(&walk, cte);
        ordered = list_add(ordered, cte);
    }
    return ordered;
}
