/* datetime_clock_test.c - what depends on the transaction under way: its time, and ages of xids. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/txn/txn.h"
#include "server/types/builtin.h"
#include "server/types/datetime_clock.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

static TxnRig rig;

static void begin(void)
{
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .next_multi = 10});
    txn_start_command();
}

static void end(void)
{
    txn_end_command();
    txn_rig_close(&rig);
    setting.TimeZone = "GMT";
    zone_forget();
}

static int64_t moment(FmgrFunction fn)
{
    return datum_i64(fmgr_call_direct(fn, 0, 0, NULL));
}

static void now_is_when_the_transaction_began(void)
{
    begin();
    CU_ASSERT_EQUAL(moment(now), txn_start_time());
    CU_ASSERT_EQUAL(moment(statement_timestamp), txn_statement_time());
    CU_ASSERT_TRUE(moment(clock_timestamp) >= moment(now));
    end();
}

static void sql_values_show_clocks_of_the_zone(void)
{
    Datum d;
    const TimeTz *time;

    begin();
    setting.TimeZone = "XXX-5:30";
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_CURRENT_TIMESTAMP, -1, &d));
    CU_ASSERT_EQUAL(datum_i64(d), txn_start_time());
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_LOCALTIMESTAMP, -1, &d));
    CU_ASSERT_EQUAL(datum_i64(d), txn_start_time() + 19800 * USECS_PER_SEC);
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_LOCALTIMESTAMP_N, 0, &d));
    CU_ASSERT_EQUAL(datum_i64(d) % USECS_PER_SEC, 0);
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_CURRENT_DATE, -1, &d));
    CU_ASSERT_EQUAL(datum_i32(d), (txn_start_time() + 19800 * USECS_PER_SEC) / USECS_PER_DAY);
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_CURRENT_TIME, -1, &d));
    time = datum_pointer(d);
    CU_ASSERT_EQUAL(time->zone, -19800);
    CU_ASSERT_TRUE(clock_sql_value(SQL_VALUE_LOCALTIME, -1, &d));
    CU_ASSERT_EQUAL(datum_i64(d), time->usec);
    CU_ASSERT_FALSE(clock_sql_value(SQL_VALUE_CURRENT_USER, -1, &d));
    end();
}

static int32_t age(FmgrFunction fn, uint32_t xid)
{
    const Datum arg = datum_of_u32(xid);

    return datum_i32(fmgr_call_direct(fn, 0, 1, &arg));
}

static void ages_are_counted_from_the_next_number(void)
{
    begin();
    CU_ASSERT_EQUAL(age(xid_age, 990), 10);
    CU_ASSERT_EQUAL(age(xid_age, 1005), -5);
    CU_ASSERT_EQUAL(age(xid_age, 2), INT32_MAX);
    CU_ASSERT_EQUAL(age(mxid_age, 3), 7);
    CU_ASSERT_EQUAL(age(mxid_age, 0), INT32_MAX);

    /* The answer stays while the transaction lasts. */
    CU_ASSERT_EQUAL(txn_xid(), 1000);
    txn_end_command();
    txn_set_statement_time();
    txn_start_command();
    CU_ASSERT_EQUAL(age(xid_age, 990), 11);
    CU_ASSERT_EQUAL(txn_xid(), 1001);
    CU_ASSERT_EQUAL(age(xid_age, 990), 11);
    end();
}

UNIT_SUITE(datetime_clock)
{
    UNIT_TEST(now_is_when_the_transaction_began);
    UNIT_TEST(sql_values_show_clocks_of_the_zone);
    UNIT_TEST(ages_are_counted_from_the_next_number);
}
