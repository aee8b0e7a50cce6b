/* backup_func.c - a base backup between two calls: server/recovery/backup/backup.h does it */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/catalog/catalog_oid.h"
#include "server/recovery/backup/backup.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

Datum pg_backup_start(FmgrCall *call)
{
    if (backup_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "a backup is already in progress in this session");
    return value_of_lsn(
        backup_begin(value_cstring(call, 0), fmgr_bool(call, 1), BACKUP_BY_FUNCTIONS).lsn);
}

Datum pg_backup_stop(FmgrCall *call)
{
    static const SetColumn columns[] = {
        {"lsn", TYPE_PG_LSN}, {"labelfile", TYPE_TEXT}, {"spcmapfile", TYPE_TEXT}};
    BackupEnd end;

    if (!backup_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE, .message = "backup is not in progress",
                  .hint = "Did you call pg_backup_start()?");
    backup_end(fmgr_bool(call, 0), &end);
    return value_of_row(columns, ARRAY_LEN(columns),
                        (const Datum[]){value_of_lsn(end.lsn), value_of_text(end.label_text),
                                        value_of_text(end.map_text)},
                        NULL);
}
