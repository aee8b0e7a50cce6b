/* wal_rig.c - a write-ahead log for tests; wal_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/wal_rig.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/os/shared_memory.h"
#include "common/redo/redo.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "tests/lib/seed.h"

#define RIG_MARK     UINT32_C(0x57414C52)
#define MAIN_HEAD    16 /* mark, writer, number, length of what follows */
#define MAIN_MAX     100000
#define REF_DATA_MAX 600
#define RIG_REL  \
 {               \
  1663, 5, 16384 \
 }

/* What a writer and a number make. */
typedef struct RigRecord {
    Seed seed;
    uint8_t main[MAIN_HEAD + MAIN_MAX];
    uint32_t main_len;
    bool has_page;
    BlockTag tag;
    _Alignas(8) uint8_t page[BLOCK_SIZE];
    uint8_t ref_data[REF_DATA_MAX];
    uint32_t ref_data_len;
} RigRecord;

static struct {
    void *procs;   /* the table of processes, in which there are none */
    uint32_t size; /* of the main data; 0: as usual */
    RigRecord record;
} rig_local;

static void make_record(RigRecord *r, uint32_t writer, uint32_t number, uint32_t size);
static void make_page(RigRecord *r);
static uint32_t usual_size(Seed *s);
static void page_at(const WalRig *rig, Lsn lsn, uint8_t *page);

void wal_rig_open(WalRig *rig, const WalRigConfig *config)
{
    *rig = (WalRig){.config = *config};
    if (rig->config.segment_size == 0)
        rig->config.segment_size = MIB(1);
    if (rig->config.buffers == 0)
        rig->config.buffers = 16;
    if (rig->config.end == 0)
        rig->config.end = rig->config.segment_size;
    rig->wal_dir = path_join(config->dir, "pg_wal");
    os_dir_make_all(path_join(rig->wal_dir, "archive_status"));
    wal_rig_reset(rig);
    rig->start = rig->config.end;
    wal_start(&(WalStart){
        .tli = 1, .end = rig->config.end, .redo = rig->config.end, .full_page_writes = true});
}

void wal_rig_reset(WalRig *rig)
{
    /* Unless the test has a table of its own; one that it had goes with it. */
    if (!proc_has_table()) {
        if (rig_local.procs == NULL)
            rig_local.procs = os_shared_map(proc_shmem_size(), OS_HUGE_OFF);
        proc_shmem_init(rig_local.procs);
    }
    setting.wal_buffers = rig->config.buffers;
    wal_set_identity(&(WalIdentity){.system_id = WAL_RIG_SYSTEM_ID,
                                    .segment_size = rig->config.segment_size,
                                    .directory = rig->wal_dir});
    if (rig->place != NULL)
        os_shared_unmap(rig->place, rig->size);
    rig->size = wal_shmem_size();
    rig->place = os_shared_map(rig->size, OS_HUGE_OFF);
    wal_shmem_init(rig->place);
    wal_reset_insert();
    wal_set_xid(XID_NONE, XID_NONE);
}

Lsn wal_rig_restart(WalRig *rig)
{
    WalStart start = {.tli = 1, .redo = rig->start, .full_page_writes = true};
    const WalDirConfig dir = {.path = rig->wal_dir, .segment_size = rig->config.segment_size};
    const WalReaderConfig config = {.segment_size = rig->config.segment_size,
                                    .source = wal_dir_source(wal_dir_new(&dir))};
    WalReader *reader = wal_reader_new(&config);
    const WalRecord *record;
    uint8_t page[WAL_PAGE_SIZE];
    const WalEnd *end;

    wal_rig_reset(rig);
    wal_reader_seek(reader, rig->start);
    while (wal_reader_next(reader, &record))
        start.last_record = record->start;
    end = wal_reader_end(reader);
    start.end = end->lsn;
    if (end->page > end->lsn) {
        /* The record began, and its next page is not there. */
        start.aborted_record = end->lsn;
        start.missing_continuation = end->page;
    }
    page_at(rig, start.end, page);
    start.last_page = page;
    wal_start(&start);
    return start.end;
}

void wal_rig_close(WalRig *rig)
{
    os_shared_unmap(rig->place, rig->size);
    rig->place = NULL;
}

Lsn wal_rig_insert(uint32_t writer, uint32_t number)
{
    RigRecord *r = &rig_local.record;

    make_record(r, writer, number, rig_local.size);
    wal_begin_insert();
    wal_set_xid(writer + 100, XID_NONE);
    wal_register_data(r->main, MAIN_HEAD);
    if (r->main_len > MAIN_HEAD)
        wal_register_data(r->main + MAIN_HEAD, r->main_len - MAIN_HEAD);
    if (!r->has_page)
        return wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    wal_register_page(0, &r->tag, r->page, WAL_REF_STANDARD | WAL_REF_KEEP_DATA);
    wal_register_page_data(0, r->ref_data, r->ref_data_len);
    return wal_insert(RMGR_HEAP, WAL_HEAP_INSERT);
}

