/* multixact_limit.c - pages, limits, truncation and redo of multixacts. */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/txn/multixact_int.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define STOP_BEFORE_WRAP      3000000
#define WARN_BEFORE_WRAP      40000000
#define ASK_VACUUM_EACH       65536
#define MEMBERS_PER_SEGMENT   (SLRU_PAGES_PER_SEGMENT * 1636)
#define MEMBERS_WARN_SEGMENTS 20
#define MEMBERS_SAFE          (UINT32_MAX / 2) /* with more, autovacuum works harder */

typedef struct Truncation {
    Oid oldest_database;
    MultiXid begin, end;
    MultiOffset member_begin, member_end;
} Truncation;

static void warn_number(MultiXid next, const MultiBounds *bounds, Oid database);
static bool would_wrap(MultiOffset boundary, MultiOffset start, uint32_t distance);
static void warn_members(MultiOffset left, Oid database);
static void raise_members(size_t count, MultiOffset left, Oid database);
static void log_page(uint8_t opcode, uint32_t page);
static void set_member_bounds(void);
static bool find_start_of(MultiXid multi, const MultiLimits *now, MultiOffset *out);
static void remove_files(const Truncation *t);
static void remove_members(MultiOffset begin, MultiOffset end);
static void redo_zero_offsets(uint32_t page);
static void redo_create(ByteReader *in);
static void redo_truncate(ByteReader *in);

/* ---- Life of the folders ---- */

void multixact_bootstrap(void)
{
    Slru *folders[] = {multi_offsets, multi_members};

    for (unsigned i = 0; i < ARRAY_LEN(folders); i++) {
        lwlock_acquire(slru_lock(folders[i]), LW_EXCLUSIVE);
        slru_write_page(folders[i], slru_zero_page(folders[i], 0));
        lwlock_release(slru_lock(folders[i]));
    }
}

void multixact_start(void)
{
    MultiLimits now;

    multixact_get_limits(&now);
    lwlock_acquire(slru_lock(multi_offsets), LW_EXCLUSIVE);
    slru_set_latest_page(multi_offsets, slru_page_of(&slru_multixact_offsets, now.next));
    lwlock_release(slru_lock(multi_offsets));
    lwlock_acquire(slru_lock(multi_members), LW_EXCLUSIVE);
    slru_set_latest_page(multi_members, slru_page_of(&slru_multixact_members, now.next_offset));
    lwlock_release(slru_lock(multi_members));
}

/* The page of a number, made when its file does not have it: older servers made it later. */
static unsigned page_to_trim(Slru *s, uint32_t page)
{
    bool is_there = slru_page_exists(s, page);

    lwlock_acquire(slru_lock(s), LW_EXCLUSIVE);
    return is_there ? slru_read_page(s, page, false, XID_NONE) : slru_zero_page(s, page);
}

void multixact_trim(void)
{
    MultiLimits now;
    uint32_t page, at;
    unsigned slot;
    uint8_t *bytes;

    multixact_start();
    multixact_get_limits(&now);
    multixact_checkpoint(); /* whether a file has a page is asked below */
    page = slru_page_of(&slru_multixact_offsets, now.next);
    at = now.next % slru_multixact_offsets.items_per_page;
    slot = page_to_trim(multi_offsets, page);
    bytes = slru_slot_page(multi_offsets, slot);
    memset(bytes + at * sizeof(MultiOffset), 0, BLOCK_SIZE - at * sizeof(MultiOffset));
    multixact_offset_set(bytes, now.next, now.next_offset);
    slru_mark_dirty(multi_offsets, slot);
    lwlock_release(slru_lock(multi_offsets));

    page = slru_page_of(&slru_multixact_members, now.next_offset);
    at = now.next_offset % slru_multixact_members.items_per_page;
    if (at != 0) {
        slot = page_to_trim(multi_members, page);
        bytes = slru_slot_page(multi_members, slot);
        for (MultiOffset m = now.next_offset;
             m != 0 && slru_page_of(&slru_multixact_members, m) == page; m++)
            multixact_member_set(bytes, m, (MultiMember){.xid = XID_NONE});
        slru_mark_dirty(multi_members, slot);
        lwlock_release(slru_lock(multi_members));
    }

    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    multi_shared->is_started = true;
    lwlock_release(&multi_shared->generation);
    multixact_set_oldest(now.oldest, now.oldest_database);
}

