/* build_query.c - what the grammar makes of queries and of statements that change rows. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/build.h"

RawStmt *build_raw_stmt(void *stmt, int location)
{
    RawStmt *raw = node_new(RawStmt);

    raw->stmt = stmt;
    raw->loc = location;
    return raw;
}

/* The last statement ends where a semicolon stands. */
void build_statement_end(List *statements, int end)
{
    RawStmt *last;

    if (statements == NULL)
        return;
    last = list_last(statements);
    if (last->length == 0)
        last->length = end - last->loc;
}

/* ---- SELECT ---- */

SelectStmt *build_set_operation(SetOp op, bool is_all, void *left, void *right)
{
    SelectStmt *stmt = node_new(SelectStmt);

    stmt->set_op = op;
    stmt->is_all = is_all;
    stmt->left = left;
    stmt->right = right;
    return stmt;
}

SelectStmt *build_table_query(void *relation)
{
    SelectStmt *stmt = node_new(SelectStmt);
    Target *target = node_new(Target);

    target->value = build_star(NODE_NO_LOCATION);
    target->loc = NODE_NO_LOCATION;
    stmt->targets = list_of(target);
    stmt->from = list_of(relation);
    return stmt;
}

SelectStmt *build_limit(void *count, LimitKind kind)
{
    SelectStmt *limits = node_new(SelectStmt);

    limits->limit_count = count;
    limits->limit_kind = kind;
    return limits;
}

SelectStmt *build_limits(SelectStmt *limits, void *offset)
{
    if (limits == NULL)
        limits = build_limit(NULL, LIMIT_NONE);
    limits->limit_offset = offset;
    return limits;
}

static void add_limits(Parser *p, SelectStmt *stmt, const SelectStmt *limits)
{
    if (limits->limit_offset != NULL) {
        if (stmt->limit_offset != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple OFFSET clauses not allowed",
                       build_location(limits->limit_offset));
        stmt->limit_offset = limits->limit_offset;
    }
    if (limits->limit_count != NULL) {
        if (stmt->limit_count != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple LIMIT clauses not allowed",
                       build_location(limits->limit_count));
        stmt->limit_count = limits->limit_count;
    }
    if (limits->limit_kind == LIMIT_NONE)
        return;
    if (stmt->limit_kind != LIMIT_NONE)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple limit options not allowed", -1);
    if (limits->limit_kind == LIMIT_WITH_TIES) {
        if (stmt->order_by == NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR,
                       "WITH TIES cannot be specified without ORDER BY clause", -1);
        list_foreach(LockingClause *, lock, stmt->locking) {
            if (lock->wait == ROW_WAIT_SKIP)
                build_fail(p, SQLSTATE_SYNTAX_ERROR,
                           "SKIP LOCKED and WITH TIES options cannot be used together", -1);
        }
    }
    stmt->limit_kind = limits->limit_kind;
}

SelectStmt *build_query_tail(Parser *p, void *query, List *order_by, List *locking, void *limits,
                             void *with)
{
    SelectStmt *stmt = query;

    if (order_by != NULL) {
        if (stmt->order_by != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple ORDER BY clauses not allowed",
                       build_location(order_by));
        stmt->order_by = order_by;
    }
    stmt->locking = list_concat(stmt->locking, locking);
    if (limits != NULL)
        add_limits(p, stmt, limits);
    if (with != NULL) {
        if (stmt->with != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple WITH clauses not allowed",
                       node_location(with));
        stmt->with = with;
    }
    return stmt;
}

/* ---- FROM ---- */

RangeVar *build_aliased(void *relation, Alias *alias)
{
    RangeVar *var = relation;

    var->alias = alias;
    return var;
}

RangeVar *build_only(void *relation)
{
    RangeVar *var = relation;

    var->is_inherited = false;
    return var;
}

RangeVar *build_persistence(void *relation, char persistence)
{
    RangeVar *var = relation;

    var->persistence = persistence;
    return var;
}

