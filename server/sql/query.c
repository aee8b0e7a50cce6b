/*
 * query.c - what a query means, and whether that still holds
 *
 * A query that is kept (a prepared statement, a cursor) is analyzed once. Invalidations mark those
 * whose relations, functions or types have changed; the search path and the role are compared when
 * it is used. A marked one is analyzed anew from its raw tree, and must give the columns it gave.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/lock/lock_object.h"
#include "server/object/role.h"
#include "server/rewriter/rewriter.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

static struct {
    Prepared *kept; /* all that invalidations must find */
    bool is_registered;
} queries;

static void analyze(Prepared *p);
static Query *analyze_body(Prepared *p, ParamTypes *params);
static void take_meaning(Prepared *p, List *trees, const ParamTypes *params);
static bool is_current(const Prepared *p);
static void lock_tables(const List *range_table);
static void take_columns(Prepared *p, const List *trees, const List *shown);
static Query *one_of(const List *trees);
static bool gives_rows(const List *trees);
static void enter(Prepared *p);
static void leave(void *arg);
static void on_relation(Datum arg, Oid relation);
static void on_row(Datum arg, CacheId id, uint32_t hash);
static bool stands_on(const Prepared *p, Oid relation);
static void mark(Prepared *p);

/* ---- Meaning ---- */

void query_prepare(Prepared *p, bool is_kept)
{
    p->is_query = true;
    p->query.is_kept = is_kept;
    analyze(p);
    if (is_kept)
        enter(p);
}

/*
 * The tree of a query that is kept is a copy, so that what the analyzer leaves behind goes with the
 * message.
 */
static void analyze(Prepared *p)
{
    SqlQuery *q = &p->query;
    ParamTypes params = {.types = p->param_types, .count = p->param_count};
    Query *tree;
    List *trees;
    const List *targets;

    snapshot_push(snapshot_take());
    if (p->body != NULL)
        tree = analyze_body(p, &params);
    else
        tree =
            analyzer_query(p->raw, p->text, p->param_types == NULL && !q->is_kept ? NULL : &params);
    q->command = tree->command;
    targets = node_copy(analyzer_result_targets(tree));
    trees = rewriter_query(tree);
    take_columns(p, trees, targets);
    snapshot_pop();
    if (!q->is_kept) {
        q->mem = p->mem;
        take_meaning(p, trees, &params);
        return;
    }
    q->mem = mem_context_new(p->mem, "query");
    MEM_SCOPE(q->mem) {
        trees = node_copy(trees);
    }
    take_meaning(p, trees, &params);
}

/* Parameters have types, and perhaps names; the last query gives what the function returns. */
static Query *analyze_body(Prepared *p, ParamTypes *params)
{
    SqlBody *body = p->body;
    Query *tree;

    params->is_fixed = true;
    params->function = body->function;
    params->names = body->names;
    if (body->stored != NULL) {
        tree = node_copy(body->stored);
        rewriter_lock_relations(tree);
    } else {
        tree = analyzer_query(p->raw, p->text, params);
    }
    if (body->is_last)
        body->gives_whole_row = analyzer_fit_function_result(tree, body->result, body->row,
                                                             body->is_procedure);
    return tree;
}

static void take_meaning(Prepared *p, List *trees, const ParamTypes *params)
{
    SqlQuery *q = &p->query;

    MEM_SCOPE(p->mem) {
        p->param_types = mem_dup(params->types, (size_t)params->count * sizeof(Oid));
        p->param_count = params->count;
    }
    q->trees = trees;
    q->tree = one_of(trees);
    q->path = namespace_path()->generation;
    q->role = role_current();
    q->is_valid = true;
}

/* As the client was told them; a query without columns gives rows all the same. */
static void take_columns(Prepared *p, const List *trees, const List *shown)
{
    bool is_again = p->query.is_known;

    MEM_SCOPE(p->mem) {
        const List *targets = node_copy(shown);
        const TupleDesc *desc = gives_rows(trees) ? expr_tuple_desc(targets, true) : NULL;

        if (is_again && ((desc == NULL) != (p->desc == NULL) ||
                         (desc != NULL && !tuple_desc_equal(desc, p->desc))))
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "cached plan must not change result type");
        p->desc = desc;
        p->targets = targets;
    }
    p->query.is_known = true;
}

