/* datetime_form.c - dates, times, timestamps and intervals: text and binary forms. */
#include "common/base/base.h"

#include "common/text/civil.h"
#include "server/config/setting.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define DATE_ROOM      128 /* bytes that the fields of a text may take with their ends */
#define TIMESTAMP_ROOM 153

static Datum text_until(const char *text, const char *end)
{
    size_t len = (size_t)(end - text);
    char *copy = mem_alloc(len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return datum_of_pointer(copy);
}

static char *write_infinity(char *to, bool is_above)
{
    const char *text = is_above ? "infinity" : "-infinity";
    size_t len = strlen(text);

    memcpy(to, text, len);
    return to + len;
}

/* ---- date ---- */

Datum date_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    DateRead read;
    DateError error = datetime_read(text, DATE_ROOM, false, &read);

    if (error != DATE_OK)
        datetime_raise(error, text, "date");
    switch (read.special) {
    case SPECIAL_NONE:
        break;
    case SPECIAL_EPOCH:
        return datum_of_i32(-EPOCH_UNIX_DAYS);
    case SPECIAL_LATE:
        return datum_of_i32(DATE_INFINITY);
    case SPECIAL_EARLY:
        return datum_of_i32(DATE_MINUS);
    default:
        datetime_raise(DATE_BAD_FORMAT, text, "date");
    }
    if (!date_is_civil_valid(read.parts.year, read.parts.month) ||
        !date_is_valid(civil_to_days(read.parts.year, read.parts.month, read.parts.day) -
                       EPOCH_UNIX_DAYS))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("date out of range: \"%s\"", text));
    return datum_of_i32(date_of_civil(read.parts.year, read.parts.month, read.parts.day));
}

Datum date_out(FmgrCall *call)
{
    Date d = fmgr_i32(call, 0);
    DateTime parts;
    char text[DATETIME_TEXT_MAX];

    if (!date_is_finite(d))
        return text_until(text, write_infinity(text, d > 0));
    date_to_civil(d, &parts);
    return text_until(text, date_write(text, &parts, datetime_style(), datetime_order()));
}

Datum date_recv(FmgrCall *call)
{
    Date d = (Date)wire_u32(wire_message(call));

    if (date_is_finite(d) && !date_is_valid(d))
        date_raise_range();
    return datum_of_i32(d);
}

Datum date_send(FmgrCall *call)
{
    return wire_result_u32(fmgr_u32(call, 0));
}

/* ---- time ---- */

static DateTime read_time(const char *text, const char *type)
{
    DateRead read;
    DateError error = time_read(text, &read);

    if (error != DATE_OK)
        datetime_raise(error, text, type);
    return read.parts;
}

static int64_t receive_time(ByteReader *r)
{
    int64_t usec = (int64_t)wire_u64(r);

    if (usec < 0 || usec > USECS_PER_DAY)
        time_raise_range();
    return usec;
}

Datum time_in(FmgrCall *call)
{
    DateTime parts = read_time(fmgr_cstring(call, 0), "time");

    return datum_of_i64(time_apply_typmod(time_of_clock(&parts), fmgr_i32(call, 2)));
}

Datum time_out(FmgrCall *call)
{
    DateTime parts;
    char text[DATETIME_TEXT_MAX];

    time_to_clock(fmgr_i64(call, 0), &parts);
    return text_until(text, time_write(text, &parts, false, datetime_style()));
}

Datum time_recv(FmgrCall *call)
{
    return datum_of_i64(time_apply_typmod(receive_time(wire_message(call)), fmgr_i32(call, 2)));
}

Datum time_send(FmgrCall *call)
{
    return wire_result_u64((uint64_t)fmgr_i64(call, 0));
}

Datum time_scale(FmgrCall *call)
{
    return datum_of_i64(time_apply_typmod(fmgr_i64(call, 0), fmgr_i32(call, 1)));
}

/* ---- timetz ---- */

Datum timetz_in(FmgrCall *call)
{
    DateTime parts = read_time(fmgr_cstring(call, 0), "time with time zone");
    TimeTz t = {.usec = time_of_clock(&parts), .zone = -parts.offset};

    t.usec = time_apply_typmod(t.usec, fmgr_i32(call, 2));
    return timetz_result(&t);
}

Datum timetz_out(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);
    DateTime parts = {.offset = -t->zone};
    char text[DATETIME_TEXT_MAX];

    time_to_clock(t->usec, &parts);
    return text_until(text, time_write(text, &parts, true, datetime_style()));
}

Datum timetz_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    TimeTz t = {.usec = receive_time(r)};

    t.zone = (int32_t)wire_u32(r);
    if (t.zone <= -ZONE_SECONDS_MAX || t.zone >= ZONE_SECONDS_MAX)
        err_raise(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT,
                  .message = "time zone displacement out of range");
    t.usec = time_apply_typmod(t.usec, fmgr_i32(call, 2));
    return timetz_result(&t);
}

