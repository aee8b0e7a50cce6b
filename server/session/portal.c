/*
 * portal.c - portals: statements that were begun, with their parameters, to give rows in pieces
 *
 *     READY --portal_run--> ACTIVE --rows are left--> READY
 *                             |  \--all is done-----> DONE
 *                             +-----a raise---------> FAILED   as all do when their
 *                                                              transaction fails
 *
 * A portal ends with the transaction that opened it: session_on_txn_event() drops those that are
 * not running. Portals of the protocol and cursors of SQL share their names.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/str.h"
#include "server/net/net.h"
#include "server/session/session_int.h"

#define ANY_SUB UINT32_MAX
#define HELD    0 /* in place of the number of a subtransaction */

/* Of node; the session knows no nodes. */
#define CURSOR_BINARY 0x1
#define CURSOR_HOLD   0x20

typedef struct PortalEntry {
    const char *name; /* the portal's */
    Portal *portal;
} PortalEntry;

static struct {
    Hash named;
    Portal *unnamed;     /* NULL: none */
    uint32_t new_sub_id; /* for hand_on() */
} portals;

static void drop(Portal *p, bool is_abort);
static void for_all(uint32_t sub_id, void (*act)(Portal *p));
static void begin_run(Portal *p);
_Noreturn static void fail(Portal *p);
static void hold_or_drop(Portal *p);
static void refuse_to_hold(Portal *p);
static void close_idle(Portal *p);
static void drop_in_order(Portal *p);
static void give_up(Portal *p);
static void hand_on(Portal *p);
static void release(Portal *p, bool is_abort);

void portal_init(void)
{
    MEM_SCOPE(session.mem) {
        hash_init(&portals.named, HASH_KEY_STRING, sizeof(PortalEntry));
    }
    portals.unnamed = NULL;
}

Portal *portal_new(const char *name)
{
    MemContext *mem;
    Portal *p;

    if (*name != '\0' && portal_try_find(name) != NULL)
        err_raise(SQLSTATE_DUPLICATE_CURSOR,
                  .message = err_fmt("cursor \"%s\" already exists", name));
    if (*name == '\0' && portals.unnamed != NULL)
        portal_close(portals.unnamed);
    mem = mem_context_new(session.mem, "portal");
    p = mem_alloc_in(mem, sizeof *p);
    p->mem = mem;
    p->name = mem_strdup_in(mem, name);
    p->made_at = txn_statement_time();
    p->sub_id = txn_sub_id();
    if (*name == '\0')
        portals.unnamed = p;
    else
        ((PortalEntry *)hash_enter(&portals.named, p->name, NULL))->portal = p;
    return p;
}

Portal *portal_try_find(const char *name)
{
    PortalEntry *entry;

    if (*name == '\0')
        return portals.unnamed;
    entry = hash_find(&portals.named, name);
    return entry == NULL ? NULL : entry->portal;
}

Portal *portal_find(const char *name)
{
    Portal *p = portal_try_find(name);

    if (p == NULL)
        err_raise(SQLSTATE_INVALID_CURSOR_NAME,
                  .message = err_fmt("portal \"%s\" does not exist", name));
    return p;
}

void portal_close(Portal *p)
{
    if (p->state == PORTAL_ACTIVE)
        err_raise(SQLSTATE_INVALID_CURSOR_STATE,
                  .message = err_fmt("cannot drop active portal \"%s\"", p->name));
    drop(p, false);
}

void portal_open(Portal *p, PreparedStatement *from, const ParamValue *params, size_t count,
                 int cursor_options)
{
    OpenRequest request = {.prepared = from->prepared,
                           .params = params,
                           .param_count = count,
                           .mem = p->mem,
                           .cursor_options = cursor_options,
                           .is_top = true};

    p->text = mem_strdup_in(p->mem, from->text);
    p->raw = from->raw;
    p->is_empty = from->is_empty;
    if (p->is_empty)
        return;
    request.text = p->text;
    prepared_pin(from);
    p->from = from;
    p->desc = session.engine->columns(from->prepared);
    p->run = session.engine->open(&request);
}

