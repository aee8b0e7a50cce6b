/* memory_target.h - where a backup goes in tests: memory, and a line for each thing that happens */
#ifndef BASE_BACKUP_MEMORY_TARGET_H
#define BASE_BACKUP_MEMORY_TARGET_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/replication/base_backup/target.h"

typedef struct MemoryTarget {
    BackupTarget target;
    StrBuf events; /* "archive base.tar|", "end|", "progress 10|", ... */
    StrBuf bytes;  /* of all archives and the manifest */
    uint8_t room[BACKUP_ROOM_MIN + 100];
    size_t used; /* of room */
} MemoryTarget;

MemoryTarget *memory_target_new(void);

#endif
