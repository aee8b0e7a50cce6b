/* redo_forge.c - WAL records made by hand; redo_forge.h shows how. */
#include "common/base/base.h"

#include "tests/unit/common/redo/redo_forge.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

#define PAGE_LSN UINT64_C(0x10001000) /* before the record */

static void make_tuple(uint8_t *out, size_t len, uint8_t mark);

Forge *forge_new(uint8_t rmgr, uint8_t info)
{
    Forge *f = mem_new(Forge);

    f->record.start = FORGE_START;
    f->record.end = FORGE_END;
    f->record.version = 15;
    f->record.xid = FORGE_XID;
    f->record.rmgr = rmgr;
    f->record.info = info;
    f->record.ref_id_max = -1;
    f->record.main = f->bytes[WAL_BLOCK_REF_MAX];
    f->env.version = 15;
    f->env.hint_bits_logged = true;
    return f;
}

WalBlockRef *forge_ref(Forge *f, int id, BlockNo block)
{
    WalBlockRef *ref = &f->record.refs[id];

    *ref = (WalBlockRef){
        .is_used = true, .tag = {{1663, 5, FORGE_REL}, FORK_MAIN, block}, .data = f->bytes[id]};
    if (f->record.ref_id_max < id)
        f->record.ref_id_max = id;
    return ref;
}

WalBlockRef *forge_init_ref(Forge *f, int id, BlockNo block)
{
    WalBlockRef *ref = forge_ref(f, id, block);

    ref->will_init = true;
    return ref;
}

void forge_bytes(Forge *f, int id, const void *bytes, size_t len)
{
    if (id == FORGE_MAIN) {
        memcpy(f->bytes[WAL_BLOCK_REF_MAX] + f->record.main_len, bytes, len);
        f->record.main_len += (uint32_t)len;
        return;
    }
    memcpy(f->bytes[id] + f->record.refs[id].data_len, bytes, len);
    f->record.refs[id].data_len = (uint16_t)(f->record.refs[id].data_len + len);
    f->record.refs[id].has_data = true;
}

void forge_u8(Forge *f, int id, uint8_t value)
{
    forge_bytes(f, id, &value, sizeof(value));
}

void forge_u16(Forge *f, int id, uint16_t value)
{
    forge_bytes(f, id, &value, sizeof(value));
}

void forge_u32(Forge *f, int id, uint32_t value)
{
    forge_bytes(f, id, &value, sizeof(value));
}

void forge_u64(Forge *f, int id, uint64_t value)
{
    forge_bytes(f, id, &value, sizeof(value));
}

void forge_tuple(Forge *f, int id, size_t len, uint8_t mark)
{
    uint8_t tuple[BLOCK_SIZE];

    make_tuple(tuple, len, mark);
    forge_bytes(f, id, tuple, len);
}

RedoResult forge_redo(Forge *f, int id, uint8_t *page)
{
    const WalTouch touch = {.tag = f->record.refs[id].tag, .ref_id = id};

    return redo_block(&f->env, &f->record, &touch, page);
}

RedoResult forge_redo_implied(Forge *f, ForkNo fork, BlockNo block, uint8_t *page)
{
    const WalTouch touch = {.tag = {{1663, 5, FORGE_REL}, fork, block}, .ref_id = -1};

    return redo_block(&f->env, &f->record, &touch, page);
}

uint8_t *forge_page(size_t special)
{
    uint8_t *page = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN);

    page_init(page, special);
    page_set_lsn(page, PAGE_LSN);
    return page;
}

void forge_page_tuple(uint8_t *page, size_t len, uint8_t mark)
{
    uint8_t tuple[BLOCK_SIZE];

    make_tuple(tuple, len, mark);
    page_add_item(page, tuple, len, (OffsetNo)(page_item_count(page) + 1), PAGE_ADD_INSERT);
}

uint8_t forge_mark(const uint8_t *page, OffsetNo offnum)
{
    return page_get_item(page, offnum, NULL)[offsetof(Tid, offset)];
}

/* The mark is the TID's offset, and fills what follows the header. */
static void make_tuple(uint8_t *out, size_t len, uint8_t mark)
{
    IndexTuple head = {.tid = tid_make(1000, mark), .info = (uint16_t)len};

    memset(out, mark, len);
    memcpy(out, &head, size_min(len, sizeof(head)));
}
