/*
 * redo_check.c - hold our redo against the after-images that a real server logged
 *
 *     redo_check [-b BASE] [-d DIR] [-k FILE] [-n] [-z DIR] PGDATA
 *
 * Reads all WAL of PGDATA, a cluster that ran with wal_consistency_checking = all and was shut
 * down. Pages start from BASE, a copy of the cluster made while it was down, whose checkpoint says
 * where to begin; without it the WAL is read from its first segment and a page is known from its
 * first image on.
 *
 * Each record is applied to each page that it touches. Where the record carries the page as it is
 * after the change, ours must equal it, both masked; early_clears.h has the one exception. Where it
 * carries an image to be restored, the page is also made without it, from the data alone, as far as
 * the record has them. A page that is missing although the record needs it is a difference too.
 *
 *   -d DIR   write both pages of each difference to DIR
 *   -k FILE  name the kinds of that table (record_kinds.txt) that were not met, or never compared
 *   -n       do not stop showing differences after the first 20
 *   -z DIR   write to DIR, for each kind of record and each of its blocks, the shortest record with
 *            its page before, as input of tests/fuzz/redo_fuzz.c
 *
 * Exit code: 0 when there was no difference, 1 when there was one.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/redo/mask.h"
#include "common/redo/redo.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/walrec/effects.h"
#include "common/walrec/rmgr.h"
#include "tests/redo/cluster_wal.h"
#include "tests/redo/early_clears.h"
#include "tests/redo/page_store.h"

#define SHOWN_MAX 20

/* What became of a page that a record touched. */
typedef enum Outcome {
    OUTCOME_EQUAL,      /* to the image that is there to compare with */
    OUTCOME_DATA_EQUAL, /* made from the data alone, equal to the image to be restored */
    OUTCOME_DIFFERS,
    OUTCOME_RAISED,
    OUTCOME_RESTORED,
    OUTCOME_UNCHECKED, /* applied, but the record has no image */
    OUTCOME_UNKNOWN,   /* the page before was not known */
    OUTCOME_MISSING,
    OUTCOME_SKIPPED,
    OUTCOME_COUNT,
} Outcome;

static const char *const outcome_names[OUTCOME_COUNT] = {
    "equal",     "data-equal", "differs", "raised",  "restored",
    "unchecked", "unknown",    "missing", "skipped",
};

typedef struct KindCount {
    uint64_t records;
    uint64_t outcomes[OUTCOME_COUNT];
} KindCount;

static struct {
    const char *data_dir, *base, *dump_dir, *kinds_file, *fuzz_dir;
    bool shows_all;
    RedoEnv env;
    PageStore *pages;
    EarlyClears *early_clears;
    KindCount kinds[256][16]; /* by resource manager and opcode */
    uint64_t record_count, wrong_count;
    MemContext *record_mem;
} check;

static void read_options(int argc, char **argv);
static int run(void);
static WalReader *open_wal(Lsn *start);
static Lsn oldest_wal(const char *wal_dir, const ControlFile *control);
static void check_record(const WalRecord *record);
static void check_touch(const WalRecord *record, const WalTouch *touch);
static Outcome apply(const WalRecord *record, const WalTouch *touch, uint8_t *page);
static bool check_from_data(const WalRecord *record, const WalTouch *touch, const uint8_t *before);
static bool compare(const WalRecord *record, const WalTouch *touch, const uint8_t *ours,
                    const WalBlockRef *ref, const char *how);
static void show_difference(const WalRecord *record, const WalTouch *touch, const uint8_t *ours,
                            const uint8_t *theirs, const char *how);
static bool may_show(void);
static void dump_page(const WalRecord *record, const WalTouch *touch, const char *whose,
                      const uint8_t *page);
static void keep_for_fuzzing(const WalRecord *record, const WalTouch *touch, size_t index);
static void forge_parts(const WalRecord *record, StrBuf *out);
static void show_counts(void);
static void show_kinds_not_met(void);

int main(int argc, char **argv)
{
    volatile int code = 2;

    err_set_program("redo_check");
    read_options(argc, argv);
    ERR_TRY() {
        code = run();
    }
    ERR_CATCH() {
        err_log_report(err_caught());
    }
    ERR_END();
    return code;
}

