/* timelines.c - which timelines there are; timelines.h says what for. */
#include "common/base/base.h"

#include "server/recovery/source/timelines.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/strbuf.h"
#include "server/recovery/source/restore.h"
#include "server/wal/archive_status.h"

#define HISTORY_MAX MIB(1)
#define FIRST_TLI   1

/* From where, and under which name it lies now. */
static char *find_history(TimelineId tli, bool *is_restored)
{
    *is_restored = restore_try_file(wal_history_name(tli), RESTORED_HISTORY, 0);
    return path_join("pg_wal", *is_restored ? RESTORED_HISTORY : wal_history_name(tli));
}

bool timeline_exists(TimelineId tli)
{
    bool is_restored;

    return tli != FIRST_TLI && os_exists(find_history(tli, &is_restored));
}

TimelineId timeline_newest(TimelineId tli)
{
    TimelineId newest = tli;

    while (timeline_exists(newest + 1))
        newest++;
    return newest;
}

void timeline_read(TimelineId tli, Array *spans)
{
    bool is_restored = false;
    char *text = NULL;

    if (tli != FIRST_TLI)
        text = os_file_try_read_all(find_history(tli, &is_restored), HISTORY_MAX, NULL);
    /* Without a file nothing is known of ancestors. */
    if (text == NULL) {
        array_init(spans, sizeof(TimelineSpan));
        *(TimelineSpan *)array_push(spans) = (TimelineSpan){.tli = tli};
        return;
    }
    timeline_history_parse(text, tli, spans);
    if (is_restored)
        restore_keep_file(RESTORED_HISTORY, wal_history_name(tli));
}

void timeline_restore_histories(TimelineId begin, TimelineId end)
{
    for (TimelineId tli = begin; tli < end; tli++)
        if (tli != FIRST_TLI && restore_try_file(wal_history_name(tli), RESTORED_HISTORY, 0))
            restore_keep_file(RESTORED_HISTORY, wal_history_name(tli));
}

/*
 * The parent's file as it is, comments and all, then one line: so what others wrote there is kept.
 */
void timeline_write(TimelineId tli, TimelineId parent, Lsn lsn, const char *reason)
{
    bool is_restored;
    size_t len = 0;
    char *text = parent == FIRST_TLI
                     ? NULL
                     : os_file_try_read_all(find_history(parent, &is_restored), HISTORY_MAX, &len);
    StrBuf out;

    strbuf_init(&out);
    if (text != NULL)
        strbuf_add_fmt(&out, "%s\n", text);
    strbuf_add_fmt(&out, "%u\t%X/%X\t%s\n", parent, (uint32_t)(lsn >> 32), (uint32_t)lsn, reason);
    os_write_durable(path_join("pg_wal", wal_history_name(tli)), out.text, out.len);
    if (archive_is_on())
        archive_status_set_ready(wal_history_name(tli));
}