Datum timetz_send(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);
    StrBuf b;

    text_begin(&b);
    wire_put_u64(&b, (uint64_t)t->usec);
    wire_put_u32(&b, (uint32_t)t->zone);
    return text_end(&b);
}

Datum timetz_scale(FmgrCall *call)
{
    TimeTz t = *fmgr_timetz(call, 0);

    t.usec = time_apply_typmod(t.usec, fmgr_i32(call, 1));
    return timetz_result(&t);
}

/* ---- timestamp and timestamptz ---- */

static Datum timestamp_input(FmgrCall *call, bool has_zone, const char *type)
{
    const char *text = fmgr_cstring(call, 0);
    DateRead read;
    DateError error = datetime_read(text, TIMESTAMP_ROOM, has_zone, &read);
    Timestamp t;

    if (error != DATE_OK)
        datetime_raise(error, text, type);
    switch (read.special) {
    case SPECIAL_NONE:
        if (!timestamp_of_parts(&read.parts, has_zone, &t))
            err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                      .message = err_fmt("timestamp out of range: \"%s\"", text));
        break;
    case SPECIAL_EPOCH:
        t = -EPOCH_UNIX_DAYS * USECS_PER_DAY;
        break;
    case SPECIAL_LATE:
        t = TIMESTAMP_INFINITY;
        break;
    case SPECIAL_EARLY:
        t = TIMESTAMP_MINUS;
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("unexpected dtype %d while parsing %s \"%s\"", (int)read.special,
                              has_zone ? "timestamptz" : "timestamp", text));
    }
    timestamp_apply_typmod(&t, fmgr_i32(call, 2));
    return datum_of_i64(t);
}

static Datum timestamp_output(FmgrCall *call, const TimeZone *zone)
{
    Timestamp t = fmgr_i64(call, 0);
    DateTime parts;
    char text[DATETIME_TEXT_MAX];

    if (!timestamp_is_finite(t))
        return text_until(text, write_infinity(text, t > 0));
    timestamp_to_parts(t, zone, &parts);
    return text_until(
        text, datetime_write(text, &parts, zone != NULL, datetime_style(), datetime_order()));
}

Datum timestamp_in(FmgrCall *call)
{
    return timestamp_input(call, false, "timestamp");
}

Datum timestamptz_in(FmgrCall *call)
{
    return timestamp_input(call, true, "timestamp with time zone");
}

Datum timestamp_out(FmgrCall *call)
{
    return timestamp_output(call, NULL);
}

Datum timestamptz_out(FmgrCall *call)
{
    return timestamp_output(call, zone_session());
}

Datum timestamp_recv(FmgrCall *call)
{
    Timestamp t = (Timestamp)wire_u64(wire_message(call));

    if (timestamp_is_finite(t) && !timestamp_is_valid(t))
        timestamp_raise_range();
    timestamp_apply_typmod(&t, fmgr_i32(call, 2));
    return datum_of_i64(t);
}

Datum timestamptz_recv(FmgrCall *call)
{
    return timestamp_recv(call);
}

Datum timestamp_send(FmgrCall *call)
{
    return wire_result_u64((uint64_t)fmgr_i64(call, 0));
}

Datum timestamptz_send(FmgrCall *call)
{
    return timestamp_send(call);
}

Datum timestamp_scale(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 0);

    timestamp_apply_typmod(&t, fmgr_i32(call, 1));
    return datum_of_i64(t);
}

Datum timestamptz_scale(FmgrCall *call)
{
    return timestamp_scale(call);
}

/* ---- interval ---- */

Datum interval_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    int32_t typmod = fmgr_i32(call, 2);
    Interval i;
    DateError error = interval_read(text, interval_range(typmod), &i);

    if (error != DATE_OK)
        datetime_raise(error, text, "interval");
    interval_apply_typmod(&i, typmod);
    return interval_result(&i);
}

Datum interval_out(FmgrCall *call)
{
    char text[INTERVAL_TEXT_MAX];

    return text_until(text, interval_write(text, fmgr_interval(call, 0), setting.IntervalStyle));
}

Datum interval_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    Interval i = {.usec = (int64_t)wire_u64(r)};

    i.days = (int32_t)wire_u32(r);
    i.months = (int32_t)wire_u32(r);
    interval_apply_typmod(&i, fmgr_i32(call, 2));
    return interval_result(&i);
}

Datum interval_send(FmgrCall *call)
{
    const Interval *i = fmgr_interval(call, 0);
    StrBuf b;

    text_begin(&b);
    wire_put_u64(&b, (uint64_t)i->usec);
    wire_put_u32(&b, (uint32_t)i->days);
    wire_put_u32(&b, (uint32_t)i->months);
    return text_end(&b);
}

Datum interval_scale(FmgrCall *call)
{
    Interval i = *fmgr_interval(call, 0);

    interval_apply_typmod(&i, fmgr_i32(call, 1));
    return interval_result(&i);
}
