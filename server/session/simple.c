/*
 * simple.c - Query: a text of statements, run one after the other
 *
 * All are parsed before the first runs; names are looked up one by one. Several statements are one
 * transaction, unless they say otherwise themselves.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/timer.h"
#include "server/ipc/title.h"
#include "server/net/net.h"
#include "server/replication/replication.h"
#include "server/session/session_int.h"

static void run_statement(const RawStatement *raw, const char *text, bool is_last, bool is_block);
static void run_alone(const RawStatement *raw, const char *text, RunResult *result);
static void end_statement(const RawStatement *raw, bool is_last, bool is_block);

void session_simple_query(ByteReader *body)
{
    /* A copy of it: a COPY or a stream reads other messages into the place of this one. */
    const char *text = mem_strdup(net_get_cstring(body));
    const RawStatement *statements;
    Array list;

    net_end_body(body);
    session_set_query(text);
    if (replication_is_session() && replication_run(text)) {
        session_set_query("");
        return;
    }
    session_start_command();
    prepared_close_unnamed();
    array_init(&list, sizeof(RawStatement));
    session.engine->parse(text, &list);
    statements = list.items;
    for (size_t i = 0; i < list.count; i++)
        run_statement(&statements[i], text, i + 1 == list.count, list.count > 1);
    session_end_command();
    if (list.count == 0)
        net_send_empty(MESSAGE_EMPTY_QUERY_RESPONSE);
    session_set_query("");
}

static void run_statement(const RawStatement *raw, const char *text, bool is_last, bool is_block)
{
    RunResult result;

    title_set(raw->tag);
    session_check_block(raw);
    session_start_command();
    /* Said for each: a COMMIT in the middle has ended the block. */
    if (is_block)
        txn_begin_implicit_block();
    check_interrupts();
    run_alone(raw, text, &result);
    end_statement(raw, is_last, is_block);
    rows_send_tag(&result);
}

/* By a portal of its own, which is gone afterwards, as is the unnamed one. */
static void run_alone(const RawStatement *raw, const char *text, RunResult *result)
{
    PreparedStatement *p = prepared_new("");
    Portal *portal;
    RowReceiver *receiver;
    int16_t format;

    p->text = text;
    p->raw = *raw;
    p->prepared = session.engine->prepare(
        &(PrepareRequest){.text = text, .raw = raw, .param_types = NULL, .mem = p->mem});
    check_interrupts();
    portal = portal_new("");
    session.simple_portal = portal;
    portal_open(portal, p, NULL, 0, 0);
    format = (int16_t)session.engine->own_format(portal->run);
    portal_set_formats(portal, &format, 1);
    receiver = rows_receiver(portal, true, session.message_mem);
    portal_run(portal, 0, receiver, result);
    portal_close(portal);
    prepared_drop(p);
}

static void end_statement(const RawStatement *raw, bool is_last, bool is_block)
{
    if (is_last) {
        if (is_block)
            txn_end_implicit_block();
        session_end_command();
    } else if (raw->is_transaction_control) {
        session_end_command();
    } else {
        session_advance_command();
    }
}
