/* reach.c - choose a timeline, scan along it, and say what can be reached. */
#include "common/base/base.h"

#include "tools/pitr/reach.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/repo/wal_object.h"
#include "common/repo/wal_path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"

static TimelineId latest_timeline(const Reach *r);
static void take_line(Reach *r);
static LogScan scan_to(const Reach *r, const Target *target);
static Lsn own_begin(const Reach *r);
static bool is_inside_backup(const Reach *r, const LogScan *scan);
static const char *why_not(const Reach *r, const LogScan *scan, const char **hint);
static const char *what_breaks_off(const Reach *r, const LogScan *scan);
static const char *reachable_times(const Reach *r);
static TimelineId other_timeline(const Reach *r);

void reach_choose_timeline(Reach *r, const char *wanted)
{
    if (str_equal(wanted, "latest"))
        r->tli = latest_timeline(r);
    else if (str_equal(wanted, "current"))
        r->tli = r->backup->tli;
    else if (!num_try_parse_u32(wanted, &r->tli) || r->tli == 0)
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = err_fmt("invalid timeline \"%s\"", wanted),
                  .hint = "It is latest, current, or a number.");
    take_line(r);
}

void reach_scan(Reach *r)
{
    r->scan = scan_to(r, &r->target);
}

void reach_check(const Reach *r)
{
    const char *hint = NULL;
    const char *why, *detail;
    TimelineId other;

    if (r->scan.is_consistent && !r->scan.has_checkpoint)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("\"backup_label\" of the base backup in \"%s\" is damaged",
                                     r->backup->path),
                  .detail = err_fmt("The log has no checkpoint at " LSN_FMT ", which it names.",
                                    LSN_ARG(r->backup->label.checkpoint_lsn)));
    why = why_not(r, &r->scan, &hint);
    if (why == NULL)
        return;
    detail = reachable_times(r);
    other = other_timeline(r);
    if (other != 0)
        hint = mem_printf("Timeline %u reaches it: --target-timeline %u.", other, other);
    err_raise(SQLSTATE_TARGET_UNREACHABLE,
              .message = err_fmt("cannot restore %s: %s", target_text(&r->target), why),
              .detail = detail, .hint = hint);
}

/* Timeline histories that the archive lacks, the backup may have. */
static WalHistorySource histories_of_backup(const Reach *r)
{
    return (WalHistorySource){.read = backup_read_history, .arg = r->backup};
}

static TimelineId latest_timeline(const Reach *r)
{
    const WalHistorySource of_backup = histories_of_backup(r);

    return wal_path_latest(r->repo, &of_backup, r->backup->tli);
}

static void take_line(Reach *r)
{
    const WalHistorySource of_backup = histories_of_backup(r);
    const TimelineSpan *own;

    wal_path_history(r->repo, &of_backup, r->tli, &r->spans);
    own = timeline_history_find(&r->spans, r->backup->tli);
    if (own == NULL)
        err_raise(SQLSTATE_TARGET_UNREACHABLE,
                  .message = err_fmt("timeline %u does not descend from timeline %u, on which the "
                                     "base backup was taken",
                                     r->tli, r->backup->tli));
    if (own->end != LSN_NONE && own->end < r->backup->label.start_lsn)
        err_raise(SQLSTATE_TARGET_UNREACHABLE,
                  .message = err_fmt("timeline %u branched off before the base backup", r->tli),
                  .detail =
                      err_fmt("The branch is at " LSN_FMT ", the backup starts at " LSN_FMT ".",
                              LSN_ARG(own->end), LSN_ARG(r->backup->label.start_lsn)),
                  .hint = "Use an older base backup, or --target-timeline current.");
}

static LogScan scan_to(const Reach *r, const Target *target)
{
    WalPath *path = wal_path_new(r->repo, &r->spans, r->identity.segment_size, r->local_wal_dir);
    LogScanInput input = {
        .source = wal_path_source(path),
        .segment_size = r->identity.segment_size,
        .version = r->identity.version,
        .system_id = r->identity.system_id,
        .tli = r->backup->tli,
        .start = r->backup->label.start_lsn,
        .checkpoint = r->backup->label.checkpoint_lsn,
        .backup_end = r->backup->end,
        .target = target,
    };

    return log_scan(&input);
}

/*
 * Where the timeline to recover along branched off. A server that finds no segment of it goes on
 * with its parent's, past the branch, and would end with what this line never had.
 */
static Lsn own_begin(const Reach *r)
{
    return ((const TimelineSpan *)array_at(&r->spans, r->spans.count - 1))->begin;
}

/* Did something end in the backup itself that the target leaves out? */
static bool is_inside_backup(const Reach *r, const LogScan *scan)
{
    const Target *target = &r->target;

    return target->kind == TARGET_TIME && (target->is_exclusive ? target->time <= scan->first_time
                                                                : target->time < scan->first_time);
}

