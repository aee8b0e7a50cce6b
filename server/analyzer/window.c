/* window.c - windows: OVER and WINDOW, and the calls that use them */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

#define BY_CLAUSE          ""
#define IN_RANGE           3 /* number of the support function of a btree family */

#define FRAME_START_OFFSET (FRAME_START_OFFSET_PRECEDING | FRAME_START_OFFSET_FOLLOWING)
#define FRAME_END_OFFSET   (FRAME_END_OFFSET_PRECEDING | FRAME_END_OFFSET_FOLLOWING)

static const char *const messages[] = {
#define ROW(kind, clause, agg, window, sublink, set) window,
#include "server/analyzer/expr_kind.def"
#undef ROW
};

/* ---- Calls ---- */

static bool same_name(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : str_equal(a, b);
}

static bool same_window(const WindowDef *a, const WindowDef *b)
{
    return same_name(a->base, b->base) && a->frame == b->frame &&
           node_equal(a->partition_by, b->partition_by) && node_equal(a->order_by, b->order_by) &&
           node_equal(a->start_offset, b->start_offset) && node_equal(a->end_offset, b->end_offset);
}

static int find_named(Scope *scope, const WindowDef *over)
{
    int number = 0;

    list_foreach(const WindowDef *, def, scope->window_defs) {
        number++;
        if (def->name != NULL && str_equal(def->name, over->name))
            return number;
    }
    scope_fail(scope, over->loc, SQLSTATE_UNDEFINED_OBJECT,
               .message = err_fmt("window \"%s\" does not exist", over->name));
}

static int find_or_add(Scope *scope, WindowDef *over)
{
    int number = 0;

    list_foreach(const WindowDef *, def, scope->window_defs) {
        number++;
        if (same_window(def, over))
            return number;
    }
    scope->window_defs = list_add(scope->window_defs, over);
    return number + 1;
}

void window_func_transform(Scope *scope, WindowFunc *call, WindowDef *over)
{
    const char *message = messages[scope->kind];

    if (scope->has_window_funcs && expr_has_windows(call->args))
        scope_fail(scope, expr_locate_window(call->args), SQLSTATE_WINDOWING_ERROR,
                   .message = "window function calls cannot be nested");
    if (message != NULL)
        scope_fail(scope, call->loc, SQLSTATE_WINDOWING_ERROR,
                   .message = *message != '\0' ? message
                                               : err_fmt("window functions are not allowed in %s",
                                                         expr_kind_name(scope->kind)));
    call->window =
        (uint32_t)(over->name != NULL ? find_named(scope, over) : find_or_add(scope, over));
    scope->has_window_funcs = true;
}

/* ---- Frames ---- */

/* The function that says what is in range, and the type of the offset that it wants. */
typedef struct InRange {
    Oid type, function;
    int all, matches;
} InRange;

static InRange find_in_range(Oid family, Oid key, Oid offset)
{
    Oid preferred = offset != TYPE_UNKNOWN ? offset : key;
    const CacheList *rows = syscache_pin_list(
        CACHE_AMPROCNUM, 2, (const Datum[4]){datum_of_u32(family), datum_of_u32(key), 0, 0});
    InRange found = {0};

    for (unsigned i = 0; i < rows->count; i++) {
        const PgAmproc *row = CACHE_ROW(PgAmproc, rows->rows[i]);

        if (row->amprocnum != IN_RANGE)
            continue;
        found.all++;
        if (!coerce_is_possible(1, &offset, &row->amprocrighttype, COERCE_AS_IMPLICIT))
            continue;
        found.matches++;
        if (found.type != preferred) {
            found.type = row->amprocrighttype;
            found.function = row->amproc;
        }
    }
    syscache_unpin_list(rows);
    return found;
}

static void check_in_range(const Scope *scope, const InRange *found, const Node *offset, Oid key)
{
    Oid type = node_expr_type(offset);
    Oid preferred = type != TYPE_UNKNOWN ? type : key;
    int location = node_expr_location(offset);

    if (found->all == 0)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("RANGE with offset PRECEDING/FOLLOWING is not supported for "
                                      "column type %s",
                                      type_shown(key)));
    if (found->matches == 0)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("RANGE with offset PRECEDING/FOLLOWING is not supported for "
                                      "column type %s and offset type %s",
                                      type_shown(key), type_shown(type)),
                   .hint = "Cast the offset value to an appropriate type.");
    if (found->matches != 1 && found->type != preferred)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("RANGE with offset PRECEDING/FOLLOWING has multiple "
                                      "interpretations for column type %s and offset type %s",
                                      type_shown(key), type_shown(type)),
                   .hint = "Cast the offset value to the exact intended type.");
}

static Node *frame_offset(Scope *scope, int frame, Node *raw, const BtreeMeaning *key,
                          Oid *function)
{
    const char *construct;
    ExprKind kind;
    Node *offset;
    Oid type = TYPE_INT8;

    if (raw == NULL)
        return NULL;
    if (frame & FRAME_ROWS) {
        kind = EXPR_WINDOW_FRAME_ROWS;
        construct = "ROWS";
    } else if (frame & FRAME_RANGE) {
        kind = EXPR_WINDOW_FRAME_RANGE;
        construct = "RANGE";
    } else {
        kind = EXPR_WINDOW_FRAME_GROUPS;
        construct = "GROUPS";
    }
    offset = expr_transform(scope, raw, kind);
    if (kind == EXPR_WINDOW_FRAME_RANGE) {
        InRange found = find_in_range(key->family, key->left, node_expr_type(offset));

        check_in_range(scope, &found, offset, key->left);
        type = found.type;
        *function = found.function;
    }
    offset = coerce_to_specific(scope, offset, type, -1, construct);
    from_check_no_vars(scope, offset, construct);
    return offset;
}

