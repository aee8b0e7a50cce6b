/*
 * check_layout.c - are the records of a log just as long as what they are taken for?
 *
 *     check_layout FOLDER LSN
 *
 * Reads the log from LSN on and holds every XLOG, transaction, storage, database and heap record
 * against the layout of its version, main data and data of block 0 to the last byte: a record of
 * which bytes are left over, or that ends too early, is not what we think it is. Prints how many
 * there were of each kind, and fails when one did not fit.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/walrec/describe.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"

#define SEGMENT_SIZE       MIB(16)

#define TUPLE_HEADER       5  /* both masks and where the row's data begin */
#define TUPLE_FIXED        23 /* bytes of a row that are not logged as they are */
#define PLAN_SIZE          12
#define RESTORE_POINT_NAME 64
#define PARAMETERS_PADDING 2
#define TWOPHASE_RECORD    8 /* its header, and what it is padded to */

#define DELETE_HAS_OLD     (0x02 | 0x04)
#define UPDATE_HAS_OLD     (0x04 | 0x08)
#define UPDATE_HAS_PREFIX  0x20
#define UPDATE_HAS_SUFFIX  0x40

static unsigned counts[RMGR_COUNT][16];

static bool check_folder(const char *folder, const char *lsn);
static bool check_all(WalReader *reader);
static bool check(const WalRecord *record);
static const char *misfit(const WalRecord *record);
static size_t left_of_effect(const WalRecord *record);
static size_t left_of_twophase(const WalRecord *record, size_t unread_len);
static size_t left_of_heap(const WalRecord *record, ByteReader *main, ByteReader *data);
static size_t left_of_heap2(const WalRecord *record, ByteReader *main, ByteReader *data);
static void take_tuple(ByteReader *r);
static void take_tuples(ByteReader *r, uint16_t count);
static void take_cleaning_17(ByteReader *r, uint8_t flags);
static void take_plans(ByteReader *r, uint16_t count, uint32_t *row_count);

int main(int argc, char **argv)
{
    volatile bool fits = false;

    if (argc != 3)
        return 2;
    ERR_TRY() {
        fits = check_folder(argv[1], argv[2]);
    }
    ERR_CATCH() {
        fprintf(stderr, "%s\n", err_caught()->message);
    }
    ERR_END();
    return fits ? 0 : 1;
}

static bool check_folder(const char *folder, const char *lsn)
{
    WalDirConfig dir = {.path = folder, .segment_size = SEGMENT_SIZE};
    WalReaderConfig config = {.source = wal_dir_source(wal_dir_new(&dir)),
                              .segment_size = SEGMENT_SIZE};
    WalReader *reader = wal_reader_new(&config);
    Lsn start;

    if (!lsn_try_parse(lsn, &start))
        err_raise(SQLSTATE_USAGE, .message = err_fmt("\"%s\" is no LSN", lsn));
    wal_reader_seek(reader, start);
    return check_all(reader);
}

static bool check_all(WalReader *reader)
{
    const WalRecord *record;
    unsigned misfit_count = 0;

    while (wal_reader_next(reader, &record)) {
        if (record->rmgr >= RMGR_COUNT)
            continue;
        counts[record->rmgr][record->info >> 4]++;
        if (!check(record))
            misfit_count++;
    }
    for (unsigned rmgr = 0; rmgr < RMGR_COUNT; rmgr++) {
        for (unsigned kind = 0; kind < 16; kind++) {
            if (counts[rmgr][kind] > 0)
                printf("%s/%02X %u\n", walrec_rmgr_name((uint8_t)rmgr), kind << 4,
                       counts[rmgr][kind]);
        }
    }
    return misfit_count == 0;
}

/* Print what is wrong with a record; false when something is. */
static bool check(const WalRecord *record)
{
    const char *volatile reason = NULL;

    ERR_TRY() {
        reason = misfit(record);
    }
    ERR_CATCH() {
        reason = mem_printf("%s", err_caught()->message);
    }
    ERR_END();
    if (reason != NULL)
        printf("%s %02X at " LSN_FMT ", %u bytes: %s\n", walrec_rmgr_name(record->rmgr),
               record->info, LSN_ARG(record->start), record->main_len, reason);
    return reason == NULL;
}

