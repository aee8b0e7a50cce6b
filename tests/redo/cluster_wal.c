/* cluster_wal.c - read the WAL of a cluster; cluster_wal.h has the interface. */
#include "common/base/base.h"

#include "tests/redo/cluster_wal.h"

#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/describe.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/rmgr.h"

#define WAL_VERSION 15

WalReader *cluster_wal_open(const char *wal_dir, const ControlFile *control)
{
    TimelineId tli = control->checkpoint.tli;
    char *history = NULL;
    Array *spans = mem_new(Array);
    WalDirConfig *dir = mem_new(WalDirConfig);
    size_t len;

    if (tli > 1)
        history = os_file_read_all(path_join(wal_dir, wal_history_name(tli)), MIB(1), &len);
    timeline_history_parse(history, tli, spans);
    *dir = (WalDirConfig){
        .path = wal_dir, .segment_size = control->wal_segment_size, .history = spans};
    return wal_reader_new(&(WalReaderConfig){.source = wal_dir_source(wal_dir_new(dir)),
                                             .segment_size = control->wal_segment_size,
                                             .system_id = control->system_id});
}

uint8_t cluster_wal_opcode(const WalRecord *record)
{
    uint8_t opcode = wal_record_opcode(record);

    return record->rmgr == RMGR_XACT ? opcode & (uint8_t)~WAL_XACT_HAS_XINFO : opcode;
}

const char *cluster_wal_rmgr_name(uint8_t rmgr)
{
    const char *name = walrec_rmgr_name(rmgr);

    return name == NULL ? "?" : name;
}

const char *cluster_wal_kind_name(uint8_t rmgr, uint8_t opcode)
{
    const char *name = walrec_kind_name(WAL_VERSION, rmgr, opcode);

    return name == NULL ? "?" : name;
}
