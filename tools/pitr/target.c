/* target.c - read the target options, name a target, and write it as PostgreSQL's settings. */
#include "common/base/base.h"

#include "tools/pitr/target.h"

#include "common/err/err.h"
#include "common/format/conf_value.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"

static const OptionChoice actions[] = {
    {"promote", ACTION_PROMOTE}, {"pause", ACTION_PAUSE}, {"shutdown", ACTION_SHUTDOWN}, {NULL, 0}};

const OptionDef target_options[] = {
    {0, "target-time", OPTION_STRING, offsetof(TargetOptions, time), .arg = "TIMESTAMP",
     .help = "up to this time, e.g. '2026-11-20 10:00:00+01'"},
    {0, "target-xid", OPTION_STRING, offsetof(TargetOptions, xid), .arg = "XID",
     .help = "up to the end of this transaction"},
    {0, "target-lsn", OPTION_STRING, offsetof(TargetOptions, lsn), .arg = "LSN",
     .help = "up to this position in the log"},
    {0, "target-name", OPTION_STRING, offsetof(TargetOptions, name), .arg = "NAME",
     .help = "up to this restore point"},
    {0, "target-immediate", OPTION_FLAG, offsetof(TargetOptions, immediate),
     .help = "only as far as the backup needs to be consistent"},
    {0, "target-exclusive", OPTION_FLAG, offsetof(TargetOptions, is_exclusive),
     .help = "stop just before the target, not after it"},
    {0, "target-timeline", OPTION_STRING, offsetof(TargetOptions, timeline), .arg = "TIMELINE",
     .initial = "latest", .help = "latest, current (the backup's own), or a number"},
    {0, "target-action", OPTION_ENUM, offsetof(TargetOptions, action), .arg = "ACTION",
     .initial = "promote", .choices = actions, .what = "target action",
     .help = "promote, pause or shutdown, when the target is reached"},
    {.kind = OPTION_END},
};

#define ONE_TARGET "at most one recovery target can be given"

const OptionRule target_rules[] = {
    {OPTION_EXCLUDES, "target-time", "target-xid", ONE_TARGET},
    {OPTION_EXCLUDES, "target-time", "target-lsn", ONE_TARGET},
    {OPTION_EXCLUDES, "target-time", "target-name", ONE_TARGET},
    {OPTION_EXCLUDES, "target-time", "target-immediate", ONE_TARGET},
    {OPTION_EXCLUDES, "target-xid", "target-lsn", ONE_TARGET},
    {OPTION_EXCLUDES, "target-xid", "target-name", ONE_TARGET},
    {OPTION_EXCLUDES, "target-xid", "target-immediate", ONE_TARGET},
    {OPTION_EXCLUDES, "target-lsn", "target-name", ONE_TARGET},
    {OPTION_EXCLUDES, "target-lsn", "target-immediate", ONE_TARGET},
    {OPTION_EXCLUDES, "target-name", "target-immediate", ONE_TARGET},
    {.kind = 0},
};

static void write_string_setting(StrBuf *out, const char *name, const char *value);

Target target_read(const TargetOptions *o)
{
    Target target = {
        .kind = TARGET_LATEST, .is_exclusive = o->is_exclusive, .action = (TargetAction)o->action};

    if (o->time != NULL) {
        target.kind = TARGET_TIME;
        target.time = time_parse(o->time, timezone_local());
    } else if (o->xid != NULL) {
        target.kind = TARGET_XID;
        if (!num_try_parse_u32(o->xid, &target.xid) || target.xid < 3)
            err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                      .message = err_fmt("invalid transaction ID \"%s\"", o->xid));
    } else if (o->lsn != NULL) {
        target.kind = TARGET_LSN;
        if (!lsn_try_parse(o->lsn, &target.lsn))
            err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                      .message = err_fmt("invalid LSN \"%s\"", o->lsn),
                      .hint = "An LSN has the form 0/16B3748.");
    } else if (o->name != NULL) {
        target.kind = TARGET_NAME;
        target.name = o->name;
        /* PostgreSQL keeps 63 bytes of a restore point's name and refuses longer targets. */
        if (strlen(o->name) > 63)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = "the name of a restore point has at most 63 bytes");
    } else if (o->immediate) {
        target.kind = TARGET_IMMEDIATE;
    }
    return target;
}

char *target_text(const Target *target)
{
    const char *how = target->is_exclusive ? "just before" : "to";

    switch (target->kind) {
    case TARGET_LATEST:
        break;
    case TARGET_TIME:
        return mem_printf("%s %s", how, time_format(target->time, TIME_FULL, timezone_local()));
    case TARGET_XID:
        return mem_printf("%s the end of transaction %u", how, target->xid);
    case TARGET_LSN:
        return mem_printf("%s LSN " LSN_FMT, how, LSN_ARG(target->lsn));
    case TARGET_NAME:
        return mem_printf("to restore point \"%s\"", target->name);
    case TARGET_IMMEDIATE:
        return mem_strdup("to the end of the backup");
    }
    return mem_strdup("to the end of the archived log");
}

void target_write_settings(const Target *target, TimelineId tli, StrBuf *out)
{
    switch (target->kind) {
    case TARGET_LATEST:
        break;
    case TARGET_TIME:
        write_string_setting(out, "recovery_target_time",
                             time_format(target->time, TIME_FULL, timezone_utc()));
        break;
    case TARGET_XID:
        strbuf_add_fmt(out, "recovery_target_xid = '%u'\n", target->xid);
        break;
    case TARGET_LSN:
        strbuf_add_fmt(out, "recovery_target_lsn = '" LSN_FMT "'\n", LSN_ARG(target->lsn));
        break;
    case TARGET_NAME:
        write_string_setting(out, "recovery_target_name", target->name);
        break;
    case TARGET_IMMEDIATE:
        strbuf_add(out, "recovery_target = 'immediate'\n");
        break;
    }
    strbuf_add_fmt(out, "recovery_target_inclusive = %s\n", target->is_exclusive ? "off" : "on");
    strbuf_add_fmt(out, "recovery_target_timeline = '%u'\n", tli);
    if (target->kind != TARGET_LATEST)
        strbuf_add_fmt(out, "recovery_target_action = '%s'\n", actions[target->action].name);
}

static void write_string_setting(StrBuf *out, const char *name, const char *value)
{
    strbuf_add_fmt(out, "%s = ", name);
    conf_value_write(out, value);
    strbuf_add_char(out, '\n');
}