/* What is wrong; NULL when all is well. */
static const char *misfit(const WalRecord *record)
{
    const WalBlockRef *ref = wal_record_ref(record, 0);
    ByteReader main = byte_reader(record->main, record->main_len, "main data");
    ByteReader data = byte_reader(NULL, 0, "block data");
    size_t left;

    if (ref != NULL && ref->has_data)
        data = byte_reader(ref->data, ref->data_len, "block data");
    switch (record->rmgr) {
    case RMGR_XLOG:
    case RMGR_XACT:
    case RMGR_SMGR:
    case RMGR_DBASE:
        left = left_of_effect(record);
        break;
    case RMGR_HEAP:
        left = left_of_heap(record, &main, &data);
        break;
    case RMGR_HEAP2:
        left = left_of_heap2(record, &main, &data);
        break;
    default:
        return NULL;
    }
    if (walrec_kind_name(record->version, record->rmgr, record->info) == NULL)
        return "unknown kind";
    return left == 0 ? NULL : mem_printf("%zu bytes are left", left);
}

static size_t left_of_effect(const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    switch (effect.kind) {
    case WAL_EFFECT_PREPARE:
        return left_of_twophase(record, effect.unread_len);
    case WAL_EFFECT_RESTORE_POINT:
        return effect.unread_len + strlen(effect.restore_point.name) + 1 - RESTORE_POINT_NAME;
    case WAL_EFFECT_PARAMETER_CHANGE:
        return effect.unread_len - PARAMETERS_PADDING;
    case WAL_EFFECT_END_OF_RECOVERY:
        /* Of 17 and later, whose structure is padded. */
        return effect.unread_len - (record->version >= 17 ? 4 : 0);
    default:
        return effect.unread_len;
    }
}

/* Locks and the like that the transaction takes along, up to one of no manager; all padded. */
static size_t left_of_twophase(const WalRecord *record, size_t unread_len)
{
    size_t read_len = size_align_up(record->main_len - unread_len, TWOPHASE_RECORD);
    ByteReader r =
        byte_reader(record->main + read_len, record->main_len - read_len, "two-phase data");

    for (;;) {
        uint32_t len = byte_reader_u32(&r);
        uint8_t manager = byte_reader_u8(&r);

        byte_reader_take(&r, 3 + size_align_up(len, TWOPHASE_RECORD));
        if (manager == 0)
            return byte_reader_left(&r);
    }
}

/* ---- Rows ---- */

static size_t left_of_heap(const WalRecord *record, ByteReader *main, ByteReader *data)
{
    bool has_data = byte_reader_left(data) > 0;
    const uint8_t *m;
    WalEffect effect;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP_INSERT:
        byte_reader_take(main, 3);
        if (has_data)
            take_tuple(data);
        break;
    case WAL_HEAP_DELETE:
        m = byte_reader_take(main, 8);
        if ((m[7] & DELETE_HAS_OLD) != 0)
            take_tuple(main);
        break;
    case WAL_HEAP_UPDATE:
    case WAL_HEAP_HOT_UPDATE:
        m = byte_reader_take(main, 14);
        if ((m[7] & UPDATE_HAS_OLD) != 0)
            take_tuple(main);
        if (!has_data)
            break;
        byte_reader_take(data, ((m[7] & UPDATE_HAS_PREFIX) != 0 ? 2u : 0u) +
                                   ((m[7] & UPDATE_HAS_SUFFIX) != 0 ? 2u : 0u));
        take_tuple(data);
        break;
    case WAL_HEAP_TRUNCATE:
        m = byte_reader_take(main, 12);
        byte_reader_take(main, (size_t)load_u32(m + 4) * sizeof(Oid));
        break;
    case WAL_HEAP_CONFIRM:
        byte_reader_take(main, 2);
        break;
    case WAL_HEAP_LOCK:
        byte_reader_take(main, 8);
        break;
    case WAL_HEAP_INPLACE:
        walrec_effect(record, &effect);
        byte_reader_take(main, record->version >= 18 ? record->main_len - effect.unread_len : 2);
        byte_reader_take(data, byte_reader_left(data));
        break;
    default:
        break;
    }
    return byte_reader_left(main) + byte_reader_left(data);
}

/* A row's header and what follows its fixed part: null bitmap, padding, values. */
static void take_tuple(ByteReader *r)
{
    const uint8_t *header = byte_reader_take(r, TUPLE_HEADER);
    uint8_t values_at = header[4];

    if (values_at <= TUPLE_FIXED || values_at % 8 != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("a row's values begin at %u", values_at));
    byte_reader_take(r, values_at - TUPLE_FIXED);
    byte_reader_take(r, byte_reader_left(r));
}