JoinExpr *build_aliased_join(void *join, Alias *alias)
{
    JoinExpr *expr = join;

    expr->alias = alias;
    return expr;
}

JoinExpr *build_join(JoinKind kind, void *left, void *right, void *condition)
{
    JoinExpr *join = condition;

    join->kind = kind;
    join->left = left;
    join->right = right;
    return join;
}

RangeFunction *build_function_table(void *function, void *names, bool is_lateral)
{
    RangeFunction *table = function;
    const RangeFunction *alias = names;

    table->is_lateral = is_lateral;
    table->alias = alias->alias;
    table->column_defs = alias->column_defs;
    return table;
}

RangeTableFunc *build_xml_table(void *table, Alias *alias, bool is_lateral)
{
    RangeTableFunc *xml = table;

    xml->alias = alias;
    xml->is_lateral = is_lateral;
    return xml;
}

RangeSubselect *build_subselect(Parser *p, void *query, Alias *alias, bool is_lateral, int location)
{
    RangeSubselect *item = node_new(RangeSubselect);
    const SelectStmt *select = query;

    if (alias == NULL) {
        bool is_values = select->values != NULL;

        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = is_values ? "VALUES in FROM must have an alias"
                                       : "subquery in FROM must have an alias",
                  .hint = is_values ? "For example, FROM (VALUES ...) [AS] foo."
                                    : "For example, FROM (SELECT ...) [AS] foo.",
                  .position = parser_position(p, location));
    }
    item->is_lateral = is_lateral;
    item->query = query;
    item->alias = alias;
    return item;
}

Option *build_xml_option(Parser *p, const char *name, void *value, int location)
{
    if (strcmp(name, "is_not_null") == 0)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, err_fmt("unrecognized column option \"%s\"", name),
                   location);
    return build_option(name, value, location);
}

RangeTableFuncCol *build_xml_column(Parser *p, const char *name, TypeName *type, List *options,
                                    int location)
{
    RangeTableFuncCol *column = node_new(RangeTableFuncCol);
    bool has_null = false;

    column->name = name;
    column->type = type;
    column->loc = location;
    list_foreach(Option *, option, options) {
        if (strcmp(option->name, "default") == 0) {
            if (column->default_value != NULL)
                build_fail(p, SQLSTATE_SYNTAX_ERROR, "only one DEFAULT value is allowed",
                           option->loc);
            column->default_value = option->arg;
        } else if (strcmp(option->name, "path") == 0) {
            if (column->path != NULL)
                build_fail(p, SQLSTATE_SYNTAX_ERROR, "only one PATH value per column is allowed",
                           option->loc);
            column->path = option->arg;
        } else if (strcmp(option->name, "is_not_null") == 0) {
            if (has_null)
                build_fail(p, SQLSTATE_SYNTAX_ERROR,
                           err_fmt("conflicting or redundant NULL / NOT NULL declarations for "
                                   "column \"%s\"",
                                   name),
                           option->loc);
            column->is_not_null = ((Boolean *)(void *)option->arg)->value;
            has_null = true;
        } else {
            build_fail(p, SQLSTATE_SYNTAX_ERROR,
                       err_fmt("unrecognized column option \"%s\"", option->name), option->loc);
        }
    }
    return column;
}

void build_warn_global(Parser *p, int location)
{
    err_log(ERR_WARNING, .message = "GLOBAL is deprecated in temporary table creation",
            .position = parser_position(p, location));
}

/* ---- Windows ---- */

WindowDef *build_named_window(const char *name, void *window)
{
    WindowDef *def = window;

    def->name = name;
    return def;
}

WindowDef *build_window(void *frame, const char *base, List *partition_by, List *order_by,
                        int location)
{
    WindowDef *def = frame;

    def->base = base;
    def->partition_by = partition_by;
    def->order_by = order_by;
    def->loc = location;
    return def;
}

