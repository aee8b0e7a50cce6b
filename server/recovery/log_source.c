/* log_source.c - where recovery reads the log from: the segments in pg_wal. */
#include "common/base/base.h"

#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/dir_source.h"
#include "server/recovery/recovery_int.h"
#include "server/wal/wal.h"

#define HISTORY_MAX MIB(1)

WalReader *recovery_open_log(TimelineId tli)
{
    const WalIdentity *identity = wal_identity();
    char *text =
        os_file_try_read_all(path_join("pg_wal", wal_history_name(tli)), HISTORY_MAX, NULL);
    Array *spans = mem_new(Array); /* lives as long as the reader */
    WalDir *dir;

    timeline_history_parse(text, tli, spans);
    dir = wal_dir_new(&(WalDirConfig){
        .path = "pg_wal", .segment_size = identity->segment_size, .history = spans});
    return wal_reader_new(&(WalReaderConfig){
        .source = wal_dir_source(dir),
        .segment_size = identity->segment_size,
        .version = 15,
        .system_id = identity->system_id,
        .begins_on = tli,
    });
}
