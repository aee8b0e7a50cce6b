/* slot_command.c - CREATE_, READ_ and DROP_REPLICATION_SLOT. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/replication/replication_int.h"

_Noreturn static void raise_unsupported(const ReplicationCall *call);

void replication_create_slot(ReplicationCall *call)
{
    raise_unsupported(call);
}

void replication_read_slot(ReplicationCall *call)
{
    raise_unsupported(call);
}

void replication_drop_slot(ReplicationCall *call)
{
    raise_unsupported(call);
}

void replication_start(ReplicationCall *call)
{
    raise_unsupported(call);
}

static void raise_unsupported(const ReplicationCall *call)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("%s is not supported yet", call->command->word));
}