void multixact_checkpoint(void)
{
    slru_write_all(multi_offsets);
    slru_write_all(multi_members);
}

/* ---- Pages ---- */

void multixact_extend_offsets(MultiXid multi)
{
    uint32_t page = slru_page_of(&slru_multixact_offsets, multi);

    if (multi % slru_multixact_offsets.items_per_page != 0 && multi != MULTIXACT_FIRST)
        return;
    lwlock_acquire(slru_lock(multi_offsets), LW_EXCLUSIVE);
    slru_zero_page(multi_offsets, page);
    log_page(WAL_MULTIXACT_ZERO_OFF_PAGE, page);
    lwlock_release(slru_lock(multi_offsets));
}

/* Each page that begins among them. The last page of all is shorter: numbers end before it does. */
void multixact_extend_members(MultiOffset first, size_t count)
{
    uint32_t per_page = slru_multixact_members.items_per_page;

    while (count > 0) {
        uint32_t room = per_page - first % per_page;

        if (first % per_page == 0) {
            uint32_t page = slru_page_of(&slru_multixact_members, first);

            lwlock_acquire(slru_lock(multi_members), LW_EXCLUSIVE);
            slru_zero_page(multi_members, page);
            log_page(WAL_MULTIXACT_ZERO_MEM_PAGE, page);
            lwlock_release(slru_lock(multi_members));
        }
        room = (uint32_t)size_min(room, (size_t)UINT32_MAX - first + 1);
        room = (uint32_t)size_min(room, count);
        first += room;
        count -= room;
    }
}

static void log_page(uint8_t opcode, uint32_t page)
{
    int32_t logged = (int32_t)page;

    wal_begin_insert();
    wal_register_data(&logged, sizeof logged);
    wal_insert(RMGR_MULTIXACT, opcode);
}

/* ---- Limits ---- */

/* With the generation lock held, which is given up for messages. */
void multixact_check_number(void)
{
    MultiBounds bounds = multi_shared->bounds;
    Oid database = multi_shared->oldest_database;
    MultiXid next = multi_shared->next;

    if (bounds.vacuum == 0 || multixact_precedes(next, bounds.vacuum))
        return;
    lwlock_release(&multi_shared->generation);
    warn_number(next, &bounds, database);
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
}

static void warn_number(MultiXid next, const MultiBounds *bounds, Oid database)
{
    static const char *hint =
        "Execute a database-wide VACUUM in that database.\n"
        "You might also need to commit or roll back old prepared transactions.";
    uint32_t left = bounds->wrap - next;

    if (supervisor_pid() != 0 &&
        (next % ASK_VACUUM_EACH == 0 || !multixact_precedes(next, bounds->stop)))
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER);
    if (supervisor_pid() != 0 && !multixact_precedes(next, bounds->stop))
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("database is not accepting commands that generate new "
                                     "MultiXactIds to avoid wraparound data loss in %s",
                                     xid_database_text(database)),
                  .hint = hint);
    if (!multixact_precedes(next, bounds->warn))
        err_log(ERR_WARNING,
                .message = err_fmt("%s must be vacuumed before %u more MultiXactId%s used",
                                   xid_database_text(database), left, left == 1 ? " is" : "s are"),
                .hint = hint);
}

void multixact_check_members(size_t count)
{
    MultiBounds bounds = multi_shared->bounds;
    MultiOffset next = multi_shared->next_offset;
    Oid database = multi_shared->oldest_database;
    uint32_t needed = (uint32_t)count + (next == 0);

    if (LIKELY(!bounds.is_offset_known ||
               !would_wrap(bounds.offset_stop, next,
                           needed + MEMBERS_WARN_SEGMENTS * MEMBERS_PER_SEGMENT)))
        return;
    lwlock_release(&multi_shared->generation);
    if (supervisor_pid() != 0)
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER);
    if (would_wrap(bounds.offset_stop, next, needed))
        raise_members(count, bounds.offset_stop - next - 1, database);
    warn_members(bounds.offset_stop - next + (uint32_t)count, database);
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
}

