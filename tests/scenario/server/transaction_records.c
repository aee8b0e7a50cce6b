/*
 * transaction_records.c - make again what a real server has logged of the ends of its transactions
 *
 *     transaction_records PG_WAL LSN OUT WAL_LEVEL
 *
 * Reads the log in PG_WAL, of a server at that level, from the LSN (a number) on. Each commit and
 * abort of it (and of prepared transactions, and each list of subtransactions) is taken apart and
 * given to the functions that log ours; what they insert into a log in OUT must have the same info
 * and main data, byte for byte. Prints how many of each form there were.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/txn/txn_record.h"
#include "server/wal/wal.h"
#include "tests/lib/wal_rig.h"

#define BIT_EXCLUSIVE_LOCKS 0x40
#define BIT_FEEDBACK        (UINT32_C(1) << 29)
#define BIT_FORCES_SYNC     (UINT32_C(1) << 31)

/* Theirs, in order, to be compared with ours. */
typedef struct Made {
    uint8_t info;
    Xid xid;
    uint16_t origin;
    uint32_t main_len;
    const uint8_t *main;
} Made;

typedef struct FormCount {
    uint64_t form; /* info and bits */
    unsigned count;
} FormCount;

static Array made;
static Hash forms;
static size_t checked, wrong;

static void make_again(const WalRecord *record);
static void make_end(const WalRecord *record, const WalXactEffect *x, bool is_commit);
static void make_assignment(const WalEffect *effect);
static void check(void *arg, const WalRecord *record);
static const void *items_of(const WalList *list);

int main(int argc, char **argv)
{
    WalDirConfig dir = {.path = argv[1], .segment_size = MIB(16)};
    WalReaderConfig config = {.segment_size = MIB(16)};
    WalReader *reader;
    const WalRecord *record;
    WalRig rig;
    size_t position = 0;
    const FormCount *form;

    if (argc != 5)
        return 2;
    ERR_TRY() {
        setting.wal_level = strcmp(argv[4], "logical") == 0 ? WAL_LEVEL_LOGICAL : WAL_LEVEL_REPLICA;
        array_init(&made, sizeof(Made));
        hash_init(&forms, sizeof(uint64_t), sizeof(FormCount));
        wal_rig_open(&rig, &(WalRigConfig){.dir = argv[3], .segment_size = MIB(16), .buffers = 64});
        config.source = wal_dir_source(wal_dir_new(&dir));
        reader = wal_reader_new(&config);
        wal_reader_find(reader, strtoull(argv[2], NULL, 0));
        while (wal_reader_next(reader, &record))
            if (record->rmgr == RMGR_XACT)
                make_again(record);
        wal_flush(wal_insert_lsn());
        wal_rig_read(&rig, check, NULL);
        while ((form = hash_next(&forms, &position)) != NULL)
            printf("info %02X bits %08X: %u\n", (unsigned)(form->form >> 32), (unsigned)form->form,
                   form->count);
        printf("%zu records made again, %zu differ\n", checked, wrong);
    }
    ERR_CATCH() {
        printf("%s\n", err_caught()->message);
        wrong++;
    }
    ERR_END();
    return wrong == 0 && checked == made.count && checked > 0 ? 0 : 1;
}

static void make_again(const WalRecord *record)
{
    WalEffect effect;
    Made *m;
    uint64_t form;

    walrec_effect(record, &effect);
    if (effect.kind != WAL_EFFECT_COMMIT && effect.kind != WAL_EFFECT_ABORT &&
        effect.kind != WAL_EFFECT_XID_ASSIGN)
        return;
    m = array_push(&made);
    m->info = record->info;
    m->xid = record->xid;
    m->origin = record->origin;
    m->main_len = record->main_len;
    m->main = mem_dup(record->main, record->main_len);
    form = (uint64_t)record->info << 32 |
           (effect.kind == WAL_EFFECT_XID_ASSIGN ? 0 : effect.xact.xinfo);
    ((FormCount *)hash_enter(&forms, &form, NULL))->count++;

    wal_set_xid(record->xid, XID_NONE);
    if (effect.kind == WAL_EFFECT_XID_ASSIGN)
        make_assignment(&effect);
    else
        make_end(record, &effect.xact, effect.kind == WAL_EFFECT_COMMIT);
}

static void make_end(const WalRecord *record, const WalXactEffect *x, bool is_commit)
{
    CommitInfo info = {
        .time = x->time,
        .children = items_of(&x->subxacts),
        .child_count = x->subxacts.count,
        .rels = items_of(&x->rels),
        .rel_count = x->rels.count,
        .parts = {.messages = items_of(&x->messages),
                  .message_count = x->messages.count,
                  .stats = items_of(&x->stats),
                  .stats_count = x->stats.count,
                  .drops_init_files = x->drops_init_files,
                  .forces_sync = (x->xinfo & BIT_FORCES_SYNC) != 0,
                  .has_exclusive_locks = (x->xinfo & BIT_EXCLUSIVE_LOCKS) != 0},
        .prepared_xid = x->is_prepared ? x->xid : XID_NONE,
        .gid = x->gid,
    };

    setting.synchronous_commit =
        (x->xinfo & BIT_FEEDBACK) != 0 ? SYNCHRONOUS_COMMIT_REMOTE_APPLY : SYNCHRONOUS_COMMIT_ON;
    txn_set_database(x->database, x->tablespace);
    txn_set_origin(x->origin_lsn != 0 ? record->origin : 0, x->origin_lsn, x->origin_time);
    wal_set_origin(record->origin);
    txn_begin_record();
    crit_begin();
    if (is_commit)
        txn_log_commit(&info);
    else
        txn_log_abort(&info);
    crit_end();
}

static void make_assignment(const WalEffect *effect)
{
    const WalList *list = &effect->assign.subxacts;

    wal_set_origin(0);
    txn_log_assignment(effect->assign.top_xid, items_of(list), list->count);
}

static const void *items_of(const WalList *list)
{
    return list->count == 0 ? NULL : mem_dup(list->items, (size_t)list->count * list->item_size);
}

static void check(void *arg, const WalRecord *record)
{
    const Made *m;

    (void)arg;
    if (checked >= made.count)
        return;
    m = array_at(&made, checked++);
    if (record->info == m->info && record->xid == m->xid && record->main_len == m->main_len &&
        record->origin == m->origin && memcmp(record->main, m->main, m->main_len) == 0)
        return;
    if (wrong++ < 10)
        printf("theirs: info %02X xid %u origin %u %u bytes; ours: info %02X xid %u origin %u %u "
               "bytes\n",
               m->info, m->xid, m->origin, m->main_len, record->info, record->xid, record->origin,
               record->main_len);
}
