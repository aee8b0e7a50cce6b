/*
 * backup_label_fuzz.c - any bytes as the small files of a backup or a data directory
 *
 * The first byte says which: backup_label, tablespace_map, a relation map, two-phase state,
 * postmaster.pid or a timeline's history. A label, map or history that is taken is written and read
 * again.
 */
#include "common/base/base.h"

#include "common/format/backup_label.h"
#include "common/format/postmaster_pid.h"
#include "common/format/relmap.h"
#include "common/format/tablespace_map.h"
#include "common/format/timeline_history.h"
#include "common/format/twophase_file.h"
#include "common/mem/mem.h"
#include "tests/fuzz/target.h"

static void read_label(const char *text, size_t len)
{
    BackupLabel label;
    StrBuf out, again;

    strbuf_init(&out);
    strbuf_init(&again);
    backup_label_parse(text, len, "input", &label);
    backup_label_write(&label, &out);
    backup_label_parse(out.text, out.len, "input", &label);
    backup_label_write(&label, &again);
    if (strcmp(out.text, again.text) != 0)
        abort();
}

static void read_map(const char *text, size_t len)
{
    Array entries;
    StrBuf out;

    strbuf_init(&out);
    array_init(&entries, sizeof(TablespaceMapEntry));
    tablespace_map_parse(text, len, "input", &entries);
    tablespace_map_write(&entries, &out);
    array_clear(&entries);
    tablespace_map_parse(out.text, out.len, "input", &entries);
}

static void read_history(const char *text)
{
    Array spans, again;
    StrBuf out;

    strbuf_init(&out);
    timeline_history_parse(text, 1000, &spans);
    timeline_history_write(&spans, &out);
    timeline_history_parse(out.text, 1000, &again);
    if (spans.count != again.count)
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    TwophaseHeader head;
    PostmasterPid pid;
    RelMap map;

    if (size == 0)
        return;
    switch (data[0] % 8) {
    case 0:
        read_label((const char *)data + 1, size - 1);
        break;
    case 1:
        read_map((const char *)data + 1, size - 1);
        break;
    case 2:
        relmap_parse(data + 1, size - 1, "input", &map);
        break;
    case 3:
        twophase_file_read(data + 1, size - 1, false, 15, "input", &head);
        break;
    case 4:
        twophase_file_read(data + 1, size - 1, true, 13, "input", &head);
        break;
    case 5:
        postmaster_pid_parse(mem_strndup((const char *)data + 1, size - 1), "input", &pid);
        break;
    default:
        read_history(mem_strndup((const char *)data + 1, size - 1));
    }
}
