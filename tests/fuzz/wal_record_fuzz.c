/*
 * wal_record_fuzz.c - any bytes as a WAL record, and damage to a log
 *
 * Below 128, the first byte tells the version and the rest is a record, whose length is set right:
 * it is decoded, and what is taken is asked for its blocks, its effect and its description. From
 * 128 on the rest is a list of changes to a good log, five bytes each (place and value), which is
 * then read from some LSN on; with an odd first byte CRCs are not checked.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/describe.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"
#include "tests/fuzz/target.h"
#include "tests/lib/wal_forge.h"

#define SEGMENT_SIZE MIB(1)
#define RECORD_MAX   2000 /* that a damaged log is read for */

static void take(const uint8_t *data, size_t size);
static void take_record(unsigned version, const uint8_t *data, size_t size);
static void check_record(const WalRecord *record, const uint8_t *bytes, size_t size);
static void check_part(const uint8_t *part, size_t len, const uint8_t *bytes, size_t size);
static void use_record(const WalRecord *record);
static void use_words(const WalRecord *record);
static void take_damage(bool skip_crc, const uint8_t *data, size_t size);
static const WalForge *good_log(void);
static void forge_log(WalForge *f);

void fuzz_take(const uint8_t *data, size_t size)
{
    ERR_TRY() {
        take(data, size);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_DATA_CORRUPTED)
            abort();
    }
    ERR_END();
}

static void take(const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    if (data[0] < 128)
        take_record(13 + data[0] % 6, data + 1, size - 1);
    else
        take_damage(data[0] % 2 == 1, data + 1, size - 1);
}

/* ---- One record ---- */

static void take_record(unsigned version, const uint8_t *data, size_t size)
{
    WalRecord *record = mem_new(WalRecord);
    uint8_t *bytes;

    if (size < WAL_RECORD_HEADER_SIZE)
        return;
    bytes = mem_dup(data, size);
    store_u32(bytes, (uint32_t)size);
    wal_record_decode(record, bytes, version, 0x1000028, 0x1000028 + u64_align_up(size, 8));
    check_record(record, bytes, size);
    use_record(record);
}

/* Promise 2 of common/walrec: all parts lie in the record, image and hole in a page. */
static void check_record(const WalRecord *record, const uint8_t *bytes, size_t size)
{
    check_part(record->main, record->main_len, bytes, size);
    for (int id = 0; id <= record->ref_id_max; id++) {
        const WalBlockRef *ref = &record->refs[id];

        if (!ref->is_used)
            continue;
        check_part(ref->image, ref->image_len, bytes, size);
        check_part(ref->data, ref->data_len, bytes, size);
        if (ref->has_image && (ref->hole_offset + ref->hole_len > BLOCK_SIZE ||
                               (ref->image_method == WAL_IMAGE_PLAIN &&
                                ref->image_len + ref->hole_len != BLOCK_SIZE)))
            abort();
    }
}

static void check_part(const uint8_t *part, size_t len, const uint8_t *bytes, size_t size)
{
    if (len > 0 && (part < bytes + WAL_RECORD_HEADER_SIZE || part + len > bytes + size))
        abort();
}

static void use_record(const WalRecord *record)
{
    WalTouch touches[WAL_TOUCH_MAX];

    if (walrec_touched(record, touches) > WAL_TOUCH_MAX)
        abort();
    ERR_TRY() {
        use_words(record);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_DATA_CORRUPTED)
            abort();
    }
    ERR_END();
}

static void use_words(const WalRecord *record)
{
    WalEffect effect;
    StrBuf text;

    strbuf_init(&text);
    walrec_describe(&text, record);
    if (text.text[text.len] != '\0')
        abort();
    walrec_effect(record, &effect);
}

/* ---- A damaged log ---- */

static void take_damage(bool skip_crc, const uint8_t *data, size_t size)
{
    static const uint32_t bases[] = {SEGMENT_SIZE, SEGMENT_SIZE + 30000, 2 * SEGMENT_SIZE - 9000};
    const WalRecord *record;
    WalReader *r;
    WalForge f = *good_log();

    f.log.text = mem_dup(f.log.text, f.log.len);
    for (; size >= 5; data += 5, size -= 5)
        f.log.text[load_u32(data) % f.log.len] = (char)data[4];
    r = wal_reader_new(&(WalReaderConfig){
        .source = wal_forge_source(&f), .segment_size = SEGMENT_SIZE, .skip_crc = skip_crc});
    if (wal_reader_find(r, bases[size % ARRAY_LEN(bases)]) == LSN_NONE)
        return;
    for (int i = 0; i < RECORD_MAX && wal_reader_next(r, &record); i++)
        use_record(record);
    /* The end stays the end. */
    if (!wal_reader_next(r, &record) && wal_reader_end(r)->reason == NULL)
        abort();
}

/* The log before any damage; to make it anew for each input would take most of the time. */
static const WalForge *good_log(void)
{
    static WalForge f;

    if (f.log.text == NULL) {
        MEM_SCOPE(mem_root()) {
            forge_log(&f);
        }
    }
    return &f;
}

/* Two segments with records of some kinds, over pages and over the border. */
static void forge_log(WalForge *f)
{
    static const uint8_t main_data[64] = {1, 0, 0, 0, 2, 0, 0, 0, 3};
    static const uint8_t block_data[9000] = {0};
    BlockTag tag = {.rel = {1663, 5, 16384}, .block = 7};

    wal_forge_init(f, 15, SEGMENT_SIZE, SEGMENT_SIZE);
    for (unsigned i = 0; f->log.len < SEGMENT_SIZE + 5 * BLOCK_SIZE; i++) {
        if (f->log.len > 8 * BLOCK_SIZE && f->log.len < SEGMENT_SIZE - 4 * BLOCK_SIZE) {
            wal_forge_noop(f, SEGMENT_SIZE - 4 * BLOCK_SIZE - f->log.len);
            continue;
        }
        wal_forge_begin(f, (uint8_t)(i % RMGR_COUNT), (uint8_t)(i / RMGR_COUNT % 8 * 16), i);
        if (i % 3 == 0)
            wal_forge_ref(f, 0, WAL_FORGE_DATA, tag, block_data, i % 11 == 0 ? 9000 : 20);
        wal_forge_main(f, main_data, sizeof(main_data));
        wal_forge_end(f);
    }
    wal_forge_fill_page(f);
}
