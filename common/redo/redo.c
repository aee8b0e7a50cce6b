/*
 * redo.c - the driver: LSN test, images, the row of the resource manager, the page's LSN.
 *
 * The order of the decisions is that of the function: what comes first wins. An image is restored
 * whatever the page's LSN says, because a page that was torn has an LSN that means nothing.
 */
#include "common/base/base.h"

#include "common/redo/redo.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/err/err.h"
#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"

#define REDO_VERSION 15 /* the only one whose records are known here */

static const RedoManager *const managers[] = {
#define ROW_IF_0(symbol, prefix)
#define ROW_IF_1(symbol, prefix)                          [RMGR_##symbol] = &prefix##_redo,
#define ROW(id, symbol, name, prefix, from, to, has_redo) ROW_IF_##has_redo(symbol, prefix)
#include "common/walrec/rmgr.def"
#undef ROW
#undef ROW_IF_0
#undef ROW_IF_1
};

static const char *describe_block(void *arg);
static RedoResult apply(const RedoBlock *b);
static RedoResult apply_implied(const RedoBlock *b, const RedoManager *manager);
static RedoResult apply_image(const RedoBlock *b, const RedoRefOp *op);
static RedoResult run_on_empty(const RedoBlock *b, RedoFn fn);
static RedoResult run(const RedoBlock *b, RedoFn fn);
static const RedoManager *find_manager(const WalRecord *record);
static const RedoRefOp *find_op(const RedoBlock *b, const RedoManager *manager);

RedoResult redo_block(const RedoEnv *env, const WalRecord *record, const WalTouch *touch,
                      uint8_t *page)
{
    RedoBlock b = {.env = env,
                   .record = record,
                   .touch = touch,
                   .ref = touch->ref_id < 0 ? NULL : wal_record_ref(record, touch->ref_id),
                   .page = page};
    ErrContext context = {.describe = describe_block, .arg = &b};
    RedoResult result;

    ASSERT((uintptr_t)page % PAGE_ALIGN == 0);
    ASSERT(touch->ref_id < 0 || b.ref != NULL);
    err_context_push(&context);
    result = apply(&b);
    err_context_pop(&context);
    return result;
}

static const char *describe_block(void *arg)
{
    const RedoBlock *b = arg;
    const BlockTag *tag = &b->touch->tag;

    return err_fmt("while replaying the WAL record at " LSN_FMT
                   " on block %u of relation %u/%u/%u, fork %u",
                   LSN_ARG(b->record->start), tag->block, tag->rel.tablespace, tag->rel.database,
                   tag->rel.rel, tag->fork);
}

static RedoResult apply(const RedoBlock *b)
{
    const RedoManager *manager = find_manager(b->record);
    const RedoRefOp *op;

    if (b->ref == NULL)
        return apply_implied(b, manager);
    op = find_op(b, manager);
    if (b->ref->has_image && b->ref->apply_image)
        return apply_image(b, op);
    if (b->ref->will_init || op->fn == redo_lock_only || op->fn == redo_image_only)
        return run(b, op->fn);

    /* Maps are made by whoever first needs them, so an absent map page counts as an empty one. */
    if (page_is_new(b->page))
        return b->touch->tag.fork == FORK_VM ? run_on_empty(b, op->fn) : REDO_MISSING;
    if (page_lsn(b->page) >= b->record->end)
        return REDO_SKIPPED;
    page_check_header(b->page);
    return run(b, op->fn);
}

/*
 * Touches without a reference change map pages, and leave no LSN. A map page whose LSN is past the
 * record was written after the bits were cleared, since the server clears them before it logs.
 */
static RedoResult apply_implied(const RedoBlock *b, const RedoManager *manager)
{
    if (manager->implied == NULL)
        redo_misfit("the record implies no block beside its references");
    if (page_is_new(b->page))
        return REDO_UNCHANGED;
    if (page_lsn(b->page) >= b->record->end)
        return REDO_SKIPPED;
    page_check_header(b->page);
    return run(b, manager->implied);
}

static RedoResult apply_image(const RedoBlock *b, const RedoRefOp *op)
{
    redo_restore_image(b->ref, b->page);
    if (!page_is_new(b->page)) {
        page_check_header(b->page);
        page_set_lsn(b->page, b->record->end);
        if (op->after_image)
            run(b, op->fn);
    }
    return REDO_RESTORED;
}