/* The one column that RANGE with an offset goes by. */
static BtreeMeaning range_key(Scope *scope, WindowClause *made, const List *targets, int location)
{
    const SortGroupClause *by;
    BtreeMeaning *meanings;
    int count;

    if (list_count(made->order_by) != 1)
        scope_fail(scope, location, SQLSTATE_WINDOWING_ERROR,
                   .message = "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER "
                              "BY column");
    by = list_at(made->order_by, 0);
    made->range_collation = node_expr_collation(target_by_ref(by->ref, targets)->expr);
    made->is_range_nulls_first = by->is_nulls_first;
    meanings = operator_btree_meanings(by->sort_operator, &count);
    for (int i = 0; i < count; i++) {
        if (meanings[i].strategy != 1 && meanings[i].strategy != 5)
            continue;
        made->is_range_ascending = meanings[i].strategy == 1;
        return meanings[i];
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message =
                  err_fmt("operator %u is not a valid ordering operator", by->sort_operator));
}

/* ---- Definitions ---- */

static WindowClause *find_clause(const List *clauses, const char *name)
{
    list_foreach(WindowClause *, clause, clauses) {
        if (clause->name != NULL && str_equal(clause->name, name))
            return clause;
    }
    return NULL;
}

/* What a window that another one builds on gives, and what that may not say again. */
static void take_base(const Scope *scope, WindowClause *made, const WindowClause *base,
                      const WindowDef *def)
{
    if (made->partition_by != NULL)
        scope_fail(scope, def->loc, SQLSTATE_WINDOWING_ERROR,
                   .message =
                       err_fmt("cannot override PARTITION BY clause of window \"%s\"", def->base));
    if (made->order_by != NULL && base->order_by != NULL)
        scope_fail(scope, def->loc, SQLSTATE_WINDOWING_ERROR,
                   .message =
                       err_fmt("cannot override ORDER BY clause of window \"%s\"", def->base));
    if (base->frame != FRAME_DEFAULT)
        scope_fail(
            scope, def->loc, SQLSTATE_WINDOWING_ERROR,
            .message =
                err_fmt("cannot copy window \"%s\" because it has a frame clause", def->base),
            .hint = def->name != NULL || made->order_by != NULL || def->frame != FRAME_DEFAULT
                        ? NULL
                        : "Omit the parentheses in this OVER clause.");
    made->partition_by = node_copy(base->partition_by);
    if (made->order_by == NULL) {
        made->order_by = node_copy(base->order_by);
        made->is_order_copied = true;
    }
}

static void set_frame(Scope *scope, WindowClause *made, const WindowDef *def, const List *targets)
{
    BtreeMeaning key = {0};

    made->frame = def->frame;
    if ((def->frame & FRAME_RANGE) && (def->frame & (FRAME_START_OFFSET | FRAME_END_OFFSET)))
        key = range_key(scope, made, targets, def->loc);
    if ((def->frame & FRAME_GROUPS) && made->order_by == NULL)
        scope_fail(scope, def->loc, SQLSTATE_WINDOWING_ERROR,
                   .message = "GROUPS mode requires an ORDER BY clause");
    made->start_offset =
        frame_offset(scope, def->frame, def->start_offset, &key, &made->start_function);
    made->end_offset = frame_offset(scope, def->frame, def->end_offset, &key, &made->end_function);
}

static WindowClause *transform(Scope *scope, const WindowDef *def, const List *before,
                               List **targets)
{
    WindowClause *made = node_new(WindowClause), *base = NULL;

    if (def->name != NULL && find_clause(before, def->name) != NULL)
        scope_fail(scope, def->loc, SQLSTATE_WINDOWING_ERROR,
                   .message = err_fmt("window \"%s\" is already defined", def->name));
    if (def->base != NULL) {
        base = find_clause(before, def->base);
        if (base == NULL)
            scope_fail(scope, def->loc, SQLSTATE_UNDEFINED_OBJECT,
                       .message = err_fmt("window \"%s\" does not exist", def->base));
    }
    made->name = def->name;
    made->base = def->base;
    made->order_by = sort_transform(scope, def->order_by, targets, EXPR_WINDOW_ORDER, true);
    made->partition_by = group_transform(scope, def->partition_by, NULL, targets, made->order_by,
                                         EXPR_WINDOW_PARTITION, true);
    if (base != NULL)
        take_base(scope, made, base, def);
    set_frame(scope, made, def, *targets);
    return made;
}

List *window_transform(Scope *scope, const List *defs, List **targets)
{
    List *clauses = NULL;

    list_foreach(const WindowDef *, def, defs) {
        WindowClause *made = transform(scope, def, clauses, targets);

        made->ref = (uint32_t)list_count(clauses) + 1;
        clauses = list_add(clauses, made);
    }
    return clauses;
}
