/*
 * sequence_value.c - values of sequences: the page, its log, and what this session has in hand
 *
 * A record is made for every LOGGED_AHEAD values: after a crash the sequence goes on behind them.
 */
#include "common/base/base.h"

#include "server/command/sequence_value.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/sequence_page.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/common/rel_file.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define LOGGED_AHEAD 32 /* values beyond those that are needed now */

/* What this session knows of a sequence. */
typedef struct Hand {
    Oid sequence;
    RelFileNo file; /* another one: the sequence was made anew */
    bool has_last;
    int64_t last, cached, increment; /* last was given; up to cached they are ours */
} Hand;

static struct {
    MemContext *mem;
    Hash hands;
    Oid last; /* whose value was given last; 0: none */
} local;

/* The row of the page, where it lies. */
typedef struct SequenceRow {
    HeapTupleHeader header;
    int64_t last_value, log_count;
    uint8_t is_called;
} SequenceRow;

STATIC_ASSERT(offsetof(SequenceRow, is_called) + 1 == SEQUENCE_TUPLE_SIZE);

typedef struct Limits {
    int64_t increment, max, min, cache;
    bool is_cycle;
} Limits;

static Hand *hand_of(const Relation *rel);
static void read_limits(Oid sequence, Limits *out);
static SequenceRow *lock_row(Relation *rel, Buffer *b);
static void log_row(const Relation *rel, Buffer b, const SequenceRow *row);
static int64_t take_values(Relation *rel, Hand *hand);
static int64_t step(const Limits *limits, int64_t value, const char *name);

/* ---- What the session has ---- */

static Hand *hand_of(const Relation *rel)
{
    bool is_new;
    Hand *hand;

    if (local.mem == NULL) {
        local.mem = mem_context_new_small(mem_root(), "sequences");
        MEM_SCOPE(local.mem) {
            hash_init(&local.hands, sizeof(Oid), sizeof(Hand));
        }
    }
    hand = hash_enter(&local.hands, &rel->oid, &is_new);
    if (is_new || hand->file != rel->tag.rel) {
        /* What was taken of the old file is not of this sequence any more. */
        hand->file = rel->tag.rel;
        hand->cached = hand->last;
    }
    return hand;
}

void sequence_forget(Oid sequence)
{
    size_t position = 0;
    Hand *hand;

    if (local.mem == NULL)
        return;
    if (sequence == 0) {
        mem_delete(local.mem);
        memset(&local, 0, sizeof local);
        return;
    }
    while ((hand = hash_next(&local.hands, &position)) != NULL) {
        if (hand->sequence == sequence)
            hand->cached = hand->last;
    }
}

/* ---- The page ---- */

static SequenceRow *lock_row(Relation *rel, Buffer *b)
{
    uint8_t *page;

    relation_heap(rel);
    *b = buffer_read(rel->smgr, FORK_MAIN, 0, BUFFER_NORMAL, NULL, rel->heap.is_permanent);
    buffer_lock(*b, BUFFER_EXCLUSIVE);
    page = buffer_page(*b);
    sequence_page_read(page); /* raises when it is none */
    return (SequenceRow *)(void *)(page + page_item_id(page, 1).offset);
}

static void log_row(const Relation *rel, Buffer b, const SequenceRow *row)
{
    const RelTag tag = rel->tag;
    Lsn end;

    buffer_register_wal(0, b, WAL_REF_WILL_INIT);
    wal_register_data(&tag, sizeof tag);
    wal_register_data(row, SEQUENCE_TUPLE_SIZE);
    end = wal_insert(RMGR_SEQ, WAL_SEQ_LOG);
    page_set_lsn(buffer_page(b), end);
}

void sequence_read(Relation *rel, SequenceState *state)
{
    Buffer b;
    const SequenceRow *row = lock_row(rel, &b);

    *state = (SequenceState){row->last_value, row->log_count, row->is_called != 0};
    buffer_unlock_unpin(b);
}

static void fill_row(SequenceRow *row, const SequenceState *state)
{
    memset(row, 0, sizeof *row);
    row->header.xmin = XID_FROZEN;
    row->header.infomask = HEAP_XMIN_FROZEN | HEAP_XMAX_INVALID;
    row->header.infomask2 = 3;
    row->header.hoff = sizeof(HeapTupleHeader);
    row->header.ctid = tid_make(0, 1);
    row->last_value = state->last_value;
    row->log_count = state->log_count;
    row->is_called = state->is_called;
}

