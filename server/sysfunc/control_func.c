/* control_func.c - what pg_control says, as rows of SQL */
#include "common/base/base.h"

#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/text/timestamp.h"
#include "server/catalog/catalog_oid.h"
#include "server/recovery/checkpoint/control.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

static Datum of_unix(int64_t seconds)
{
    return datum_of_i64(time_from_unix(seconds));
}

static Datum of_u32(uint32_t value)
{
    return datum_of_i32((int32_t)value);
}

Datum pg_control_system(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {{"pg_control_version", TYPE_INT4},
                                        {"catalog_version_no", TYPE_INT4},
                                        {"system_identifier", TYPE_INT8},
                                        {"pg_control_last_modified", TYPE_TIMESTAMPTZ}};
    ControlFile c;

    control_get(&c);
    return value_of_row(columns, ARRAY_LEN(columns),
                        (const Datum[]){of_u32(c.control_version), of_u32(c.catalog_version),
                                        datum_of_i64((int64_t)c.system_id), of_unix(c.time)},
                        NULL);
}

Datum pg_control_checkpoint(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {{"checkpoint_lsn", TYPE_PG_LSN},
                                        {"redo_lsn", TYPE_PG_LSN},
                                        {"redo_wal_file", TYPE_TEXT},
                                        {"timeline_id", TYPE_INT4},
                                        {"prev_timeline_id", TYPE_INT4},
                                        {"full_page_writes", TYPE_BOOL},
                                        {"next_xid", TYPE_TEXT},
                                        {"next_oid", TYPE_OID},
                                        {"next_multixact_id", TYPE_XID},
                                        {"next_multi_offset", TYPE_XID},
                                        {"oldest_xid", TYPE_XID},
                                        {"oldest_xid_dbid", TYPE_OID},
                                        {"oldest_active_xid", TYPE_XID},
                                        {"oldest_multi_xid", TYPE_XID},
                                        {"oldest_multi_dbid", TYPE_OID},
                                        {"oldest_commit_ts_xid", TYPE_XID},
                                        {"newest_commit_ts_xid", TYPE_XID},
                                        {"checkpoint_time", TYPE_TIMESTAMPTZ}};
    ControlFile file;
    const Checkpoint *c = &file.checkpoint;

    control_get(&file);
    return value_of_row(
        columns, ARRAY_LEN(columns),
        (const Datum[]){value_of_lsn(file.checkpoint_lsn), value_of_lsn(c->redo),
                        value_of_text(wal_seg_name_at(c->tli, c->redo, file.wal_segment_size)),
                        of_u32(c->tli), of_u32(c->prev_tli), datum_of_bool(c->full_page_writes),
                        value_of_text(mem_printf("%u:%u", (uint32_t)(c->next_xid >> 32),
                                                 (uint32_t)c->next_xid)),
                        datum_of_u32(c->next_oid), datum_of_u32(c->next_multi),
                        datum_of_u32(c->next_multi_offset), datum_of_u32(c->oldest_xid),
                        datum_of_u32(c->oldest_xid_db), datum_of_u32(c->oldest_active_xid),
                        datum_of_u32(c->oldest_multi), datum_of_u32(c->oldest_multi_db),
                        datum_of_u32(c->oldest_commit_ts_xid),
                        datum_of_u32(c->newest_commit_ts_xid), of_unix(c->time)},
        NULL);
}

Datum pg_control_recovery(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {{"min_recovery_end_lsn", TYPE_PG_LSN},
                                        {"min_recovery_end_timeline", TYPE_INT4},
                                        {"backup_start_lsn", TYPE_PG_LSN},
                                        {"backup_end_lsn", TYPE_PG_LSN},
                                        {"end_of_backup_record_required", TYPE_BOOL}};
    ControlFile c;

    control_get(&c);
    return value_of_row(
        columns, ARRAY_LEN(columns),
        (const Datum[]){value_of_lsn(c.min_recovery_lsn), of_u32(c.min_recovery_tli),
                        value_of_lsn(c.backup_start_lsn), value_of_lsn(c.backup_end_lsn),
                        datum_of_bool(c.backup_end_required)},
        NULL);
}

Datum pg_control_init(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {
        {"max_data_alignment", TYPE_INT4},        {"database_block_size", TYPE_INT4},
        {"blocks_per_segment", TYPE_INT4},        {"wal_block_size", TYPE_INT4},
        {"bytes_per_wal_segment", TYPE_INT4},     {"max_identifier_length", TYPE_INT4},
        {"max_index_columns", TYPE_INT4},         {"max_toast_chunk_size", TYPE_INT4},
        {"large_object_chunk_size", TYPE_INT4},   {"float8_pass_by_value", TYPE_BOOL},
        {"data_page_checksum_version", TYPE_INT4}};
    ControlFile c;

    control_get(&c);
    return value_of_row(
        columns, ARRAY_LEN(columns),
        (const Datum[]){of_u32(c.max_align), of_u32(c.block_size), of_u32(c.segment_blocks),
                        of_u32(c.wal_block_size), of_u32(c.wal_segment_size), of_u32(c.name_size),
                        of_u32(c.index_key_max), of_u32(c.toast_chunk_size),
                        of_u32(c.large_object_chunk_size), datum_of_bool(c.float8_by_value),
                        of_u32(c.checksum_version)},
        NULL);
}
