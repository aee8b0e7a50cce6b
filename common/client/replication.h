/*
 * replication.h - replication commands and their answers, over a connection for replication
 *
 * Works with servers 13 to 18; where they differ (types of columns, forms of commands) is seen to
 * here and in common/proto. What the server refuses is raised as "could not send replication
 * command "X": ERROR:  ...", since programs match that.
 */
#ifndef CLIENT_REPLICATION_H
#define CLIENT_REPLICATION_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/proto/repl_command.h"

/* Raise 0A000 for servers that are too old or newer than we know. */
void client_check_replication_version(Client *c);

typedef struct SystemIdentity {
    uint64_t system_id;
    TimelineId tli;
    Lsn position; /* how far WAL is flushed; on a standby, received and flushed */
} SystemIdentity;

SystemIdentity client_identify_system(Client *c);

/* The value of a setting, in the current context. */
char *client_show(Client *c, const char *setting);

uint32_t client_wal_segment_size(Client *c); /* bytes */
bool client_has_group_access(Client *c);     /* files of the cluster are readable by the group */

/* False when there is one of that name already and only a missing one is wanted. */
bool client_create_slot(Client *c, const CreateSlot *slot, bool if_missing);

/* waits: until nobody uses it; else a slot in use raises 55006. */
void client_drop_slot(Client *c, const char *name, bool waits);

typedef struct SlotPosition {
    Lsn restart_lsn; /* 0: nothing is reserved yet */
    TimelineId restart_tli;
} SlotPosition;

/* False when there is no such slot. Servers before 15 cannot say: 0A000. */
bool client_read_slot(Client *c, const char *name, SlotPosition *out);

typedef struct TimelineFile {
    const char *name;    /* "00000002.history" */
    const char *content; /* may hold any bytes */
    size_t len;
} TimelineFile;

/* The history file of a timeline, 2 or more. */
TimelineFile client_timeline_history(Client *c, TimelineId tli);

/* Text of a column as a number or an LSN: raise 08P01 naming the column when it is none. */
uint64_t client_value_u64(const ClientResult *r, size_t row, size_t column);
Lsn client_value_lsn(const ClientResult *r, size_t row, size_t column);
TimelineId client_value_tli(const ClientResult *r, size_t row, size_t column);

#endif