static void warn_members(MultiOffset left, Oid database)
{
    err_log(ERR_WARNING,
            .message = err_fmt("database with OID %u must be vacuumed before %d more multixact "
                               "member%s used",
                               database, (int)left, left == 1 ? " is" : "s are"),
            .hint = "Execute a database-wide VACUUM in that database with reduced "
                    "vacuum_multixact_freeze_min_age and vacuum_multixact_freeze_table_age "
                    "settings.");
}

static void raise_members(size_t count, MultiOffset left, Oid database)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "multixact \"members\" limit exceeded",
              .detail = err_fmt("This command would create a multixact with %zu members, but the "
                                "remaining space is only enough for %u member%s.",
                                count, left, left == 1 ? "" : "s"),
              .hint = err_fmt("Execute a database-wide VACUUM in database with OID %u with reduced "
                              "vacuum_multixact_freeze_min_age and "
                              "vacuum_multixact_freeze_table_age settings.",
                              database));
}

/* Would distance numbers from start on pass the boundary? Number 0 is left out on the way. */
static bool would_wrap(MultiOffset boundary, MultiOffset start, uint32_t distance)
{
    MultiOffset finish = start + distance;

    if (finish < start)
        finish++;
    return start < boundary ? finish >= boundary || finish < start
                            : finish >= boundary && finish < start;
}

void multixact_get_limits(MultiLimits *out)
{
    lwlock_acquire(&multi_shared->generation, LW_SHARED);
    *out = (MultiLimits){.next = multi_shared->next,
                         .next_offset = multi_shared->next_offset,
                         .oldest = multi_shared->oldest,
                         .oldest_database = multi_shared->oldest_database};
    lwlock_release(&multi_shared->generation);
}

void multixact_set_next(MultiXid next, MultiOffset next_offset)
{
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    multi_shared->next = next;
    multi_shared->next_offset = next_offset;
    lwlock_release(&multi_shared->generation);
}

void multixact_advance_next(MultiXid at_least, MultiOffset offset_at_least)
{
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    if (multixact_precedes(multi_shared->next, at_least))
        multi_shared->next = at_least;
    if ((int32_t)(multi_shared->next_offset - offset_at_least) < 0)
        multi_shared->next_offset = offset_at_least;
    lwlock_release(&multi_shared->generation);
}

void multixact_set_oldest(MultiXid oldest, Oid oldest_database)
{
    MultiBounds bounds;
    bool is_started;

    bounds.wrap = oldest + (UINT32_MAX >> 1);
    bounds.wrap += bounds.wrap < MULTIXACT_FIRST ? MULTIXACT_FIRST : 0;
    bounds.stop = bounds.wrap - STOP_BEFORE_WRAP;
    bounds.stop -= bounds.stop < MULTIXACT_FIRST ? MULTIXACT_FIRST : 0;
    bounds.warn = bounds.wrap - WARN_BEFORE_WRAP;
    bounds.warn -= bounds.warn < MULTIXACT_FIRST ? MULTIXACT_FIRST : 0;
    bounds.vacuum = oldest + (uint32_t)setting.autovacuum_multixact_freeze_max_age;
    bounds.vacuum += bounds.vacuum < MULTIXACT_FIRST ? MULTIXACT_FIRST : 0;

    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    bounds.oldest_offset = multi_shared->bounds.oldest_offset;
    bounds.offset_stop = multi_shared->bounds.offset_stop;
    bounds.is_offset_known = multi_shared->bounds.is_offset_known;
    multi_shared->oldest = oldest;
    multi_shared->oldest_database = oldest_database;
    multi_shared->bounds = bounds;
    is_started = multi_shared->is_started;
    lwlock_release(&multi_shared->generation);

    err_log(ERR_DEBUG,
            .message = err_fmt("MultiXactId wrap limit is %u, limited by database with OID %u",
                               bounds.wrap, oldest_database));
    /* Until recovery is over the oldest may be missing on disk. */
    if (is_started)
        set_member_bounds();
}