/* The fork is foreign: a function for other pages must meet a sound header, too. */
static RedoResult run_on_empty(const RedoBlock *b, RedoFn fn)
{
    RedoResult result;

    page_init(b->page, 0);
    result = run(b, fn);
    if (result == REDO_UNCHANGED)
        redo_misfit("the record does not fill the map page that it names");
    return result;
}

static RedoResult run(const RedoBlock *b, RedoFn fn)
{
    switch (fn(b)) {
    case STEP_UNCHANGED:
        return REDO_UNCHANGED;
    case STEP_CHANGED:
        page_set_lsn(b->page, b->record->end);
        return REDO_APPLIED;
    case STEP_CHANGED_KEEP_LSN:
        break;
    }
    return REDO_APPLIED;
}

static const RedoManager *find_manager(const WalRecord *record)
{
    const RedoManager *manager = record->rmgr < ARRAY_LEN(managers) ? managers[record->rmgr] : NULL;

    if (UNLIKELY(record->version != REDO_VERSION))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot replay WAL of PostgreSQL %u on single blocks",
                                     record->version),
                  .detail = err_fmt("Only WAL of PostgreSQL %d is known.", REDO_VERSION));
    if (UNLIKELY(manager == NULL))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot replay a WAL record of resource manager %u on a block",
                                     record->rmgr));
    return manager;
}

static const RedoRefOp *find_op(const RedoBlock *b, const RedoManager *manager)
{
    static const RedoOp none[REDO_OPS];
    const RedoOp *ops = manager->ops == NULL ? none : manager->ops;
    const RedoOp *row = &ops[(b->record->info & manager->opcode_mask) >> 4];
    const RedoRefOp *op = &row->rest;
    int id = b->touch->ref_id;

    if (id < REDO_OP_REFS && row->refs[id].fn != NULL)
        op = &row->refs[id];
    if (UNLIKELY(op->fn == NULL))
        redo_misfit("resource manager %u has no operation 0x%02X with a block reference %d",
                    b->record->rmgr, b->record->info, id);
    if (UNLIKELY((op->init == INIT_NEVER && b->ref->will_init) ||
                 (op->init == INIT_ALWAYS && !b->ref->will_init)))
        redo_misfit("block reference %d must %sbe marked as made from nothing", id,
                    b->ref->will_init ? "not " : "");
    return op;
}

/* ---- What the managers share ---- */

RedoStep redo_lock_only(const RedoBlock *b)
{
    (void)b;
    return STEP_UNCHANGED;
}

RedoStep redo_image_only(const RedoBlock *b)
{
    redo_misfit("block reference %d has no image to restore", b->touch->ref_id);
}

void redo_misfit(const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = text);
}

void redo_expect_end(const ByteReader *r)
{
    if (byte_reader_left(r) != 0)
        redo_misfit("%zu bytes are left over in the %s", byte_reader_left(r), r->what);
}

BlockNo redo_ref_block(const RedoBlock *b, int id)
{
    const WalBlockRef *ref = wal_record_ref(b->record, id);

    if (ref == NULL)
        redo_misfit("the record has no block reference %d", id);
    return ref->tag.block;
}

void redo_read_offsets(ByteReader *r, OffsetNo *out, size_t count, size_t max)
{
    if (count > max)
        redo_misfit("%zu offset numbers are more than a page can have", count);
    byte_reader_copy(r, out, count * sizeof(*out));
}

const uint8_t *redo_take_tuple(ByteReader *r, size_t align, size_t *len)
{
    ByteReader ahead = *r;
    size_t size;

    byte_reader_take(&ahead, offsetof(IndexTuple, info));
    size = byte_reader_u16(&ahead) & INDEX_SIZE_MASK;
    if (size < INDEX_TUPLE_HEADER_SIZE)
        redo_misfit("an index tuple of %zu bytes is shorter than its header", size);
    *len = size_align_up(size, align);
    return byte_reader_take(r, *len);
}

size_t redo_add_tuples(uint8_t *page, ByteReader *r)
{
    size_t count = 0;

    for (; byte_reader_left(r) > 0; count++) {
        size_t len;
        const uint8_t *tuple = redo_take_tuple(r, 1, &len);

        page_add_item(page, tuple, len, (OffsetNo)(page_item_count(page) + 1), PAGE_ADD_INSERT);
    }
    return count;
}

bool redo_is_new_page(const RedoBlock *b)
{
    bool is_new = (b->record->info & WAL_INIT_PAGE) != 0;

    if (is_new != b->ref->will_init)
        redo_misfit("the record's operation 0x%02X and its block reference do not agree on "
                    "whether the page is new",
                    b->record->info);
    return is_new;
}
