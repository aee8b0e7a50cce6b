/* lock_func_test.c - functions about locks, called by the numbers that pg_proc gives them. */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/access/common/heap_form.h"
#include "server/fmgr/array_value.h"
#include "server/lock/lock_object.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/sysfunc.h"
#include "server/txn/txn.h"
#include "tests/lib/puppet.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

enum {
    LOCK_STATUS = 1371,
    BLOCKING_PIDS = 2561,
    ADVISORY_LOCK = 2880,
    TRY_ADVISORY_LOCK = 2882,
    TRY_ADVISORY_LOCK_SHARED = 2883,
    ADVISORY_UNLOCK = 2884,
    ADVISORY_UNLOCK_SHARED = 2885,
    ADVISORY_LOCK_PAIR = 2886,
    TRY_ADVISORY_LOCK_PAIR = 2888,
    ADVISORY_UNLOCK_ALL = 2892,
    ADVISORY_XACT_LOCK = 3089,
    IS_BLOCKED = 3378,
};

static TxnRig rig;
static Puppets p;
static char warning[200];

static void note_warning(const ErrReport *report)
{
    if (report->level == ERR_WARNING)
        snprintf(warning, sizeof warning, "%s", report->message);
}

static void begin(unsigned puppets)
{
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .has_locks = true});
    builtin_bind(sysfunc_builtins, sysfunc_builtin_count);
    warning[0] = '\0';
    err_set_sink(note_warning);
    puppets_begin(&p, puppets);
}

static void end(void)
{
    CU_ASSERT_EQUAL(puppets_end(&p), p.count);
    builtin_bind(NULL, 0);
    fmgr_set_builtins(NULL, 0);
    txn_rig_close(&rig);
}

typedef struct Call {
    Oid function;
    short count;
    Datum args[2];
} Call;

static uint64_t call(const void *args)
{
    const Call *c = args;
    FmgrSite site;
    FMGR_CALL_LOCAL(frame, 2);

    fmgr_site_init(&site, c->function, mem_current());
    fmgr_call_init(frame, &site, c->count, 0);
    for (short i = 0; i < c->count; i++)
        frame->args[i] = (NullableDatum){.value = c->args[i]};
    return fmgr_invoke(frame);
}

static uint64_t start_block(const void *args UNUSED)
{
    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    return 0;
}

static uint64_t commit(const void *args UNUSED)
{
    (void)txn_commit_block(false);
    txn_end_command();
    return 0;
}

static Call key(Oid function, int64_t number)
{
    return (Call){.function = function, .count = 1, .args = {datum_of_i64(number)}};
}

static Call pair(Oid function, int32_t a, int32_t b)
{
    return (Call){.function = function, .count = 2, .args = {datum_of_i32(a), datum_of_i32(b)}};
}

static bool does(unsigned puppet, Call c)
{
    return puppet_do(&p, puppet, call, &c, sizeof c)->value != 0;
}

static void keys_of_one_and_of_two_numbers_do_not_meet(void)
{
    begin(2);
    (void)does(0, key(ADVISORY_LOCK, INT64_C(7) << 32 | 9));
    CU_ASSERT_FALSE(does(1, key(TRY_ADVISORY_LOCK, INT64_C(7) << 32 | 9)));
    CU_ASSERT_TRUE(does(1, key(TRY_ADVISORY_LOCK, 9)));
    CU_ASSERT_TRUE(does(1, pair(TRY_ADVISORY_LOCK_PAIR, 7, 9)));
    CU_ASSERT_FALSE(does(0, pair(TRY_ADVISORY_LOCK_PAIR, 7, 9)));
    (void)does(1, (Call){.function = ADVISORY_UNLOCK_ALL});
    CU_ASSERT_TRUE(does(0, pair(TRY_ADVISORY_LOCK_PAIR, 7, 9)));
    end();
}