WindowDef *build_frame(void *extent, int bits)
{
    WindowDef *def = extent;

    def->frame |= FRAME_NON_DEFAULT | bits;
    return def;
}

WindowDef *build_frame_extent(Parser *p, void *first, void *last, int first_at, int last_at)
{
    WindowDef *start = first;
    WindowDef *end = last;

    if (start->frame & FRAME_START_UNBOUNDED_FOLLOWING)
        build_fail(p, SQLSTATE_WINDOWING_ERROR, "frame start cannot be UNBOUNDED FOLLOWING",
                   first_at);
    if (end == NULL) {
        if (start->frame & FRAME_START_OFFSET_FOLLOWING)
            build_fail(p, SQLSTATE_WINDOWING_ERROR,
                       "frame starting from following row cannot end with current row", first_at);
        start->frame |= FRAME_END_CURRENT_ROW;
        return start;
    }
    if (end->frame & FRAME_START_UNBOUNDED_PRECEDING)
        build_fail(p, SQLSTATE_WINDOWING_ERROR, "frame end cannot be UNBOUNDED PRECEDING", last_at);
    if ((start->frame & FRAME_START_CURRENT_ROW) && (end->frame & FRAME_START_OFFSET_PRECEDING))
        build_fail(p, SQLSTATE_WINDOWING_ERROR,
                   "frame starting from current row cannot have preceding rows", last_at);
    if ((start->frame & FRAME_START_OFFSET_FOLLOWING) &&
        (end->frame & (FRAME_START_OFFSET_PRECEDING | FRAME_START_CURRENT_ROW)))
        build_fail(p, SQLSTATE_WINDOWING_ERROR,
                   "frame starting from following row cannot have preceding rows", last_at);
    /* The bit of an end is the one above that of a start. */
    start->frame |= end->frame << 1 | FRAME_BETWEEN;
    start->end_offset = end->start_offset;
    return start;
}

/* ---- INSERT, UPDATE, MERGE, COPY ---- */

InsertStmt *build_insert(void *with, void *relation, void *rest, void *conflict, List *returning)
{
    InsertStmt *stmt = rest;

    stmt->with = with;
    stmt->relation = relation;
    stmt->on_conflict = conflict;
    stmt->returning = returning;
    return stmt;
}

List *build_set_one(void *target, void *value)
{
    ((Target *)target)->value = value;
    return list_of(target);
}

/* (a, b) = row: each column knows its place in the one source. */
List *build_set_many(List *targets, void *source)
{
    int column = 0;

    list_foreach(Target *, target, targets) {
        MultiAssign *assign = node_new(MultiAssign);

        assign->source = source;
        assign->column = ++column;
        assign->count = list_count(targets);
        target->value = (Node *)(void *)assign;
    }
    return targets;
}

MergeWhen *build_merge_when(void *when, void *condition)
{
    MergeWhen *merge = when;

    merge->condition = condition;
    return merge;
}

CopyStmt *build_copy(Parser *p, const CopyParts *parts)
{
    CopyStmt *stmt = node_new(CopyStmt);

    stmt->relation = parts->relation;
    stmt->query = parts->query;
    stmt->columns = parts->columns;
    stmt->is_from = parts->is_from;
    stmt->is_program = parts->is_program;
    stmt->filename = parts->filename;
    stmt->where = parts->where;
    if (stmt->is_program && stmt->filename == NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "STDIN/STDOUT not allowed with PROGRAM",
                   parts->program_at);
    if (!stmt->is_from && stmt->where != NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "WHERE clause not allowed with COPY TO",
                   parts->where_at);
    if (parts->binary != NULL)
        stmt->options = list_add(stmt->options, parts->binary);
    if (parts->delimiter != NULL)
        stmt->options = list_add(stmt->options, parts->delimiter);
    stmt->options = list_concat(stmt->options, parts->options);
    return stmt;
}