void multixact_advance_oldest(MultiXid oldest, Oid oldest_database)
{
    MultiLimits now;

    multixact_get_limits(&now);
    if (multixact_precedes(now.oldest, oldest))
        multixact_set_oldest(oldest, oldest_database);
}

/*
 * Where the members end: a segment before the one with the oldest that is needed. Should that not
 * be found, what was known before holds.
 */
static void set_member_bounds(void)
{
    MultiLimits now;
    MultiOffset oldest_offset, stop;
    bool asks_vacuum;

    lwlock_acquire(&multi_shared->truncation, LW_SHARED);
    multixact_get_limits(&now);
    if (!find_start_of(now.oldest, &now, &oldest_offset)) {
        lwlock_release(&multi_shared->truncation);
        err_log(ERR_LOG,
                .message = err_fmt("MultiXact member wraparound protections are disabled because "
                                   "oldest checkpointed MultiXact %u does not exist on disk",
                                   now.oldest));
        return;
    }
    lwlock_release(&multi_shared->truncation);

    stop = oldest_offset - oldest_offset % MEMBERS_PER_SEGMENT - MEMBERS_PER_SEGMENT;
    asks_vacuum = now.next_offset - oldest_offset > MEMBERS_SAFE;
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    multi_shared->bounds.oldest_offset = oldest_offset;
    multi_shared->bounds.offset_stop = stop;
    multi_shared->bounds.is_offset_known = true;
    lwlock_release(&multi_shared->generation);
    if (asks_vacuum && supervisor_pid() != 0)
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER);
}

/* Of the next one, which has none yet, the members would begin where those of all end. */
static bool find_start_of(MultiXid multi, const MultiLimits *now, MultiOffset *out)
{
    if (multi == now->next) {
        *out = now->next_offset;
        return true;
    }
    return multixact_find_start(multi, out);
}

/* Whether the file has it is known when all is written. */
bool multixact_find_start(MultiXid multi, MultiOffset *out)
{
    uint32_t page = slru_page_of(&slru_multixact_offsets, multi);
    unsigned slot;

    multixact_checkpoint();
    if (!slru_page_exists(multi_offsets, page))
        return false;
    slot = slru_read_page_shared(multi_offsets, page, multi);
    *out = multixact_offset_get(slru_slot_page(multi_offsets, slot), multi);
    lwlock_release(slru_lock(multi_offsets));
    return true;
}

/* ---- Truncation ---- */

void multixact_truncate(MultiXid oldest, Oid oldest_database)
{
    MultiLimits now;
    Truncation t = {.oldest_database = oldest_database, .end = oldest};
    uint32_t cutoff = slru_page_of(&slru_multixact_offsets, multixact_before(oldest));

    lwlock_acquire(&multi_shared->truncation, LW_EXCLUSIVE);
    multixact_get_limits(&now);
    t.begin = now.oldest;
    if (!multixact_precedes(now.oldest, oldest) ||
        !slru_has_segment_before(multi_offsets, cutoff)) {
        lwlock_release(&multi_shared->truncation);
        return;
    }
    if (!find_start_of(t.begin, &now, &t.member_begin) ||
        !find_start_of(t.end, &now, &t.member_end)) {
        lwlock_release(&multi_shared->truncation);
        err_log(ERR_LOG,
                .message = err_fmt("cannot truncate up to MultiXact %u because it does not exist "
                                   "on disk, skipping truncation",
                                   oldest));
        return;
    }

    STATIC_ASSERT(sizeof t == 20);
    wal_begin_insert();
    wal_register_data(&t, sizeof t);
    crit_begin();
    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    wal_flush(wal_insert(RMGR_MULTIXACT, WAL_MULTIXACT_TRUNCATE_ID));
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    multi_shared->oldest = oldest;
    multi_shared->oldest_database = oldest_database;
    lwlock_release(&multi_shared->generation);
    remove_files(&t);
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
    crit_end();
    lwlock_release(&multi_shared->truncation);
}

/*
 * The page of the first kept one need not be there yet, so that of the last one that goes counts.
 */
static void remove_files(const Truncation *t)
{
    remove_members(t->member_begin, t->member_end);
    slru_truncate(multi_offsets, slru_page_of(&slru_multixact_offsets, multixact_before(t->end)));
}

