/*
 * lazy_truncate.c - the end of a table's file goes, when nothing is on it
 *
 * That needs an AccessExclusive lock, which is not waited for long. As soon as others wait for the
 * table, the lock is given back, after what is known to be empty by then was cut.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/vacuum/vacuum_int.h"

#define PAGES_MIN       1000 /* so many are worth a lock, or a share of the table: */
#define PAGES_SHARE     16
#define LOCK_TIMEOUT_MS 5000 /* in all */
#define LOCK_NAP_MS     50
#define LOOK_EVERY      32 /* pages, between two looks at who waits, */
#define LOOK_EVERY_MS   20 /* and at least that much time */
#define PREFETCH        32

static bool take_lock(const Lazy *v);
static BlockNo find_end(const Lazy *v, bool *has_waiters);
static bool is_empty(const Lazy *v, BlockNo block);

bool lazy_is_worth_truncating(const Lazy *v)
{
    BlockNo empty = v->pages - v->nonempty_end;

    return v->truncates && !v->is_failsafe && empty > 0 &&
           (empty >= PAGES_MIN || empty >= v->pages / PAGES_SHARE);
}

static void tell(const Lazy *v, const char *text)
{
    err_log(lazy_is_verbose(v) ? ERR_INFO : ERR_DEBUG, .message = text);
}

void lazy_truncate(Lazy *v)
{
    HeapRel *heap = &v->rel->heap;
    bool has_waiters = false;

    do {
        BlockNo before = v->pages, end;

        if (!take_lock(v)) {
            tell(v, err_fmt("\"%s\": stopping truncate due to conflicting lock request",
                            v->rel->name));
            return;
        }
        /* Somebody added to it: then the end is not empty. */
        if (smgr_block_count(heap->smgr, FORK_MAIN) != before) {
            lock_relation_unlock(v->rel->oid, LOCK_ACCESS_EXCLUSIVE);
            return;
        }
        end = find_end(v, &has_waiters);
        if (end >= before) {
            lock_relation_unlock(v->rel->oid, LOCK_ACCESS_EXCLUSIVE);
            return;
        }
        lazy_go(v, LAZY_TRUNCATES, end);
        heap_truncate(heap, end);
        /* Others see the new length when they get the lock. */
        lock_relation_unlock(v->rel->oid, LOCK_ACCESS_EXCLUSIVE);
        v->removed_pages += before - end;
        v->pages = end;
        tell(v, err_fmt("table \"%s\": truncated %u to %u pages", v->rel->name, before, end));
    } while (v->pages > v->nonempty_end && has_waiters);
}

static bool take_lock(const Lazy *v)
{
    for (unsigned i = 0; i < LOCK_TIMEOUT_MS / LOCK_NAP_MS; i++) {
        if (lock_relation_try(v->rel->oid, LOCK_ACCESS_EXCLUSIVE))
            return true;
        check_interrupts();
        latch_wait(LATCH_SET | LATCH_TIMEOUT, LOCK_NAP_MS, WAIT_EVENT_VACUUM_DELAY);
        latch_reset(&proc_self()->latch);
    }
    return false;
}

/* Behind the last page with rows, as it is now, or as far as we came. */
static BlockNo find_end(const Lazy *v, bool *has_waiters)
{
    HeapRel *heap = &v->rel->heap;
    PgTime looked = clock_now();
    BlockNo block = v->pages, prefetched = v->pages;

    *has_waiters = false;
    while (block > v->nonempty_end) {
        if (block % LOOK_EVERY == 0 && clock_now() - looked >= LOOK_EVERY_MS * INT64_C(1000)) {
            if (lock_relation_has_waiters(v->rel->oid, LOCK_ACCESS_EXCLUSIVE)) {
                tell(v, err_fmt("table \"%s\": suspending truncate due to conflicting lock "
                                "request",
                                v->rel->name));
                *has_waiters = true;
                return block;
            }
            looked = clock_now();
        }
        check_interrupts();
        block--;
        /* Systems read ahead forwards alone. */
        if (prefetched > block) {
            prefetched = block - block % PREFETCH;
            for (BlockNo ahead = prefetched; ahead < block; ahead++)
                buffer_prefetch(heap->smgr, FORK_MAIN, ahead);
        }
        if (!is_empty(v, block))
            return block + 1;
    }
    return v->nonempty_end;
}

static bool is_empty(const Lazy *v, BlockNo block)
{
    HeapRel *heap = &v->rel->heap;
    Buffer b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, v->ring,
                           heap->is_permanent);
    const uint8_t *page = buffer_page(b);
    bool has_items = false;

    buffer_lock(b, BUFFER_SHARED);
    /* Dead line pointers as well: an index may lead to them. */
    for (OffsetNo offnum = 1; !page_is_new(page) && offnum <= page_item_count(page); offnum++)
        has_items |= page_item_id(page, offnum).state != ITEM_UNUSED;
    buffer_unlock_unpin(b);
    return !has_items;
}