static void read_options(int argc, char **argv)
{
    int c;

    while ((c = getopt(argc, argv, "b:d:k:nz:")) != -1) {
        switch (c) {
        case 'b':
            check.base = optarg;
            break;
        case 'd':
            check.dump_dir = optarg;
            break;
        case 'k':
            check.kinds_file = optarg;
            break;
        case 'n':
            check.shows_all = true;
            break;
        case 'z':
            check.fuzz_dir = optarg;
            break;
        default:
            exit(2);
        }
    }
    if (optind != argc - 1) {
        fprintf(stderr, "usage: redo_check [-b BASE] [-d DIR] [-k FILE] [-n] [-z DIR] PGDATA\n");
        exit(2);
    }
    check.data_dir = argv[optind];
}

static int run(void)
{
    const WalRecord *record;
    Lsn start;
    WalReader *reader = open_wal(&start);

    check.pages = page_store_new(check.base);
    check.early_clears = early_clears_new();
    check.record_mem = mem_context_new(NULL, "record");
    wal_reader_seek(reader, start);
    while (wal_reader_next(reader, &record)) {
        mem_reset(check.record_mem);
        MEM_SCOPE(check.record_mem) {
            check_record(record);
        }
    }
    printf("WAL ends: %s\n", wal_reader_end(reader)->reason);
    check.wrong_count += early_clears_show_unmet(check.early_clears);
    show_counts();
    if (check.kinds_file != NULL)
        show_kinds_not_met();
    printf("%" PRIu64 " records, %zu pages, %" PRIu64 " bytes of the map cleared before their "
           "record, %" PRIu64 " differences\n",
           check.record_count, page_store_count(check.pages),
           early_clears_count(check.early_clears), check.wrong_count);
    return check.wrong_count == 0 ? 0 : 1;
}

/* A reader over pg_wal, and where it is to begin. */
static WalReader *open_wal(Lsn *start)
{
    ControlFile control, base_control;
    char *wal_dir = path_join(check.data_dir, "pg_wal");
    WalReader *reader;

    control_file_read(check.data_dir, &control);
    base_control = control;
    if (check.base != NULL)
        control_file_read(check.base, &base_control);
    check.env.version = 15;
    check.env.hint_bits_logged = base_control.checksum_version != 0 || base_control.wal_log_hints;

    reader = cluster_wal_open(wal_dir, &control);
    *start = check.base != NULL ? base_control.checkpoint_lsn
                                : wal_reader_find(reader, oldest_wal(wal_dir, &control));
    return reader;
}

/* Where the first segment begins. */
static Lsn oldest_wal(const char *wal_dir, const ControlFile *control)
{
    uint64_t first = UINT64_MAX;
    Array names;

    os_dir_list(wal_dir, &names);
    array_foreach(char *, name, &names) {
        WalSeg seg;

        if (wal_seg_name_try_parse(*name, control->wal_segment_size, &seg) && seg.seg_no < first)
            first = seg.seg_no;
    }
    return wal_seg_start(first, control->wal_segment_size);
}

static void check_record(const WalRecord *record)
{
    KindCount *kind = &check.kinds[record->rmgr][cluster_wal_opcode(record) >> 4];
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count = walrec_touched(record, touches);
    WalEffect effect;

    check.record_count++;
    kind->records++;
    for (size_t i = 0; i < count; i++) {
        if (check.fuzz_dir != NULL)
            keep_for_fuzzing(record, &touches[i], i);
        check_touch(record, &touches[i]);
    }
    walrec_effect(record, &effect);
    page_store_follow(check.pages, &effect);
}