/* The query, or the only one that stands for it: what it does is told as the statement's own. */
static Query *one_of(const List *trees)
{
    Query *only = list_count(trees) == 1 ? list_at(trees, 0) : NULL;

    return only != NULL && only->can_set_tag ? only : NULL;
}

/* Rules may have left no query whose rows are the statement's. */
static bool gives_rows(const List *trees)
{
    list_foreach(const Query *, tree, trees) {
        if (tree->can_set_tag && (tree->command == COMMAND_SELECT || tree->returning != NULL))
            return true;
    }
    return false;
}

void query_revalidate(Prepared *p)
{
    SqlQuery *q = &p->query;

    if (!q->is_kept)
        return;
    for (;;) {
        if (is_current(p)) {
            list_foreach(Query *, tree, q->trees)
                rewriter_lock_relations(tree);
            if (q->is_valid)
                return;
        }
        /* NULL: the last time it could not be analyzed. */
        if (q->mem != NULL)
            mem_delete(q->mem);
        q->mem = NULL;
        if (q->generic != NULL)
            plan_release(q->generic);
        q->generic = NULL;
        q->custom_count = 0;
        q->custom_cost = 0;
        analyze(p);
    }
}

static bool is_current(const Prepared *p)
{
    return p->query.is_valid && p->query.role == role_current() &&
           p->query.path == namespace_path()->generation;
}

bool query_lock_plan(const Prepared *p, const SqlPlan *plan)
{
    if (!is_current(p) || !plan->is_valid)
        return false;
    lock_tables(plan->statement->range_table);
    return p->query.is_valid && plan->is_valid;
}

static void lock_tables(const List *range_table)
{
    for (int i = 0; i < list_count(range_table); i++) {
        const RangeTblEntry *entry = list_at(range_table, i);

        if (entry->kind == RTE_RELATION)
            lock_relation(entry->relation, (LockMode)entry->lock_mode);
    }
}

/* ---- Invalidation ---- */

static void enter(Prepared *p)
{
    static const CacheId rows[] = {
        CACHE_PROCOID,  CACHE_TYPEOID,        CACHE_NAMESPACEOID,     CACHE_OPEROID,
        CACHE_AMOPOPID, CACHE_AUTHMEMROLEMEM, CACHE_FOREIGNSERVEROID, CACHE_FOREIGNDATAWRAPPEROID};

    if (!queries.is_registered) {
        queries.is_registered = true;
        inval_on_relation(on_relation, 0);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
            inval_on_row(rows[i], on_row, 0);
    }
    p->query.next = queries.kept;
    if (queries.kept != NULL)
        queries.kept->query.link = &p->query.next;
    p->query.link = &queries.kept;
    queries.kept = p;
    mem_before_reset(p->mem, leave, p); /* the plan lies below */
}

static void leave(void *arg)
{
    Prepared *p = arg;

    *p->query.link = p->query.next;
    if (p->query.next != NULL)
        p->query.next->query.link = p->query.link;
    if (p->query.generic != NULL)
        plan_release(p->query.generic);
}

static void on_relation(Datum arg UNUSED, Oid relation)
{
    for (Prepared *p = queries.kept; p != NULL; p = p->query.next)
        if (p->query.is_valid && (relation == 0 || stands_on(p, relation)))
            mark(p);
}

void query_forget_plans(void)
{
    on_row(0, CACHE_PROCOID, 0);
}

/* Which of them is not looked at: functions and types seldom change where statements are kept. */
static void on_row(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    for (Prepared *p = queries.kept; p != NULL; p = p->query.next)
        mark(p);
}

static bool has_relation(const List *range_table, Oid relation)
{
    for (int i = 0; i < list_count(range_table); i++) {
        const RangeTblEntry *entry = list_at(range_table, i);

        if (entry->relation == relation && entry->kind == RTE_RELATION)
            return true;
    }
    return false;
}

/* A plan tells all relations; a query alone may have some in subqueries: then any counts. */
static bool stands_on(const Prepared *p, Oid relation)
{
    const SqlQuery *q = &p->query;

    if (q->generic == NULL)
        return true;
    for (int i = 0; i < list_count(q->generic->statement->relation_oids); i++)
        if (list_oid_at(q->generic->statement->relation_oids, i) == relation)
            return true;
    return has_relation(q->tree->range_table, relation);
}

static void mark(Prepared *p)
{
    p->query.is_valid = false;
    if (p->query.generic != NULL)
        p->query.generic->is_valid = false;
}
