/*
 * effects_fuzz.c - damaged main data of a record make no effect that reaches outside of a page
 *
 * An input is a record without blocks, as rebuild_check -z writes them: resource manager, info,
 * version, bit 0: commit timestamps are kept; then the main data. What it does beyond blocks is
 * read, done to each status page that it touches, and to a list of files, twice.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/redo/file_list.h"
#include "common/redo/slru_redo.h"
#include "common/walrec/effects.h"
#include "tests/fuzz/target.h"

#define INPUT_HEADER 4

static void take_record(const uint8_t *data, size_t size, WalRecord *record);
static void redo_status(bool keeps_commit_ts, const WalRecord *record, const WalEffect *effect);
static void check_segments(const SlruEnv *env, const WalEffect *effect);
static void follow_files(const WalRecord *record, const WalEffect *effect);

void fuzz_take(const uint8_t *data, size_t size)
{
    WalRecord record;
    WalEffect effect;

    if (size < INPUT_HEADER)
        return;
    take_record(data, size, &record);
    walrec_effect(&record, &effect);
    follow_files(&record, &effect);
    redo_status((data[3] & 1) != 0, &record, &effect);
}

/* The main data have memory of just their length. */
static void take_record(const uint8_t *data, size_t size, WalRecord *record)
{
    size_t len = size - INPUT_HEADER;

    *record = (WalRecord){.start = 0x1000028,
                          .end = 0x1000100,
                          .version = 13 + data[2] % 6,
                          .xid = 1000,
                          .rmgr = data[0],
                          .info = data[1],
                          .ref_id_max = -1,
                          .main = mem_dup(data + INPUT_HEADER, len),
                          .main_len = (uint32_t)len};
}

static void redo_status(bool keeps_commit_ts, const WalRecord *record, const WalEffect *effect)
{
    SlruEnv env = {.keeps_commit_ts = keeps_commit_ts, .next_xid = 1000};
    Array touches;

    array_init(&touches, sizeof(SlruTouch));
    check_segments(&env, effect);
    slru_touched(&env, record, effect, &touches);
    array_foreach(SlruTouch, touch, &touches) {
        uint8_t *page = mem_alloc(BLOCK_SIZE);

        if (touch->page > slru_page_max(touch->kind))
            abort();
        slru_redo_page(record, effect, touch, page);
        mem_free(page);
    }
    slru_env_follow(&env, record, effect);
}

/* Whatever goes, the segment of the number that is kept does not. */
static void check_segments(const SlruEnv *env, const WalEffect *effect)
{
    uint32_t kept;

    if (effect->kind != WAL_EFFECT_CLOG_TRUNCATE)
        return;
    kept = (uint32_t)effect->truncate.page / SLRU_PAGES_PER_SEGMENT;
    if (slru_drops_segment(env, effect, &slru_xact, kept))
        abort();
}

/* The second time nothing is new: lists of the same length. */
static void follow_files(const WalRecord *record, const WalEffect *effect)
{
    FileList *list = file_list_new();
    size_t counts[2] = {0, 0};

    file_list_add(list, "base/5/16385", (uint64_t)3 * BLOCK_SIZE);
    file_list_add(list, "base/5/16385_vm", BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400/PG_15_202209061/5/16390", BLOCK_SIZE);
    for (int i = 0; i < 2; i++) {
        file_list_apply(list, record, effect);
        for (size_t at = 0; file_list_next_fork(list, &at) != NULL;)
            counts[i]++;
    }
    if (counts[0] != counts[1])
        abort();
}
