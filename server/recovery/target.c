/* target.c - how far recovery goes; target.h says what for. */
#include "common/base/base.h"

#include "server/recovery/target.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "server/config/setting.h"

#define NAME_LEN_MAX 63 /* of a restore point, in its record */

static bool is_set(const char *text);
static bool is_end_of_xact(const WalEffect *effect, Xid *xid, PgTime *time, bool *is_commit);
static void say_xact(const TargetStop *stop, bool is_commit);

/* ---- Settings ---- */

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

bool target_check_immediate(GucValue *value, GucSource source UNUSED, GucRefusal *why)
{
    if (!is_set(value->s) || str_equal(value->s, "immediate"))
        return true;
    why->detail = "The only allowed value is \"immediate\".";
    return false;
}

bool target_check_lsn(GucValue *value, GucSource source UNUSED, GucRefusal *why UNUSED)
{
    Lsn lsn;

    return !is_set(value->s) || lsn_try_parse(value->s, &lsn);
}

bool target_check_name(GucValue *value, GucSource source UNUSED, GucRefusal *why)
{
    if (!is_set(value->s) || strlen(value->s) <= NAME_LEN_MAX)
        return true;
    why->detail =
        mem_printf("%s is too long (maximum %d characters).", "recovery_target_name", NAME_LEN_MAX);
    return false;
}

/* Zones may not be known yet: what it means is found out later, in the zone that is set then. */
static PgTime parse_time(const char *text, const TimeZone *zone)
{
    return time_parse(text, zone);
}

bool target_check_time(GucValue *value, GucSource source UNUSED, GucRefusal *why UNUSED)
{
    static const char *const moving[] = {"now", "today", "tomorrow", "yesterday"};
    volatile bool is_good = true;

    if (!is_set(value->s))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(moving); i++)
        if (str_equal(value->s, moving[i]))
            return false;
    ERR_TRY() {
        (void)parse_time(value->s, timezone_utc());
    }
    ERR_CATCH() {
        is_good = false;
    }
    ERR_END();
    return is_good;
}

bool target_check_timeline(GucValue *value, GucSource source UNUSED, GucRefusal *why)
{
    uint32_t tli;

    if (!is_set(value->s) || str_equal(value->s, "current") || str_equal(value->s, "latest") ||
        num_try_parse_u32(value->s, &tli))
        return true;
    why->detail = "recovery_target_timeline is not a valid number.";
    return false;
}

bool target_check_xid(GucValue *value, GucSource source UNUSED, GucRefusal *why UNUSED)
{
    uint64_t xid;

    return !is_set(value->s) || num_try_parse_u64(value->s, &xid);
}

void target_check_all(void)
{
    const char *all[] = {setting.recovery_target, setting.recovery_target_lsn,
                         setting.recovery_target_name, setting.recovery_target_time,
                         setting.recovery_target_xid};
    unsigned count = 0;

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        count += is_set(all[i]);
    if (count > 1)
        err_fatal(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "multiple recovery targets specified",
                  .detail = "At most one of recovery_target, recovery_target_lsn, "
                            "recovery_target_name, recovery_target_time, recovery_target_xid may "
                            "be set.");
}

/* ---- What is wanted ---- */

static const TimeZone *server_zone(void)
{
    const TimeZone *zone = is_set(setting.TimeZone) ? timezone_find(setting.TimeZone) : NULL;

    return zone != NULL ? zone : timezone_utc();
}

char *target_time_text(PgTime time)
{
    return time_format(time, TIME_ISO, server_zone());
}

void target_read(RecoveryTarget *out)
{
    uint64_t number;

    *out = (RecoveryTarget){.is_inclusive = setting.recovery_target_inclusive,
                            .action = (TargetAction)setting.recovery_target_action,
                            .goal = TIMELINE_LATEST};
    if (is_set(setting.recovery_target)) {
        out->kind = TARGET_IMMEDIATE;
    } else if (is_set(setting.recovery_target_xid)) {
        out->kind = TARGET_XID;
        /* 64 bits are taken, of which the record has the lower half. */
        if (num_try_parse_u64(setting.recovery_target_xid, &number))
            out->xid = (Xid)number;
    } else if (is_set(setting.recovery_target_time)) {
        out->kind = TARGET_TIME;
        out->time = parse_time(setting.recovery_target_time, server_zone());
    } else if (is_set(setting.recovery_target_name)) {
        out->kind = TARGET_NAME;
        out->name = mem_strdup(setting.recovery_target_name);
    } else if (is_set(setting.recovery_target_lsn)) {
        out->kind = TARGET_LSN;
        (void)lsn_try_parse(setting.recovery_target_lsn, &out->lsn);
    }
    /* Nobody could look at a server that is paused, nor tell it to go on. */
    if (out->action == TARGET_PAUSE && !setting.hot_standby)
        out->action = TARGET_SHUTDOWN;
    if (str_equal(setting.recovery_target_timeline, "current")) {
        out->goal = TIMELINE_CURRENT;
    } else if (num_try_parse_u32(setting.recovery_target_timeline, &out->tli)) {
        out->goal = TIMELINE_NUMBER;
    }
}