void portal_set_formats(Portal *p, const int16_t *formats, size_t count)
{
    size_t columns = p->desc == NULL ? 0 : p->desc->count;

    if (p->desc == NULL)
        return;
    if (count > 1 && count != columns)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("bind message has %zu result formats but query has %zu "
                                     "columns",
                                     count, columns));
    MEM_SCOPE(p->mem) {
        p->formats = mem_new_array(int16_t, size_max(columns, 1));
    }
    for (size_t i = 0; i < columns; i++)
        p->formats[i] = count == 0 ? FORMAT_TEXT : formats[count == 1 ? 0 : i];
}

void portal_run(Portal *p, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    if (p->state == PORTAL_FAILED || p->state == PORTAL_ACTIVE ||
        (p->state == PORTAL_DONE && p->desc == NULL))
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("portal \"%s\" cannot be run", p->name));
    *result = (RunResult){.is_done = false};
    begin_run(p);
    ERR_TRY() {
        session.engine->run(p->run, max_rows, receiver, result);
    }
    ERR_CATCH() {
        fail(p);
    }
    ERR_END();
    p->state = result->is_done ? PORTAL_DONE : PORTAL_READY;
}

static void begin_run(Portal *p)
{
    p->state = PORTAL_ACTIVE;
    p->is_started = true;
}

/* In the handler of a raise. */
_Noreturn static void fail(Portal *p)
{
    p->state = PORTAL_FAILED;
    net_discard_message();
    err_raise_again();
}

/* ---- Cursors of SQL ---- */

void portal_analyze(PreparedStatement *p, const char *text, const RawStatement *raw)
{
    p->text = text;
    p->raw = *raw;
    p->prepared =
        session.engine->prepare(&(PrepareRequest){.text = text, .raw = raw, .mem = p->mem});
}

void portal_declare(const char *name, PreparedStatement *p, int options)
{
    Portal *portal = portal_new(name);

    mem_set_parent(p->mem, session.mem);
    portal->is_hold = (options & CURSOR_HOLD) != 0;
    portal->is_binary = (options & CURSOR_BINARY) != 0;
    p->is_dropped = true; /* it goes with the portal */
    portal_open(portal, p, NULL, 0, options);
}

Run *portal_open_run(const Portal *portal)
{
    return portal->run;
}

bool portal_is_binary(const Portal *portal)
{
    return portal->is_binary;
}

const TupleDesc *portal_columns(const Portal *portal)
{
    return portal->desc;
}

uint64_t portal_fetch(Portal *p, const FetchRequest *request, RowReceiver *receiver)
{
    volatile uint64_t rows = 0;

    if (p->state == PORTAL_FAILED || p->state == PORTAL_ACTIVE)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("portal \"%s\" cannot be run", p->name));
    begin_run(p);
    ERR_TRY() {
        rows = session.engine->fetch(p->run, request, receiver);
    }
    ERR_CATCH() {
        fail(p);
    }
    ERR_END();
    p->state = PORTAL_READY;
    return rows;
}

void portal_drop(Portal *p)
{
    drop(p, true);
}

/* ---- The end of transactions ---- */

/*
 * At a commit the statement that asked for it may still be on its way, in a portal that is done;
 * nothing of it is used afterwards. In a block that has failed portals keep their names until it
 * ends.
 */
void session_on_txn_event(TxnEvent event)
{
    switch (event) {
    case TXN_PRE_PREPARE:
        for_all(ANY_SUB, refuse_to_hold);
        for_all(ANY_SUB, drop_in_order);
        break;
    case TXN_PRE_COMMIT:
        for_all(ANY_SUB, hold_or_drop);
        break;
    case TXN_CLEANUP:
        for_all(ANY_SUB, drop_in_order);
        break;
    case TXN_ABORT:
        for_all(ANY_SUB, give_up);
        break;
    case TXN_START:
    case TXN_COMMIT:
    case TXN_PREPARE:
    case TXN_PREPARED:
        break;
    }
}