static void check_touch(const WalRecord *record, const WalTouch *touch)
{
    KindCount *kind = &check.kinds[record->rmgr][cluster_wal_opcode(record) >> 4];
    const WalBlockRef *ref = touch->ref_id < 0 ? NULL : wal_record_ref(record, touch->ref_id);
    StoredPage *page = page_store_get(check.pages, &touch->tag);
    bool has_image = ref != NULL && ref->has_image;
    uint8_t before[BLOCK_SIZE] __attribute__((aligned(8)));
    Outcome outcome;

    memcpy(before, page->bytes, BLOCK_SIZE);
    early_clears_meet(check.early_clears, &check.env, record, touch);
    if (!page->is_known && !has_image && (ref == NULL || !ref->will_init)) {
        kind->outcomes[OUTCOME_UNKNOWN]++;
        return;
    }
    if (has_image && ref->apply_image && page->is_known && check_from_data(record, touch, before))
        kind->outcomes[OUTCOME_DATA_EQUAL]++;

    outcome = page->is_known || (ref != NULL && (ref->will_init || ref->apply_image))
                  ? apply(record, touch, page->bytes)
                  : OUTCOME_UNKNOWN;
    if (has_image && !ref->apply_image && outcome != OUTCOME_UNKNOWN && outcome != OUTCOME_RAISED) {
        outcome = compare(record, touch, page->bytes, ref, "after redo") ? OUTCOME_EQUAL
                                                                         : OUTCOME_DIFFERS;
    }
    if (has_image && outcome != OUTCOME_EQUAL && outcome != OUTCOME_RESTORED) {
        redo_restore_image(ref, page->bytes);
        if (!page_is_new(page->bytes))
            page_set_lsn(page->bytes, record->end);
    }
    page->is_known = true;
    kind->outcomes[outcome]++;
}

static Outcome apply(const WalRecord *record, const WalTouch *touch, uint8_t *page)
{
    volatile Outcome outcome = OUTCOME_RAISED;

    ERR_TRY() {
        switch (redo_block(&check.env, record, touch, page)) {
        case REDO_RESTORED:
            outcome = OUTCOME_RESTORED;
            break;
        case REDO_MISSING:
            outcome = OUTCOME_MISSING;
            check.wrong_count++;
            break;
        case REDO_SKIPPED:
            outcome = OUTCOME_SKIPPED;
            break;
        case REDO_APPLIED:
        case REDO_UNCHANGED:
            outcome = OUTCOME_UNCHECKED;
            break;
        }
    }
    ERR_CATCH() {
        check.wrong_count++;
        if (may_show())
            printf("%s %s at " LSN_FMT ": %s\n    %s\n", cluster_wal_rmgr_name(record->rmgr),
                   cluster_wal_kind_name(record->rmgr, cluster_wal_opcode(record)),
                   LSN_ARG(record->start), err_caught()->message, err_caught()->context);
    }
    ERR_END();
    return outcome;
}

/*
 * Redo without the image that the record wants to be restored; false when the record does not have
 * the data for that, or the page is as new as the record.
 */
static bool check_from_data(const WalRecord *record, const WalTouch *touch, const uint8_t *before)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8)));
    WalRecord *without = mem_dup(record, sizeof(*record));
    const WalBlockRef *ref = &record->refs[touch->ref_id];
    volatile bool is_applied = false;

    /* Where no pieces may mean no change, it does not show that they were left out. */
    if (record->rmgr == RMGR_GENERIC && !ref->has_data)
        return false;
    memcpy(page, before, BLOCK_SIZE);
    without->refs[touch->ref_id].apply_image = false;
    ERR_TRY() {
        is_applied = redo_block(&check.env, without, touch, page) == REDO_APPLIED;
    }
    ERR_CATCH() {
        /* Data that are left out because of the image look like data cut short. */
        if (ref->has_data)
            printf("%s %s at " LSN_FMT ", from data: %s\n", cluster_wal_rmgr_name(record->rmgr),
                   cluster_wal_kind_name(record->rmgr, cluster_wal_opcode(record)),
                   LSN_ARG(record->start), err_caught()->message);
        check.wrong_count += ref->has_data;
    }
    ERR_END();
    return is_applied && compare(record, touch, page, ref, "from data");
}