void target_log(const RecoveryTarget *target)
{
    static const char prefix[] = "starting point-in-time recovery to";

    switch (target->kind) {
    case TARGET_NONE:
        err_log(ERR_LOG, .message = "starting archive recovery");
        break;
    case TARGET_XID:
        err_log(ERR_LOG, .message = err_fmt("%s XID %u", prefix, target->xid));
        break;
    case TARGET_TIME: {
        char *text = target_time_text(target->time);

        err_log(ERR_LOG, .message = err_fmt("%s %s", prefix, text));
        break;
    }
    case TARGET_NAME:
        err_log(ERR_LOG, .message = err_fmt("%s \"%s\"", prefix, target->name));
        break;
    case TARGET_LSN:
        err_log(ERR_LOG, .message = err_fmt("%s WAL location (LSN) \"" LSN_FMT "\"", prefix,
                                            LSN_ARG(target->lsn)));
        break;
    case TARGET_IMMEDIATE:
        err_log(ERR_LOG, .message = err_fmt("%s earliest consistent point", prefix));
        break;
    }
}

/* ---- Where it is met ---- */

static bool is_end_of_xact(const WalEffect *effect, Xid *xid, PgTime *time, bool *is_commit)
{
    if (effect->kind != WAL_EFFECT_COMMIT && effect->kind != WAL_EFFECT_ABORT)
        return false;
    *xid = effect->xact.xid;
    *time = effect->xact.time;
    *is_commit = effect->kind == WAL_EFFECT_COMMIT;
    return true;
}

bool target_record_time(const WalEffect *effect, PgTime *out)
{
    Xid xid;
    bool is_commit;

    if (effect->kind == WAL_EFFECT_RESTORE_POINT) {
        *out = effect->restore_point.time;
        return true;
    }
    return is_end_of_xact(effect, &xid, out, &is_commit);
}

static void say_consistent(void)
{
    err_log(ERR_LOG, .message = "recovery stopping after reaching consistency");
}

static void say_lsn(const TargetStop *stop, Lsn lsn)
{
    err_log(ERR_LOG, .message = err_fmt("recovery stopping %s WAL location (LSN) \"" LSN_FMT "\"",
                                        stop->is_after ? "after" : "before", LSN_ARG(lsn)));
}

static void say_xact(const TargetStop *stop, bool is_commit)
{
    char *text = target_time_text(stop->time);

    err_log(ERR_LOG, .message = err_fmt("recovery stopping %s %s of transaction %u, time %s",
                                        stop->is_after ? "after" : "before",
                                        is_commit ? "commit" : "abort", stop->xid, text));
}

bool target_stops_before(const RecoveryTarget *target, const WalRecord *record,
                         const WalEffect *effect, bool is_consistent, TargetStop *stop)
{
    Xid xid;
    PgTime time;
    bool is_commit;

    if (target->kind == TARGET_IMMEDIATE && is_consistent) {
        *stop = (TargetStop){.is_reached = true};
        say_consistent();
        return true;
    }
    if (target->kind == TARGET_LSN && !target->is_inclusive && record->start >= target->lsn) {
        *stop = (TargetStop){.is_reached = true, .lsn = record->start};
        say_lsn(stop, record->start);
        return true;
    }
    if (!is_end_of_xact(effect, &xid, &time, &is_commit))
        return false;
    /* Of all transactions of one moment either all or none. */
    if (!(target->kind == TARGET_XID && !target->is_inclusive && xid == target->xid) &&
        !(target->kind == TARGET_TIME &&
          (target->is_inclusive ? time > target->time : time >= target->time)))
        return false;
    *stop = (TargetStop){.is_reached = true, .xid = xid, .time = time};
    say_xact(stop, is_commit);
    return true;
}

bool target_stops_after(const RecoveryTarget *target, const WalRecord *record,
                        const WalEffect *effect, bool is_consistent, TargetStop *stop)
{
    Xid xid;
    PgTime time;
    bool is_commit;

    *stop = (TargetStop){.is_reached = true, .is_after = true};
    if (effect->kind == WAL_EFFECT_RESTORE_POINT && target->kind == TARGET_NAME &&
        str_equal(effect->restore_point.name, target->name)) {
        char *text = target_time_text(effect->restore_point.time);

        stop->time = effect->restore_point.time;
        memcpy(stop->name, target->name, strlen(target->name) + 1);
        err_log(ERR_LOG, .message = err_fmt("recovery stopping at restore point \"%s\", time %s",
                                            stop->name, text));
        return true;
    }
    if (target->kind == TARGET_LSN && target->is_inclusive && record->start >= target->lsn) {
        stop->lsn = record->start;
        say_lsn(stop, record->start);
        return true;
    }
    if (target->kind == TARGET_XID && target->is_inclusive &&
        is_end_of_xact(effect, &xid, &time, &is_commit) && xid == target->xid) {
        stop->xid = xid;
        stop->time = time;
        say_xact(stop, is_commit);
        return true;
    }
    if (target->kind == TARGET_IMMEDIATE && is_consistent) {
        say_consistent();
        return true;
    }
    stop->is_reached = false;
    return false;
}

/* The words of PostgreSQL, down to the line ends that two of them have. */
char *target_reason(const RecoveryTarget *target, const TargetStop *stop)
{
    const char *where = stop->is_after ? "after" : "before";

    if (!stop->is_reached)
        return mem_strdup("no recovery target specified");
    switch (target->kind) {
    case TARGET_XID:
        return mem_printf("%s transaction %u", where, stop->xid);
    case TARGET_TIME:
        return mem_printf("%s %s\n", where, target_time_text(stop->time));
    case TARGET_LSN:
        return mem_printf("%s LSN " LSN_FMT "\n", where, LSN_ARG(stop->lsn));
    case TARGET_NAME:
        return mem_printf("at restore point \"%s\"", stop->name);
    case TARGET_IMMEDIATE:
        return mem_strdup("reached consistency");
    case TARGET_NONE:
        break;
    }
    return mem_strdup("no recovery target specified");
}
