/*
 * datetime_clock.h - CURRENT_DATE and its kin: the time at which the transaction began
 *
 * typmod is a precision, or -1. What has a zone is shown as clocks of the session's zone do.
 */
#ifndef TYPES_DATETIME_CLOCK_H
#define TYPES_DATETIME_CLOCK_H

#include "common/base/base.h"

#include "server/node/node.h"
#include "server/types/datetime.h"

Date clock_current_date(void);
Datum clock_current_time(int32_t typmod); /* timetz */
int64_t clock_local_time(int32_t typmod);
Timestamp clock_current_timestamp(int32_t typmod);
Timestamp clock_local_timestamp(int32_t typmod);

/* The value of a SQLValueFunction; false: that kind is not about time (CURRENT_USER). */
bool clock_sql_value(SqlValueKind kind, int32_t typmod, Datum *out);

#endif