static bool compare(const WalRecord *record, const WalTouch *touch, const uint8_t *ours,
                    const WalBlockRef *ref, const char *how)
{
    uint8_t mine[BLOCK_SIZE] __attribute__((aligned(8)));
    uint8_t theirs[BLOCK_SIZE] __attribute__((aligned(8)));

    memcpy(mine, ours, BLOCK_SIZE);
    redo_restore_image(ref, theirs);
    redo_mask_page(record->rmgr, &touch->tag, mine);
    redo_mask_page(record->rmgr, &touch->tag, theirs);
    if (memcmp(mine, theirs, BLOCK_SIZE) == 0 ||
        early_clears_expect(check.early_clears, record, touch, mine, theirs))
        return true;
    check.wrong_count++;
    show_difference(record, touch, mine, theirs, how);
    if (check.dump_dir != NULL) {
        redo_restore_image(ref, theirs);
        dump_page(record, touch, "ours", ours);
        dump_page(record, touch, "theirs", theirs);
    }
    return false;
}

static void show_difference(const WalRecord *record, const WalTouch *touch, const uint8_t *ours,
                            const uint8_t *theirs, const char *how)
{
    size_t first = 0, last, shown;

    if (!may_show())
        return;
    while (ours[first] == theirs[first])
        first++;
    last = first;
    for (size_t i = first; i < BLOCK_SIZE; i++) {
        if (ours[i] != theirs[i])
            last = i;
    }
    for (shown = first; shown < BLOCK_SIZE && ours[shown] != theirs[shown] && shown < first + 16;)
        shown++;
    printf("%s %s at " LSN_FMT ", reference %d, block %u of %u/%u/%u fork %u, %s: bytes %zu to "
           "%zu of %zu to %zu differ:\n    ours  ",
           cluster_wal_rmgr_name(record->rmgr),
           cluster_wal_kind_name(record->rmgr, cluster_wal_opcode(record)), LSN_ARG(record->start),
           touch->ref_id, touch->tag.block, touch->tag.rel.tablespace, touch->tag.rel.database,
           touch->tag.rel.rel, touch->tag.fork, how, first, shown - 1, first, last);
    for (size_t i = first; i < shown; i++)
        printf(" %02x", ours[i]);
    printf("\n    theirs");
    for (size_t i = first; i < shown; i++)
        printf(" %02x", theirs[i]);
    printf("\n    lower %u and %u, upper %u and %u, special %u and %u\n", page_lower(ours),
           page_lower(theirs), page_upper(ours), page_upper(theirs), page_special(ours),
           page_special(theirs));
}

static bool may_show(void)
{
    return check.shows_all || check.wrong_count <= SHOWN_MAX;
}

static void dump_page(const WalRecord *record, const WalTouch *touch, const char *whose,
                      const uint8_t *page)
{
    const char *name = mem_printf("%08X-%08X-%d.%s", (uint32_t)(record->start >> 32),
                                  (uint32_t)record->start, touch->ref_id, whose);

    os_write_durable(path_join(check.dump_dir, name), page, BLOCK_SIZE);
}

/* The file is named by kind and block, so a shorter one takes its place. */
static void keep_for_fuzzing(const WalRecord *record, const WalTouch *touch, size_t index)
{
    const uint8_t *page = page_store_get(check.pages, &touch->tag)->bytes;
    const char *path = path_join(
        check.fuzz_dir,
        mem_printf("%s-%s-%d", cluster_wal_rmgr_name(record->rmgr),
                   cluster_wal_kind_name(record->rmgr, cluster_wal_opcode(record)), touch->ref_id));
    StrBuf parts, input;
    OsStat stat;
    uint16_t lower = page_lower(page), upper = page_upper(page);

    if (page_is_new(page) || touch->tag.fork == FORK_VM) {
        lower = touch->tag.fork == FORK_VM ? 40 : 0; /* some of the bits will do */
        upper = BLOCK_SIZE;
    }
    strbuf_init(&parts);
    forge_parts(record, &parts);
    strbuf_init(&input);
    strbuf_add_char(&input, (char)record->rmgr);
    strbuf_add_char(&input, (char)(record->info & ~0x02));
    strbuf_add_char(&input, (char)index);
    strbuf_add_char(&input, 1);
    strbuf_add_bytes(&input, &(const uint16_t){(uint16_t)parts.len}, 2);
    strbuf_add_bytes(&input, parts.text, parts.len);
    strbuf_add_bytes(&input, &lower, 2);
    strbuf_add_bytes(&input, &upper, 2);
    strbuf_add_bytes(&input, page, lower);
    strbuf_add_bytes(&input, page + upper, (size_t)BLOCK_SIZE - upper);
    if (!os_try_stat(path, &stat) || stat.size > input.len)
        os_write_durable(path, input.text, input.len);
}