static void write_fork(Relation *rel, ForkNo fork, const SequenceRow *row)
{
    bool is_logged = rel->persistence == RELATION_PERMANENT || fork == FORK_INIT;
    Buffer b;
    uint8_t *page;

    buffer_lock_extension(rel->smgr);
    b = buffer_read(rel->smgr, fork, BLOCK_NONE, BUFFER_NORMAL, NULL,
                    rel->persistence == RELATION_PERMANENT);
    buffer_unlock_extension(rel->smgr);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    if (is_logged)
        wal_begin_insert();
    crit_begin();
    page = buffer_page(b);
    page_init(page, SEQUENCE_SPECIAL_SIZE);
    store_u32(page_special_area_rw(page, SEQUENCE_SPECIAL_SIZE), SEQUENCE_MAGIC);
    page_add_item(page, row, SEQUENCE_TUPLE_SIZE, 1, PAGE_ADD_INSERT);
    buffer_mark_dirty(b);
    if (is_logged)
        log_row(rel, b, row);
    crit_end();
    buffer_unlock_unpin(b);
}

void sequence_write_new(Relation *rel, const SequenceState *state)
{
    SequenceRow row;

    relation_heap(rel);
    fill_row(&row, state);
    /* The commit waits for the log only when it has an xid. */
    if (rel->persistence == RELATION_PERMANENT)
        txn_top_xid();
    write_fork(rel, FORK_MAIN, &row);
    if (rel->persistence == RELATION_UNLOGGED) {
        rel_file_create_fork(rel->smgr, FORK_INIT);
        write_fork(rel, FORK_INIT, &row);
        buffer_flush_relation(rel->smgr);
        smgr_sync_now(rel->smgr, FORK_INIT);
    }
}

/* ---- Taking values ---- */

static void read_limits(Oid sequence, Limits *out)
{
    const HeapTuple *row = syscache_peek(CACHE_SEQRELID, datum_of_u32(sequence));
    const PgSequence *s;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for sequence %u", sequence));
    s = CACHE_ROW(PgSequence, row);
    *out = (Limits){.increment = s->seqincrement,
                    .max = s->seqmax,
                    .min = s->seqmin,
                    .cache = s->seqcache,
                    .is_cycle = s->seqcycle};
}

/* A value that was taken stays taken when a subtransaction is rolled back, and so does the lock. */
void sequence_lock(Oid sequence)
{
    Owner *before;

    lock_relation(sequence, LOCK_ROW_EXCLUSIVE);
    before = owner_switch(txn_top_owner());
    lock_relation(sequence, LOCK_ROW_EXCLUSIVE);
    owner_switch(before);
    lock_relation_unlock(sequence, LOCK_ROW_EXCLUSIVE);
}

