/*
 * several.c - a query that rules have made several of, or none
 *
 * All are planned when the statement is opened, and run one after the other when it is run: each
 * sees what those before it have changed, and of others what the first one saw. One of them at most
 * stands for the statement: its rows are the statement's, and kept; its count is in the tag. What
 * others return (a rule that does SELECT) is an answer of its own to whoever takes any.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

static void run_part(Run *run, Run *part, RowReceiver *receiver);
static void run_query(Run *run, Run *part, RowReceiver *receiver);
static void run_command(const Run *run, const Query *tree);

void several_open(Run *run)
{
    List *trees = run->prepared->query.trees;

    run->snapshot = snapshot_register(run->sees_as_caller ? snapshot_active() : snapshot_take());
    MEM_SCOPE(run->mem) {
        run->parts = mem_new_array(Run, (size_t)list_count(trees) + 1);
        list_foreach(Query *, tree, trees) {
            Run *part = &run->parts[run->part_count++];

            part->tree = node_copy(tree);
            part->prepared = run->prepared;
            part->mem = run->mem;
            part->owner = run->owner;
            part->params = run->params;
            if (tree->command != COMMAND_UTILITY)
                part->plan = plan_of_tree(run->prepared, tree, &run->params);
        }
    }
}

void several_run(Run *run, RowReceiver *receiver)
{
    for (int i = 0; i < run->part_count; i++) {
        if (i > 0)
            txn_advance_command();
        run_part(run, &run->parts[i], receiver);
    }
    run->is_finished = true;
    /* When none stands for it, it has changed nothing. */
    if (run->stored_result.tag == NULL)
        run_tell(run->prepared->query.command, 0, &run->stored_result);
}

static void run_part(Run *run, Run *part, RowReceiver *receiver)
{
    const Query *tree = part->tree;

    if (tree->command == COMMAND_UTILITY) {
        run_command(run, tree);
        return;
    }
    part->snapshot = snapshot_register_advanced(run->snapshot);
    run_begin(part);
    run_query(run, part, receiver);
    if (tree->can_set_tag)
        run_tell(tree->command, exec_changed_rows(part->exec), &run->stored_result);
    run_close(part, false);
}

static void run_query(Run *run, Run *part, RowReceiver *receiver)
{
    const Query *tree = part->tree;
    bool gives_rows = tree->command == COMMAND_SELECT || tree->returning != NULL;
    RowReceiver *taker = NULL;

    if (tree->can_set_tag && run->prepared->desc != NULL) {
        run_keep_rows(run, part);
        return;
    }
    if (gives_rows && run->prepared->desc == NULL && receiver->other != NULL)
        taker = receiver->other(receiver);
    if (taker != NULL)
        taker->begin(taker, expr_tuple_desc(analyzer_result_targets(tree), true));
    run_exec(part, EXEC_FORWARD, 0, taker);
    run_finish(part);
    if (taker != NULL)
        taker->end(taker);
}

/* NOTIFY, the one that rules may have. */
static void run_command(const Run *run, const Query *tree)
{
    CommandCall call = {.statement = tree->utility,
                        .text = run->prepared->text,
                        .location = tree->loc,
                        .length = tree->length,
                        .place = COMMAND_BODY,
                        .params = &run->params};

    command_run(&call);
}

void several_close(Run *run, bool is_abort)
{
    for (int i = 0; i < run->part_count; i++)
        run_close(&run->parts[i], is_abort);
}