/* What follows a record's header, without images to compare with. */
static void forge_parts(const WalRecord *record, StrBuf *out)
{
    for (int id = 0; id <= record->ref_id_max; id++) {
        const WalBlockRef *ref = wal_record_ref(record, id);
        bool has_image = ref != NULL && ref->has_image && ref->apply_image;

        if (ref == NULL)
            continue;
        strbuf_add_char(out, (char)id);
        strbuf_add_char(out, (char)(ref->tag.fork | (has_image ? 0x10u : 0) |
                                    (ref->has_data ? 0x20u : 0) | (ref->will_init ? 0x40u : 0)));
        strbuf_add_bytes(out, &ref->data_len, 2);
        if (has_image) {
            strbuf_add_bytes(out, &ref->image_len, 2);
            strbuf_add_bytes(out, &ref->hole_offset, 2);
            strbuf_add_char(out, (char)ref->image_info);
            if (ref->hole_len > 0 && ref->image_method != WAL_IMAGE_PLAIN)
                strbuf_add_bytes(out, &ref->hole_len, 2);
        }
        strbuf_add_bytes(out, &ref->tag.rel, sizeof(ref->tag.rel));
        strbuf_add_bytes(out, &ref->tag.block, sizeof(ref->tag.block));
    }
    if (record->main_len > 0) {
        strbuf_add_char(out, (char)254);
        strbuf_add_bytes(out, &record->main_len, 4);
    }
    for (int id = 0; id <= record->ref_id_max; id++) {
        const WalBlockRef *ref = wal_record_ref(record, id);

        if (ref != NULL && ref->has_image && ref->apply_image)
            strbuf_add_bytes(out, ref->image, ref->image_len);
        if (ref != NULL && ref->has_data)
            strbuf_add_bytes(out, ref->data, ref->data_len);
    }
    if (record->main_len > 0)
        strbuf_add_bytes(out, record->main, record->main_len);
}

/* A line for each kind of record that touches blocks. */
static void show_counts(void)
{
    printf("%-18s %-22s %9s", "", "", "records");
    for (Outcome o = 0; o < OUTCOME_COUNT; o++)
        printf(" %10s", outcome_names[o]);
    printf("\n");
    for (unsigned rmgr = 0; rmgr < 256; rmgr++) {
        for (unsigned op = 0; op < 16; op++) {
            const KindCount *kind = &check.kinds[rmgr][op];

            if (kind->records == 0)
                continue;
            printf("%-18s %-22s %9" PRIu64, cluster_wal_rmgr_name((uint8_t)rmgr),
                   cluster_wal_kind_name((uint8_t)rmgr, (uint8_t)(op << 4)), kind->records);
            for (Outcome o = 0; o < OUTCOME_COUNT; o++) {
                if (kind->outcomes[o] == 0)
                    printf(" %10s", "-");
                else
                    printf(" %10" PRIu64, kind->outcomes[o]);
            }
            printf("\n");
        }
    }
}

/* Rows of the table: resource manager, kind, "yes" or "no", by tabs. */
static void show_kinds_not_met(void)
{
    size_t len;
    const char *rest = os_file_read_all(check.kinds_file, MIB(1), &len);
    char *line;

    while ((line = str_split(&rest, '\n')) != NULL) {
        const char *fields = line, *rmgr, *name;
        const KindCount *met = NULL;

        if (line[0] == '#' || line[0] == '\0')
            continue;
        rmgr = str_split(&fields, '\t');
        name = str_split(&fields, '\t');
        for (unsigned id = 0; id < RMGR_COUNT && name != NULL; id++) {
            for (unsigned op = 0; op < 16; op++) {
                if (str_equal(rmgr, cluster_wal_rmgr_name((uint8_t)id)) &&
                    str_equal(name, cluster_wal_kind_name((uint8_t)id, (uint8_t)(op << 4))))
                    met = &check.kinds[id][op];
            }
        }
        if (met == NULL || met->records == 0)
            printf("not met: %s %s\n", rmgr, name);
    }
}
