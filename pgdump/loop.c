/*
 * loop.c - loops of dependencies, and how each sort of them is broken; loop.h says what for
 *
 * A row of repairs names two kinds that stand in a loop, and what to do to them. The first one that
 * fits two objects of a loop is applied; where none does, a dependency goes, with a warning.
 */
#include "common/base/base.h"

#include "pgdump/loop.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/kind.h"
#include "pgdump/report_line.h"

/* A search for a loop that goes through one object. */
typedef struct Search {
    Dump *d;
    DumpObject **path;
    size_t path_len;
    bool *is_done;  /* by number: it is in no loop, or in one that is broken */
    uint32_t *seen; /* by number: the last start that was looked for from it */
    uint32_t start;
} Search;

typedef struct Loop {
    Dump *d;
    DumpObject **objects;
    size_t len;
} Loop;

typedef struct LoopRepair {
    KindId whole, part;
    size_t len; /* of the loop; 0: any */
    bool (*fits)(const DumpObject *whole, const DumpObject *part);
    void (*repair)(const Loop *loop, DumpObject *whole, DumpObject *part);
} LoopRepair;

static bool search(Search *s, DumpObject *o);
static void break_loop(Dump *d, DumpObject **objects, size_t len);
static bool try_repair(const Loop *loop, const LoopRepair *row);
static void warn_data_loop(const Loop *loop);
static void warn_unknown_loop(const Loop *loop);

/* ---- What fits ---- */

static bool is_rule_of_view(const DumpObject *whole, const DumpObject *part)
{
    const TableObject *view = (const TableObject *)whole;
    const RuleObject *rule = (const RuleObject *)part;

    return (view->kind == RELKIND_VIEW || view->kind == RELKIND_MATVIEW) && rule->event == '1' &&
           rule->is_instead && rule->table == view;
}

static bool is_rule_of_plain_view(const DumpObject *whole, const DumpObject *part)
{
    return ((const TableObject *)whole)->kind == RELKIND_VIEW && is_rule_of_view(whole, part);
}

static bool is_matview(const DumpObject *whole, const DumpObject *part)
{
    (void)part;
    return ((const TableObject *)whole)->kind == RELKIND_MATVIEW;
}

static bool is_check_of_table(const DumpObject *whole, const DumpObject *part)
{
    const ConstraintObject *check = (const ConstraintObject *)part;

    return check->type == 'c' && check->table != NULL && &check->table->object == whole;
}

static bool is_check_of_domain(const DumpObject *whole, const DumpObject *part)
{
    const ConstraintObject *check = (const ConstraintObject *)part;

    return check->domain != NULL && &check->domain->object == whole;
}

static bool is_default_of_table(const DumpObject *whole, const DumpObject *part)
{
    return &((const AttrdefObject *)part)->table->object == whole;
}

/* ---- What helps ---- */

/* The part is printed with the whole, so its own dependency on that says nothing. */
static void forget_whole(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    (void)loop;
    object_undepend(part, whole->id);
}

/* The part becomes a statement of its own, after the data. */
static void separate_after_data(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    object_undepend(whole, part->id);
    object_depend(part, whole->id);
    object_depend(part, loop->d->post_data_begin);
}

static void separate_rule(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    separate_after_data(loop, whole, part);
    ((TableObject *)whole)->is_dummy = true;
    ((RuleObject *)part)->is_separate = true;
}

static void separate_check(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    separate_after_data(loop, whole, part);
    ((ConstraintObject *)part)->is_separate = true;
}

static void separate_default(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    (void)loop;
    object_undepend(whole, part->id);
    object_depend(part, whole->id);
    ((AttrdefObject *)part)->is_separate = true;
}

static void refer_to_shell(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    TypeObject *type = (TypeObject *)whole;

    (void)loop;
    object_undepend(part, whole->id);
    if (type->shell == NULL)
        return;
    object_depend(part, type->shell->id);
    /* The shell is printed when something that is printed needs it. */
    if (object_wants(part, PART_DEFINITION))
        type->shell->wanted |= PART_DEFINITION;
}

/* Made after the data: it needs something that only comes then. */
static void postpone(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    DumpObject *next = loop->objects[0];

    for (size_t i = 0; i + 1 < loop->len; i++)
        if (loop->objects[i] == part)
            next = loop->objects[i + 1];
    (void)whole;
    object_undepend(part, next->id);
    next->is_postponed = true;
}

static void forget_parent_index(const Loop *loop, DumpObject *whole, DumpObject *part)
{
    (void)loop;
    object_undepend(whole, part->id);
}