void session_on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    portals.new_sub_id = parent_sub_id;
    switch (event) {
    case TXN_COMMIT:
        for_all(sub_id, hand_on);
        break;
    case TXN_ABORT:
        for_all(sub_id, give_up);
        break;
    case TXN_CLEANUP:
        for_all(sub_id, portal_drop);
        break;
    case TXN_START:
    case TXN_PRE_PREPARE:
    case TXN_PRE_COMMIT:
    case TXN_PREPARE:
    case TXN_PREPARED:
        break;
    }
}

/* For those that a subtransaction has opened, or all; act may drop the one it is given. */
static void for_all(uint32_t sub_id, void (*act)(Portal *p))
{
    size_t position = 0;
    PortalEntry *entry;

    if (session.mem == NULL)
        return;
    if (portals.unnamed != NULL && (sub_id == ANY_SUB || portals.unnamed->sub_id == sub_id))
        act(portals.unnamed);
    while ((entry = hash_next(&portals.named, &position)) != NULL) {
        size_t count = portals.named.count;

        if (sub_id == ANY_SUB || entry->portal->sub_id == sub_id)
            act(entry->portal);
        if (portals.named.count != count)
            position = 0; /* the table has changed under the walk */
    }
}

static void close_idle(Portal *p)
{
    if (p->state != PORTAL_ACTIVE)
        drop(p, false);
}

static void list_one(const Portal *p, Array *rows)
{
    *(PortalRow *)array_push(rows) = (PortalRow){.name = p->name,
                                                 .text = p->text,
                                                 .is_hold = p->is_hold,
                                                 .is_binary = p->is_binary,
                                                 .run = p->run,
                                                 .made_at = p->made_at};
}

void portal_list(Array *rows)
{
    size_t position = 0;
    const PortalEntry *entry;

    array_init(rows, sizeof(PortalRow));
    if (portals.unnamed != NULL && portals.unnamed != session.simple_portal)
        list_one(portals.unnamed, rows);
    while ((entry = hash_next(&portals.named, &position)) != NULL)
        list_one(entry->portal, rows);
}

void portal_close_all(void)
{
    for_all(ANY_SUB, close_idle);
}

/*
 * Those that stay are held from now on, by no transaction. What runs is a command that commits in
 * its midst (VACUUM): its portal is there until it ends.
 */
static void hold_or_drop(Portal *p)
{
    if (p->state == PORTAL_ACTIVE)
        return;
    if (!p->is_hold) {
        drop(p, false);
        return;
    }
    if (p->sub_id == HELD)
        return;
    if (p->run != NULL)
        session.engine->hold(p->run);
    p->sub_id = HELD;
}

static void refuse_to_hold(Portal *p)
{
    if (p->is_hold && p->sub_id != HELD && p->state == PORTAL_READY)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot PREPARE a transaction that has created a cursor WITH HOLD");
}

static void drop_in_order(Portal *p)
{
    if (p->sub_id != HELD && p->state != PORTAL_ACTIVE)
        drop(p, false);
}

/* What it holds goes, while the name stays. */
static void give_up(Portal *p)
{
    if (p->sub_id == HELD)
        return;
    release(p, true);
    p->state = PORTAL_FAILED;
}

static void hand_on(Portal *p)
{
    p->sub_id = portals.new_sub_id;
    if (p->run != NULL)
        session.engine->hand_on(p->run);
}

static void drop(Portal *p, bool is_abort)
{
    if (session.simple_portal == p)
        session.simple_portal = NULL;
    if (portals.unnamed == p)
        portals.unnamed = NULL;
    else
        hash_remove(&portals.named, p->name);
    release(p, is_abort);
    if (p->from != NULL)
        prepared_unpin(p->from);
    mem_delete(p->mem);
}

static void release(Portal *p, bool is_abort)
{
    Run *run = p->run;

    p->run = NULL;
    if (run != NULL)
        session.engine->close(run, is_abort);
}