static Relation *open_sequence(Oid sequence)
{
    Relation *rel;

    sequence_lock(sequence);
    rel = relation_open(sequence, LOCK_NONE);

    if (rel->kind != RELATION_SEQUENCE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a sequence", rel->name));
    return rel;
}

static void require_rights(const Relation *rel, Rights any_of)
{
    if (rights_of(PG_CLASS_CATALOG, rel->oid, role_current(), any_of, true) == RIGHTS_NONE)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for sequence %s", rel->name));
}

int64_t sequence_next(Oid sequence, bool checks_rights)
{
    Relation *rel = open_sequence(sequence);
    Hand *hand = hand_of(rel);
    int64_t result;

    if (checks_rights)
        require_rights(rel, RIGHT_USAGE | RIGHT_UPDATE);
    if (rel->persistence != RELATION_TEMPORARY)
        txn_forbid_write("nextval()");
    if (hand->last != hand->cached) {
        hand->last += hand->increment;
        result = hand->last;
    } else {
        result = take_values(rel, hand);
    }
    local.last = sequence;
    relation_close(rel, LOCK_NONE);
    return result;
}

/* The value behind that one, or the first one again; 2200H when there is none. */
static int64_t step(const Limits *limits, int64_t value, const char *name)
{
    bool is_up = limits->increment > 0;
    int64_t next;

    if (!__builtin_add_overflow(value, limits->increment, &next) &&
        (is_up ? next <= limits->max : next >= limits->min))
        return next;
    if (!limits->is_cycle)
        err_raise(SQLSTATE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
                  .message = err_fmt("nextval: reached %s value of sequence \"%s\" (%" PRId64 ")",
                                     is_up ? "maximum" : "minimum", name,
                                     is_up ? limits->max : limits->min));
    return is_up ? limits->min : limits->max;
}

/*
 * Is there a value behind that one, so that it can be taken ahead of need? No values are taken
 * beyond the end of a cycle: what is taken at once goes on by the increment.
 */
static bool can_step(const Limits *limits, int64_t value)
{
    int64_t next;

    return !__builtin_add_overflow(value, limits->increment, &next) &&
           (limits->increment > 0 ? next <= limits->max : next >= limits->min);
}

/* What taking values leads to. */
typedef struct Taken {
    int64_t result, last; /* given now; the last one that is the session's */
    int64_t logged;       /* the last one that a record speaks of */
    int64_t log_count;    /* between these two */
    bool needs_record;
} Taken;

static void plan_values(const SequenceRow *row, const Limits *limits, Lsn page_lsn,
                        const char *name, Taken *t)
{
    int64_t fetch = limits->cache, log = row->log_count, next = row->last_value, given = 0;

    *t = (Taken){.result = next, .last = next};
    if (!row->is_called) {
        given++;
        fetch--;
    }
    /* After a checkpoint a record is due, or a crash would give values twice. */
    if (log < fetch || !row->is_called || page_lsn <= wal_redo_lsn()) {
        fetch = log = fetch + LOGGED_AHEAD;
        t->needs_record = true;
    }
    while (fetch > 0) {
        if (given > 0 && !can_step(limits, next))
            break;
        next = step(limits, next, name);
        fetch--;
        if (given < limits->cache) {
            log--;
            given++;
            t->last = next;
            if (given == 1)
                t->result = next;
        }
    }
    t->log_count = log - fetch;
    t->logged = next;
}

static int64_t take_values(Relation *rel, Hand *hand)
{
    bool is_logged = rel->persistence == RELATION_PERMANENT;
    Limits limits;
    SequenceRow *row;
    Taken t;
    Buffer b;

    read_limits(rel->oid, &limits);
    row = lock_row(rel, &b);
    plan_values(row, &limits, page_lsn(buffer_page(b)), rel->name, &t);
    is_logged = is_logged && t.needs_record;
    if (is_logged) {
        txn_top_xid();
        wal_begin_insert();
    }
    hand->increment = limits.increment;
    hand->last = t.result;
    hand->cached = t.last;
    hand->has_last = true;

    crit_begin();
    buffer_mark_dirty(b);
    if (is_logged) {
        /* After a crash it goes on behind all that might have been given. */
        row->last_value = t.logged;
        row->is_called = true;
        row->log_count = 0;
        log_row(rel, b, row);
    }
    row->last_value = t.last;
    row->is_called = true;
    row->log_count = t.log_count;
    crit_end();
    buffer_unlock_unpin(b);
    return t.result;
}

/* ---- Looking, and setting ---- */

int64_t sequence_current(Oid sequence)
{
    Relation *rel = open_sequence(sequence);
    const Hand *hand = hand_of(rel);
    int64_t value = hand->last;

    require_rights(rel, RIGHT_SELECT | RIGHT_USAGE);
    if (!hand->has_last)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("currval of sequence \"%s\" is not yet defined in this "
                                     "session",
                                     rel->name));
    relation_close(rel, LOCK_NONE);
    return value;
}

int64_t sequence_last(void)
{
    /* Someone may have dropped it meanwhile. */
    if (local.last == 0 || syscache_peek(CACHE_RELOID, datum_of_u32(local.last)) == NULL)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "lastval is not yet defined in this session");
    return sequence_current(local.last);
}

void sequence_set(Oid sequence, int64_t value, bool is_called)
{
    Relation *rel = open_sequence(sequence);
    Hand *hand = hand_of(rel);
    bool is_logged = rel->persistence == RELATION_PERMANENT;
    Limits limits;
    SequenceRow *row;
    Buffer b;

    require_rights(rel, RIGHT_UPDATE);
    if (rel->persistence != RELATION_TEMPORARY)
        txn_forbid_write("setval()");
    read_limits(sequence, &limits);
    if (value < limits.min || value > limits.max)
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message =
                      err_fmt("setval: value %" PRId64
                              " is out of bounds for sequence \"%s\" (%" PRId64 "..%" PRId64 ")",
                              value, rel->name, limits.min, limits.max));
    if (is_called) {
        hand->last = value;
        hand->has_last = true;
    }
    hand->cached = hand->last;
    if (is_logged)
        txn_top_xid();
    row = lock_row(rel, &b);
    if (is_logged)
        wal_begin_insert();
    crit_begin();
    row->last_value = value;
    row->is_called = is_called;
    row->log_count = 0;
    buffer_mark_dirty(b);
    if (is_logged)
        log_row(rel, b, row);
    crit_end();
    buffer_unlock_unpin(b);
    relation_close(rel, LOCK_NONE);
}