/* ---- Pages ---- */

static size_t left_of_heap2(const WalRecord *record, ByteReader *main, ByteReader *data)
{
    bool has_data = byte_reader_left(data) > 0;
    bool is_init = (record->info & WAL_INIT_PAGE) != 0;
    unsigned version = record->version;
    uint8_t kind = wal_record_opcode(record) & (uint8_t)~WAL_INIT_PAGE;
    uint32_t row_count = 0;
    uint16_t count;
    const uint8_t *m;

    if (kind == WAL_HEAP2_REWRITE) {
        WalEffect effect;

        walrec_effect(record, &effect);
        return effect.unread_len;
    }
    if (kind == WAL_HEAP2_VISIBLE) {
        byte_reader_take(main, 5);
    } else if (kind == WAL_HEAP2_MULTI_INSERT) {
        m = byte_reader_take(main, 4);
        count = load_u16(m + 2);
        byte_reader_take(main, is_init ? 0 : count * sizeof(OffsetNo));
        if (has_data)
            take_tuples(data, count);
    } else if (kind == WAL_HEAP2_LOCK_UPDATED) {
        byte_reader_take(main, 8);
    } else if (kind == WAL_HEAP2_NEW_CID) {
        byte_reader_take(main, 34);
    } else if (version >= 17) {
        uint8_t flags = byte_reader_take(main, 2)[1];

        byte_reader_take(main, (flags & 0x08) != 0 ? 4 : 0);
        if (has_data)
            take_cleaning_17(data, flags);
    } else if (kind == WAL_HEAP2_PRUNE) {
        m = byte_reader_take(main, version >= 16 ? 9 : 8);
        if (has_data) {
            byte_reader_take(data, load_u16(m + 4) * 4u + load_u16(m + 6) * 2u);
            byte_reader_take(data, byte_reader_left(data) & ~(size_t)1);
        }
    } else if (kind == (version == 13 ? WAL_HEAP2_FREEZE_PAGE_13 : WAL_HEAP2_FREEZE_PAGE)) {
        m = byte_reader_take(main, version >= 16 ? 7 : 6);
        if (has_data && version >= 16) {
            take_plans(data, load_u16(m + 4), &row_count);
            byte_reader_take(data, row_count * 2u);
        } else if (has_data) {
            byte_reader_take(data, load_u16(m + 4) * (size_t)PLAN_SIZE);
        }
    } else if (version == 13) {
        byte_reader_take(main, 16); /* CLEANUP_INFO */
    } else {
        count = byte_reader_u16(main); /* VACUUM */
        byte_reader_take(data, has_data ? count * 2u : 0);
    }
    return byte_reader_left(main) + byte_reader_left(data);
}

/* Each begins at an even byte: its length, then header and values. */
static void take_tuples(ByteReader *r, uint16_t count)
{
    const uint8_t *begin = r->pos;

    for (uint16_t i = 0; i < count; i++) {
        byte_reader_take(r, (size_t)(r->pos - begin) & 1);
        uint16_t len = byte_reader_u16(r);
        ByteReader tuple = byte_reader(byte_reader_take(r, TUPLE_HEADER + (size_t)len),
                                       TUPLE_HEADER + (size_t)len, r->what);

        take_tuple(&tuple);
    }
}

static void take_cleaning_17(ByteReader *r, uint8_t flags)
{
    uint32_t row_count = 0;

    if ((flags & 0x10) != 0) {
        uint16_t plan_count = byte_reader_u16(r);

        byte_reader_take(r, 2);
        take_plans(r, plan_count, &row_count);
    }
    for (uint8_t part = 0x20; part != 0; part = (uint8_t)(part << 1)) {
        if ((flags & part) != 0) {
            uint16_t count = byte_reader_u16(r);

            byte_reader_take(r, count * (part == 0x20 ? 4u : 2u));
        }
    }
    byte_reader_take(r, row_count * 2u);
}

static void take_plans(ByteReader *r, uint16_t count, uint32_t *row_count)
{
    for (uint16_t i = 0; i < count; i++)
        *row_count += load_u16(byte_reader_take(r, PLAN_SIZE) + 10);
}
