/* recovery_conf.h - what -R adds to postgresql.auto.conf. */
#ifndef PGBASEBACKUP_RECOVERY_CONF_H
#define PGBASEBACKUP_RECOVERY_CONF_H

#include "common/base/base.h"

#include "common/client/client.h"

/*
 * Lines that set primary_conninfo to the connection that c is, and primary_slot_name when slot is
 * not NULL. In the current context.
 */
char *recovery_conf_make(Client *c, const char *slot);

#endif