static void what_the_session_has_outlives_a_transaction(void)
{
    begin(2);
    puppet_do(&p, 0, start_block, NULL, 0);
    (void)does(0, key(ADVISORY_LOCK, 1));
    (void)does(0, key(ADVISORY_XACT_LOCK, 2));
    puppet_do(&p, 0, commit, NULL, 0);
    CU_ASSERT_FALSE(does(1, key(TRY_ADVISORY_LOCK, 1)));
    CU_ASSERT_TRUE(does(1, key(TRY_ADVISORY_LOCK, 2)));
    CU_ASSERT_TRUE(does(0, key(ADVISORY_UNLOCK, 1)));
    CU_ASSERT_TRUE(does(1, key(TRY_ADVISORY_LOCK_SHARED, 1)));
    CU_ASSERT_TRUE(does(0, key(TRY_ADVISORY_LOCK_SHARED, 1)));
    end();
}

static void giving_back_what_is_not_held_warns(void)
{
    begin(1);
    err_set_sink(note_warning);
    CU_ASSERT_FALSE(datum_bool(call(&(Call){.function = ADVISORY_UNLOCK_SHARED, .count = 1})));
    CU_ASSERT_STRING_EQUAL(warning, "you don't own a lock of type ShareLock");
    end();
}

static void who_waits_is_blocked_by_who_holds(void)
{
    Call want = pair(ADVISORY_LOCK_PAIR, 1, 2);
    ArrayView pids;
    ArrayElement element = {.type = 23, .len = 4, .by_value = true, .align = 'i'};
    Datum *values;
    bool *nulls;
    Datum holder;

    begin(2);
    (void)does(0, want);
    puppet_start(&p, 1, call, &want, sizeof want);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    want = (Call){.function = BLOCKING_PIDS, .count = 1, .args = {datum_of_i32(puppet_pid(&p, 1))}};
    array_open(datum_varlena(call(&want)), &pids);
    array_take_apart(&pids, &element, &values, &nulls);
    CU_ASSERT_EQUAL_FATAL(pids.count, 1);
    CU_ASSERT_EQUAL(datum_i32(values[0]), puppet_pid(&p, 0));

    holder = datum_of_i32(puppet_pid(&p, 0));
    want = (Call){.function = IS_BLOCKED,
                  .count = 2,
                  .args = {datum_of_i32(puppet_pid(&p, 1)),
                           datum_of_pointer(array_make_list(&element, &holder, NULL, 1))}};
    CU_ASSERT_TRUE(datum_bool(call(&want)));
    want.args[0] = holder;
    CU_ASSERT_FALSE(datum_bool(call(&want)));
    (void)does(0, pair(2890, 1, 2));
    CU_ASSERT_EQUAL(puppet_wait(&p, 1)->sqlstate, 0);
    end();
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The columns that are not NULL, a line for each lock; what differs from run to run is left out. */
static const char *status_text(void)
{
    static const uint8_t is_text[] = {[0] = 1, [5] = 2, [10] = 2, [11] = 2, [12] = 1, [15] = 3};
    FmgrResultInfo info = {.allowed_modes = FMGR_SET_STEPS};
    FmgrSite site;
    FMGR_CALL_LOCAL(frame, 1);
    TupleDesc *desc = tuple_desc_new(16);
    char *lines[20];
    size_t count = 0;
    StrBuf all;

    for (unsigned i = 0; i < 16; i++) {
        static const int8_t lens[16] = {-1, 4, 4, 4, 2, -1, 4, 4, 4, 2, -1, 4, -1, 1, 1, 8};
        static const char aligns[] = "iiiisiiiisiiiccd";

        tuple_desc_set(desc, i + 1, "x", 23, lens[i], lens[i] > 0, aligns[i]);
    }
    fmgr_site_init(&site, LOCK_STATUS, mem_current());
    fmgr_call_init(frame, &site, 0, 0);
    frame->result = &info;
    for (;;) {
        Datum row = fmgr_invoke(frame), values[16];
        const uint8_t *bytes;
        bool nulls[16];
        StrBuf line;

        if (info.step == FMGR_STEP_END)
            break;
        bytes = datum_varlena(row);
        heap_deform(&(HeapTuple){.len = (uint32_t)varlena_size(bytes), .bytes = datum_pointer(row)},
                    desc, values, nulls);
        strbuf_init(&line);
        for (unsigned i = 0; i < 16; i++)
            if (nulls[i] || is_text[i] == 3)
                continue;
            else if (is_text[i] == 2)
                strbuf_add_fmt(&line, "%u=X ", i);
            else if (is_text[i] == 1)
                strbuf_add_fmt(&line, "%u=%.*s ", i, (int)varlena_len(datum_varlena(values[i])),
                               (const char *)varlena_bytes(datum_varlena(values[i])));
            else
                strbuf_add_fmt(&line, "%u=%lld ", i, (long long)values[i]);
        CU_ASSERT_TRUE_FATAL(count < ARRAY_LEN(lines));
        lines[count++] = line.text;
    }
    CU_ASSERT_PTR_NULL(site.extra);
    qsort(lines, count, sizeof *lines, by_text);
    strbuf_init(&all);
    for (size_t i = 0; i < count; i++)
        strbuf_add_fmt(&all, "%s\n", lines[i]);
    return all.len > 0 ? all.text : "";
}

static uint64_t lock_some(const void *args UNUSED)
{
    LockTag tag = lock_tag_page(5, 16400, 3);

    lock_relation(16400, LOCK_ACCESS_SHARE);
    lock_tuple(16400, tid_make(4, 2), LOCK_EXCLUSIVE);
    (void)lock_acquire(&tag, LOCK_SHARE, 0);
    lock_object(1259, 77, 3, LOCK_SHARE);
    (void)txn_xid();
    return 0;
}

static void each_kind_of_lock_has_its_columns(void)
{
    Call want = pair(ADVISORY_LOCK_PAIR, 1, -1);

    begin(2);
    CU_ASSERT_STRING_EQUAL(status_text(), "");
    (void)does(0, want);
    puppet_do(&p, 0, start_block, NULL, 0);
    puppet_do(&p, 0, lock_some, NULL, 0);
    puppet_start(&p, 1, call, &want, sizeof want);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    CU_ASSERT_STRING_EQUAL(status_text(),
                           "0=advisory 1=5 7=1 8=-1 9=2 10=X 11=X 12=ExclusiveLock 13=0 14=0 \n"
                           "0=advisory 1=5 7=1 8=-1 9=2 10=X 11=X 12=ExclusiveLock 13=1 14=0 \n"
                           "0=object 1=5 7=1259 8=77 9=3 10=X 11=X 12=ShareLock 13=1 14=0 \n"
                           "0=page 1=5 2=16400 3=3 10=X 11=X 12=ShareLock 13=1 14=0 \n"
                           "0=relation 1=5 2=16400 10=X 11=X 12=AccessShareLock 13=1 14=1 \n"
                           "0=transactionid 6=1000 10=X 11=X 12=ExclusiveLock 13=1 14=0 \n"
                           "0=tuple 1=5 2=16400 3=4 4=2 10=X 11=X 12=ExclusiveLock 13=1 14=0 \n"
                           "0=virtualxid 5=X 10=X 11=X 12=ExclusiveLock 13=1 14=1 \n");
    puppet_do(&p, 0, commit, NULL, 0);
    (void)does(0, (Call){.function = ADVISORY_UNLOCK_ALL});
    CU_ASSERT_EQUAL(puppet_wait(&p, 1)->sqlstate, 0);
    end();
}

UNIT_SUITE(lock_func)
{
    UNIT_TEST(keys_of_one_and_of_two_numbers_do_not_meet);
    UNIT_TEST(what_the_session_has_outlives_a_transaction);
    UNIT_TEST(giving_back_what_is_not_held_warns);
    UNIT_TEST(who_waits_is_blocked_by_who_holds);
    UNIT_TEST(each_kind_of_lock_has_its_columns);
}