void wal_rig_set_size(uint32_t bytes)
{
    rig_local.size = bytes;
}

bool wal_rig_check(const WalRecord *record, uint32_t *writer, uint32_t *number, bool *is_right)
{
    RigRecord *r = &rig_local.record;
    const WalBlockRef *ref = wal_record_ref(record, 0);
    uint8_t page[BLOCK_SIZE];

    if (record->main_len < MAIN_HEAD || load_u32(record->main) != RIG_MARK)
        return false;
    *writer = load_u32(record->main + 4);
    *number = load_u32(record->main + 8);
    make_record(r, *writer, *number, load_u32(record->main + 12));
    *is_right = record->main_len == r->main_len &&
                memcmp(record->main, r->main, r->main_len) == 0 && r->has_page == (ref != NULL) &&
                record->xid == *writer + 100;
    if (!*is_right || ref == NULL)
        return true;
    *is_right = ref->data_len == r->ref_data_len &&
                (ref->data_len == 0 || memcmp(ref->data, r->ref_data, ref->data_len) == 0) &&
                block_tag_equal(&ref->tag, &r->tag);
    if (!*is_right || !ref->has_image)
        return true;
    redo_restore_image(ref, page);
    *is_right = memcmp(page, r->page, BLOCK_SIZE) == 0;
    return true;
}

Lsn wal_rig_read(const WalRig *rig, void (*visit)(void *arg, const WalRecord *record), void *arg)
{
    const WalDirConfig dir = {.path = rig->wal_dir, .segment_size = rig->config.segment_size};
    const WalReaderConfig config = {.segment_size = rig->config.segment_size,
                                    .source = wal_dir_source(wal_dir_new(&dir))};
    WalReader *reader = wal_reader_new(&config);
    const WalRecord *record;

    wal_reader_seek(reader, rig->start);
    while (wal_reader_next(reader, &record))
        visit(arg, record);
    return wal_reader_end(reader)->lsn;
}

/* size: that of the random main data, or 0: as usual, sometimes with a page. */
static void make_record(RigRecord *r, uint32_t writer, uint32_t number, uint32_t size)
{
    Seed *s = &r->seed;

    s->state = (uint64_t)writer << 32 | number;
    seed_u64(s);
    r->main_len = MAIN_HEAD + (size != 0 ? size : usual_size(s));
    store_u32(r->main, RIG_MARK);
    store_u32(r->main + 4, writer);
    store_u32(r->main + 8, number);
    store_u32(r->main + 12, size);
    seed_fill(s, r->main + MAIN_HEAD, r->main_len - MAIN_HEAD);
    r->has_page = size == 0 && seed_below(s, 4) == 0;
    if (r->has_page)
        make_page(r);
}

/* A page like those of relations, in some cases newer than any redo point. */
static void make_page(RigRecord *r)
{
    Seed *s = &r->seed;
    const uint64_t items = seed_below(s, 20);

    r->tag = (BlockTag){.rel = RIG_REL, .block = (BlockNo)seed_below(s, 100000)};
    r->ref_data_len = (uint32_t)seed_below(s, REF_DATA_MAX);
    seed_fill(s, r->ref_data, r->ref_data_len);
    page_init(r->page, 0);
    for (uint64_t i = 1; i <= items; i++) {
        uint8_t item[300];

        seed_fill_like_pages(s, item, sizeof item);
        page_add_item(r->page, item, 20 + (size_t)seed_below(s, 280), (OffsetNo)i, PAGE_ADD_INSERT);
    }
    page_set_lsn(r->page, seed_below(s, 2) == 0 ? 1000 : UINT64_C(1) << 50);
}

/* Mostly small, sometimes over several pages. */
static uint32_t usual_size(Seed *s)
{
    switch (seed_below(s, 40)) {
    case 0:
        return (uint32_t)seed_below(s, 40000);
    case 1:
    case 2:
    case 3:
        return (uint32_t)seed_below(s, 9000);
    default:
        return (uint32_t)seed_below(s, 300);
    }
}

/* The page that lsn lies in, as the files have it; zeros when they have none. */
static void page_at(const WalRig *rig, Lsn lsn, uint8_t *page)
{
    const uint32_t segment_size = rig->config.segment_size;
    const Lsn start = lsn - lsn % WAL_PAGE_SIZE;
    char name[WAL_SEG_NAME_LEN + 1];
    OsFile *f;

    memset(page, 0, WAL_PAGE_SIZE);
    wal_seg_name_write((WalSeg){.tli = 1, .seg_no = wal_seg_no(lsn, segment_size)}, segment_size,
                       name);
    f = os_file_try_open(path_join(rig->wal_dir, name), OS_READ);
    if (f == NULL)
        return;
    os_file_read_at(f, page, WAL_PAGE_SIZE, wal_seg_offset(start, segment_size));
    os_file_close(f);
}
