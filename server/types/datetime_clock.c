/* datetime_clock.c - what time it is: now, or when transaction or statement began. */
#include "common/base/base.h"

#include "server/types/datetime_clock.h"

#include "common/os/clock.h"
#include "server/txn/txn.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

Datum now(FmgrCall *call)
{
    (void)call;
    return datum_of_i64(txn_start_time());
}

Datum statement_timestamp(FmgrCall *call)
{
    (void)call;
    return datum_of_i64(txn_statement_time());
}

Datum clock_timestamp(FmgrCall *call)
{
    (void)call;
    return datum_of_i64(clock_now());
}

/* Mon Nov 23 10:11:12.131415 2026 CET */
Datum timeofday(FmgrCall *call)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char weekdays[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    DateTime t;

    (void)call;
    timestamp_to_parts(clock_now(), zone_session(), &t);
    return text_result_of(mem_printf("%s %s %02d %02d:%02d:%02d.%06d %04d %s",
                                     weekdays[date_weekday(date_of_civil(t.year, t.month, t.day))],
                                     months[t.month - 1], t.day, t.hour, t.minute, t.second, t.usec,
                                     (int)t.year, t.abbreviation));
}

/* ---- CURRENT_DATE and its kin ---- */

Date clock_current_date(void)
{
    DateTime t;

    datetime_now(&t);
    return date_of_civil(t.year, t.month, t.day);
}

Timestamp clock_current_timestamp(int32_t typmod)
{
    Timestamp t = txn_start_time();

    timestamp_apply_typmod(&t, typmod);
    return t;
}

Timestamp clock_local_timestamp(int32_t typmod)
{
    Timestamp t = timestamp_of_tz(txn_start_time());

    timestamp_apply_typmod(&t, typmod);
    return t;
}

Datum clock_current_time(int32_t typmod)
{
    DateTime t;

    datetime_now(&t);
    return timetz_result(
        &(TimeTz){.usec = time_apply_typmod(time_of_clock(&t), typmod), .zone = -t.offset});
}

int64_t clock_local_time(int32_t typmod)
{
    DateTime t;

    datetime_now(&t);
    return time_apply_typmod(time_of_clock(&t), typmod);
}

bool clock_sql_value(SqlValueKind kind, int32_t typmod, Datum *out)
{
    switch (kind) {
    case SQL_VALUE_CURRENT_DATE:
        *out = datum_of_i32(clock_current_date());
        return true;
    case SQL_VALUE_CURRENT_TIME:
    case SQL_VALUE_CURRENT_TIME_N:
        *out = clock_current_time(typmod);
        return true;
    case SQL_VALUE_CURRENT_TIMESTAMP:
    case SQL_VALUE_CURRENT_TIMESTAMP_N:
        *out = datum_of_i64(clock_current_timestamp(typmod));
        return true;
    case SQL_VALUE_LOCALTIME:
    case SQL_VALUE_LOCALTIME_N:
        *out = datum_of_i64(clock_local_time(typmod));
        return true;
    case SQL_VALUE_LOCALTIMESTAMP:
    case SQL_VALUE_LOCALTIMESTAMP_N:
        *out = datum_of_i64(clock_local_timestamp(typmod));
        return true;
    default:
        return false;
    }
}