/* Members may take more than half of all numbers, so their order tells nothing: count segments. */
static void remove_members(MultiOffset begin, MultiOffset end)
{
    uint32_t last = UINT32_MAX / MEMBERS_PER_SEGMENT;
    uint32_t end_segment = end / MEMBERS_PER_SEGMENT;

    for (uint32_t segment = begin / MEMBERS_PER_SEGMENT; segment != end_segment;
         segment = segment == last ? 0 : segment + 1)
        slru_remove_segment(multi_members, segment);
}

/* ---- Redo ---- */

void multixact_redo(uint8_t opcode, const uint8_t *bytes, size_t len)
{
    ByteReader in = byte_reader(bytes, len, "multixact record");

    switch (opcode) {
    case WAL_MULTIXACT_ZERO_OFF_PAGE:
        redo_zero_offsets(byte_reader_u32(&in));
        break;
    case WAL_MULTIXACT_ZERO_MEM_PAGE:
        lwlock_acquire(slru_lock(multi_members), LW_EXCLUSIVE);
        slru_write_page(multi_members, slru_zero_page(multi_members, byte_reader_u32(&in)));
        lwlock_release(slru_lock(multi_members));
        break;
    case WAL_MULTIXACT_CREATE_ID:
        redo_create(&in);
        break;
    case WAL_MULTIXACT_TRUNCATE_ID:
        redo_truncate(&in);
        break;
    default:
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unknown multixact record of type 0x%02X", opcode));
    }
}

/*
 * Servers before 15.20 log the page after the multixact whose redo has written the first offset on
 * it already: that one stays when nothing else is there.
 */
static void redo_zero_offsets(uint32_t page)
{
    MultiXid first = page * slru_multixact_offsets.items_per_page;
    MultiOffset kept;
    unsigned slot;
    uint8_t *bytes;

    lwlock_acquire(slru_lock(multi_offsets), LW_EXCLUSIVE);
    slot = slru_read_page(multi_offsets, page, false, first);
    bytes = slru_slot_page(multi_offsets, slot);
    kept = multixact_offset_get(bytes, first);
    for (size_t i = sizeof kept; i < BLOCK_SIZE && kept != 0; i++)
        kept = bytes[i] == 0 ? kept : 0;
    slot = slru_zero_page(multi_offsets, page);
    multixact_offset_set(slru_slot_page(multi_offsets, slot), first, kept);
    slru_write_page(multi_offsets, slot);
    lwlock_release(slru_lock(multi_offsets));
}

static void redo_create(ByteReader *in)
{
    MultiXid multi = byte_reader_u32(in);
    MultiOffset offset = byte_reader_u32(in);
    uint32_t count = byte_reader_u32(in);
    MultiMember *members;

    if (byte_reader_left(in) / sizeof *members < count)
        bytes_raise_short("multixact record", (size_t)count * sizeof *members,
                          byte_reader_left(in));
    members = mem_new_array(MultiMember, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t status;

        members[i].xid = byte_reader_u32(in);
        status = byte_reader_u32(in);
        if (status >= MULTI_STATUS_COUNT)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message =
                          err_fmt("invalid status %u of a member of multixact %u", status, multi));
        members[i].status = (MultiStatus)status;
        xid_advance_next_past(members[i].xid);
    }
    multixact_write(multi, offset, members, count);
    multixact_advance_next(multixact_after(multi), offset + count);
    mem_free(members);
}

static void redo_truncate(ByteReader *in)
{
    Truncation t;

    byte_reader_copy(in, &t, sizeof t);
    lwlock_acquire(&multi_shared->truncation, LW_EXCLUSIVE);
    multixact_set_oldest(t.end, t.oldest_database);
    lwlock_acquire(slru_lock(multi_offsets), LW_EXCLUSIVE);
    slru_set_latest_page(multi_offsets,
                         slru_page_of(&slru_multixact_offsets, multixact_before(t.end)));
    lwlock_release(slru_lock(multi_offsets));
    remove_files(&t);
    lwlock_release(&multi_shared->truncation);
}