/* NULL when the target is reached; else why not, and perhaps a hint. */
static const char *why_not(const Reach *r, const LogScan *scan, const char **hint)
{
    bool is_latest = r->target.kind == TARGET_LATEST;
    const char *broken;

    if (scan->is_before_consistency || is_inside_backup(r, scan)) {
        *hint = "Use a later target, or an older base backup.";
        return "the target lies before the end of the base backup";
    }
    if (scan->is_reached)
        return NULL;
    if (!scan->is_consistent) {
        *hint = r->backup->is_tar && r->local_wal_dir == NULL
                    ? "Archive the missing WAL, or use another base backup. WAL that is in the "
                      "tars is seen only while they are unpacked, without --dry-run."
                    : "Archive the missing WAL, or use another base backup.";
        return "the archive does not reach the end of the base backup";
    }
    if (scan->end <= own_begin(r)) {
        *hint = "Archive the missing WAL, or choose another timeline with --target-timeline.";
        return mem_printf("the archive lacks the beginning of timeline %u", r->tli);
    }
    broken = what_breaks_off(r, scan);
    if (is_latest && broken == NULL)
        return NULL;
    if (broken != NULL) {
        *hint =
            mem_printf("Archive what is missing or damaged, or restore what lies before it with "
                       "--target-lsn " LSN_FMT ".",
                       LSN_ARG(scan->last_start));
        return is_latest ? "the log breaks off" : "the log breaks off before it";
    }
    *hint = mem_printf("Without a target, restore goes to the end of the archive, " LSN_FMT ".",
                       LSN_ARG(scan->end));
    return r->target.kind == TARGET_TIME ? "the archive has no later commit or abort"
                                         : "it is not in the archive";
}

/* Does the segment belong to the line that recovery follows? */
static bool is_on_line(const Reach *r, const WalSeg *seg)
{
    uint32_t size = r->identity.segment_size;

    array_foreach(const TimelineSpan, span, &r->spans)
        if (span->tli == seg->tli && seg->seg_no >= span->begin / size &&
            (span->end == LSN_NONE || seg->seg_no <= span->end / size))
            return true;
    return false;
}

/* The first archived segment behind the place where reading ended; NULL when there is none. */
static const char *segment_behind(const Reach *r, uint64_t seg_no)
{
    Array objects;

    array_init(&objects, sizeof(WalObject));
    wal_object_list(r->repo, &objects);
    array_foreach(const WalObject, object, &objects) {
        WalSeg seg;

        if (wal_seg_name_try_parse(object->name, r->identity.segment_size, &seg) &&
            seg.seg_no > seg_no && is_on_line(r, &seg))
            return object->name;
    }
    return NULL;
}

/*
 * The log goes on, but recovery would not get there: why. NULL when it ends as a log does, with its
 * last segment.
 */
static const char *what_breaks_off(const Reach *r, const LogScan *scan)
{
    uint32_t size = r->identity.segment_size;
    uint64_t seg_no = scan->end_page / size;
    const char *behind, *name;

    if (scan->end_kind == LOG_END_UNREADABLE)
        return mem_printf("At " LSN_FMT " the log cannot be read: %s.", LSN_ARG(scan->end),
                          scan->end_reason);
    behind = segment_behind(r, seg_no);
    if (behind == NULL)
        return NULL;
    name =
        wal_seg_name_at(timeline_history_at(&r->spans, scan->end_page)->tli, scan->end_page, size);
    if (scan->end_kind == LOG_END_MISSING)
        return mem_printf("WAL segment \"%s\" is not in the archive, but \"%s\" is.", name, behind);
    return mem_printf("WAL segment \"%s\" is damaged at " LSN_FMT
                      " (%s), but the archive goes on with "
                      "\"%s\".",
                      name, LSN_ARG(scan->end), scan->end_reason, behind);
}

/* What there is, for people: the range of times, found by reading the log to its end. */
static const char *reachable_times(const Reach *r)
{
    static const Target to_the_end = {.kind = TARGET_LATEST};
    LogScan all = scan_to(r, &to_the_end);
    const char *broken = what_breaks_off(r, &all);
    StrBuf text;

    strbuf_init(&text);
    if (!all.is_consistent)
        strbuf_add_fmt(&text, "The log can be read to " LSN_FMT " (%s), the base backup ends %s.",
                       LSN_ARG(all.end), all.end_reason,
                       r->backup->end == LSN_NONE
                           ? "behind that"
                           : mem_printf("at " LSN_FMT, LSN_ARG(r->backup->end)));
    else if (all.latest_time == INT64_MIN || all.latest_time <= all.first_time)
        strbuf_add(&text, "The archive has no transaction after the base backup.");
    else
        strbuf_add_fmt(&text, "Times from %s to just before %s can be reached on timeline %u.",
                       all.first_time == INT64_MIN
                           ? "the end of the base backup"
                           : time_format(all.first_time, TIME_FULL, timezone_local()),
                       time_format(all.latest_time, TIME_FULL, timezone_local()), r->tli);
    if (broken != NULL)
        strbuf_add_fmt(&text, " %s", broken);
    return text.text;
}

/* Can the line of that timeline be followed to the target? */
static bool reaches_along(const Reach *r, TimelineId tli)
{
    Reach other = *r;
    volatile bool reaches = false;

    other.tli = tli;
    ERR_TRY() {
        const char *hint;

        take_line(&other);
        reach_scan(&other);
        reaches = other.scan.is_reached && why_not(&other, &other.scan, &hint) == NULL;
    }
    ERR_CATCH() {
        /* That of a cancel goes on; all else only means that this timeline is no help. */
        if (err_caught()->sqlstate == SQLSTATE_QUERY_CANCELED)
            err_raise_again();
    }
    ERR_END();
    return reaches;
}

/* A timeline other than the chosen one that has the target; 0 when there is none. */
static TimelineId other_timeline(const Reach *r)
{
    if (r->target.kind == TARGET_LATEST || r->target.kind == TARGET_IMMEDIATE)
        return 0;
    for (TimelineId tli = latest_timeline(r); tli >= r->backup->tli; tli--)
        if (tli != r->tli && reaches_along(r, tli))
            return tli;
    return 0;
}
