/* place.c - on which row of a table a cursor stands: what WHERE CURRENT OF asks */
#include "common/base/base.h"

#include "server/executor/exec_int.h"

typedef struct Search {
    Oid table;
    const ExecNode *found;
    bool is_ambiguous;
} Search;

bool exec_is_on_row(const Exec *e)
{
    return !e->is_before_first && !e->is_behind_last;
}

/* ---- Rows that are locked ---- */

/* Each LockRows knows the rows that it locked last, whatever stands above it and below. */
static ExecPlace locked_place(const Exec *e, Oid table, Tid *tid)
{
    unsigned count = 0;

    *tid = (Tid){.offset = 0};
    array_foreach(ExecNode *, n, &e->nodes) {
        if ((*n)->plan->tag == NODE_LockRows)
            count += lock_rows_place(*n, table, tid);
    }
    if (count == 0)
        return PLACE_NOT_LOCKED;
    if (count > 1)
        return PLACE_LOCKED_TWICE;
    return tid->offset == 0 ? PLACE_NO_ROW : PLACE_ROW;
}

/* ---- Rows that are only read ---- */

static bool scans(const ExecNode *n, Oid table)
{
    const Scan *plan = (const Scan *)(const void *)n->plan;

    return n->ops->place != NULL && exec_range_entry(n->exec, plan->rt_index)->relation == table;
}

/* The scan of the table whose row is that of the whole; through what leaves rows as they are. */
static void search(Search *s, const ExecNode *n)
{
    ExecNode *const *parts;
    unsigned count;

    if (scans(n, s->table)) {
        s->is_ambiguous = s->found != NULL;
        s->found = n;
        return;
    }
    switch (n->plan->tag) {
    case NODE_Append:
        parts = append_parts(n, &count);
        for (unsigned i = 0; i < count && !s->is_ambiguous; i++)
            search(s, parts[i]);
        break;
    case NODE_Limit:
    case NODE_Result:
    case NODE_SubqueryScan:
        if (n->left != NULL)
            search(s, n->left);
        break;
    default:
        break;
    }
}

ExecPlace exec_place(const Exec *e, Oid table, Tid *tid)
{
    Search s = {.table = table};

    if (e->plan->row_marks != NULL)
        return locked_place(e, table, tid);
    search(&s, e->root);
    if (s.found == NULL || s.is_ambiguous)
        return PLACE_NOT_SIMPLE;
    return s.found->ops->place(s.found, tid) ? PLACE_ROW : PLACE_NO_ROW;
}

/* ---- By name ---- */

static ExecCursorSource cursor_source;

void exec_set_cursor_source(ExecCursorSource source)
{
    cursor_source = source;
}

bool exec_cursor_row(const char *cursor, const Relation *table, Tid *tid)
{
    return cursor_source(cursor, table, tid);
}
