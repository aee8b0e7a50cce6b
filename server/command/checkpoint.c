/* checkpoint.c - CHECKPOINT. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/catalog/catalog_oid.h"
#include "server/command/command_int.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/recovery.h"

void command_checkpoint(CommandCall *call UNUSED)
{
    unsigned flags = CHECKPOINT_IMMEDIATE | CHECKPOINT_WAIT;

    if (!role_has_rights_of(role_current(), ROLE_CHECKPOINT))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser or have privileges of pg_checkpoint to do "
                             "CHECKPOINT");
    checkpoint_request(recovery_is_running() ? flags : flags | CHECKPOINT_FORCE);
}