static const LoopRepair repairs[] = {
    {KIND_TYPE, KIND_FUNCTION, 2, NULL, refer_to_shell},
    {KIND_TABLE, KIND_RULE, 2, is_rule_of_view, forget_whole},
    {KIND_TABLE, KIND_RULE, 0, is_rule_of_plain_view, separate_rule},
    {KIND_TABLE, KIND_PRE_DATA_BOUNDARY, 0, is_matview, postpone},
    {KIND_FUNCTION, KIND_PRE_DATA_BOUNDARY, 0, NULL, postpone},
    {KIND_TABLE, KIND_CONSTRAINT, 2, is_check_of_table, forget_whole},
    {KIND_TABLE, KIND_CONSTRAINT, 0, is_check_of_table, separate_check},
    {KIND_TABLE, KIND_ATTRDEF, 2, is_default_of_table, forget_whole},
    {KIND_TABLE, KIND_ATTRDEF, 0, is_default_of_table, separate_default},
    {KIND_INDEX, KIND_INDEX, 2, index_is_parent, forget_parent_index},
    {KIND_TYPE, KIND_CONSTRAINT, 2, is_check_of_domain, forget_whole},
    {KIND_TYPE, KIND_CONSTRAINT, 0, is_check_of_domain, separate_check},
};

void loop_break_all(Dump *d, DumpObject **stuck, size_t count)
{
    size_t numbers = d->objects.count + 1;
    bool has_found = false;
    Search s = {.d = d,
                .path = mem_new_array(DumpObject *, numbers),
                .is_done = mem_new_array(bool, numbers),
                .seen = mem_new_array(uint32_t, numbers)};

    for (size_t i = 0; i < count; i++) {
        if (s.is_done[stuck[i]->id])
            continue;
        s.start = stuck[i]->id;
        s.path_len = 0;
        if (!search(&s, stuck[i])) {
            s.is_done[stuck[i]->id] = true;
            continue;
        }
        has_found = true;
        break_loop(d, s.path, s.path_len);
        for (size_t k = 0; k < s.path_len; k++)
            s.is_done[s.path[k]->id] = true;
    }
    mem_free(s.path);
    mem_free(s.is_done);
    mem_free(s.seen);
    if (!has_found)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not identify dependency loop");
}

/* Is there a way from o back to the start? Then the path has it. */
static bool search(Search *s, DumpObject *o)
{
    /* From what is on the path, or was and is no more, there is no other way. */
    if (s->is_done[o->id] || s->seen[o->id] == s->start)
        return false;
    s->seen[o->id] = s->start;
    s->path[s->path_len++] = o;
    if (object_depends(o, s->start))
        return true;
    array_foreach(const uint32_t, on, &o->depends)
        if (search(s, object_by_id(s->d, *on)))
            return true;
    s->path_len--;
    return false;
}

static void break_loop(Dump *d, DumpObject **objects, size_t len)
{
    Loop loop = {.d = d, .objects = objects, .len = len};
    bool is_data = true;

    for (size_t i = 0; i < ARRAY_LEN(repairs); i++)
        if (try_repair(&loop, &repairs[i]))
            return;
    /* A table that depends on itself, by a column that is computed, or as its own child. */
    if (len == 1 && objects[0]->kind == KIND_TABLE) {
        object_undepend(objects[0], objects[0]->id);
        return;
    }
    for (size_t i = 0; i < len; i++)
        is_data = is_data && objects[i]->kind == KIND_TABLE_DATA;
    if (is_data)
        warn_data_loop(&loop);
    else
        warn_unknown_loop(&loop);
    object_undepend(objects[0], objects[len > 1 ? 1 : 0]->id);
}

static bool try_repair(const Loop *loop, const LoopRepair *row)
{
    if (row->len != 0 && loop->len != row->len)
        return false;
    for (size_t i = 0; i < loop->len; i++)
        for (size_t k = 0; loop->objects[i]->kind == row->whole && k < loop->len; k++) {
            DumpObject *whole = loop->objects[i], *part = loop->objects[k];

            if (part->kind == row->part && part != whole &&
                (row->fits == NULL || row->fits(whole, part))) {
                row->repair(loop, whole, part);
                return true;
            }
        }
    return false;
}

/* Rows that refer to each other in a circle: the order is good for none of them. */
static void warn_data_loop(const Loop *loop)
{
    StrBuf names;

    strbuf_init(&names);
    for (size_t i = 0; i < loop->len; i++)
        strbuf_add_fmt(&names, "%s%s", i == 0 ? "" : report_line_begin(REPORT_LINE_DETAIL),
                       loop->objects[i]->name);
    err_log(ERR_WARNING,
            .message = loop->len == 1
                           ? "there are circular foreign-key constraints on this table:"
                           : "there are circular foreign-key constraints among these tables:",
            .detail = names.text,
            .hint = mem_printf("You might not be able to restore the dump without using "
                               "--disable-triggers or temporarily dropping the constraints."
                               "%sConsider using a full dump instead of a --data-only dump to "
                               "avoid this problem.",
                               report_line_begin(REPORT_LINE_HINT)));
}

static void warn_unknown_loop(const Loop *loop)
{
    StrBuf names;

    strbuf_init(&names);
    for (size_t i = 0; i < loop->len; i++) {
        const DumpObject *o = loop->objects[i];

        strbuf_add_fmt(&names, "%s%s %s  (ID %u OID %u)",
                       i == 0 ? "" : report_line_begin(REPORT_LINE_DETAIL),
                       object_kinds[o->kind].name, o->name, o->id, o->oid);
    }
    err_log(ERR_WARNING, .message = "could not resolve dependency loop among these items:",
            .detail = names.text);
}
