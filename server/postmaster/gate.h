/*
 * gate.h - the files that say who is let in, as the supervisor reads them for all children to come
 *
 * pg_hba.conf, pg_ident.conf, and with ssl = on the server's certificate and key.
 */
#ifndef POSTMASTER_GATE_H
#define POSTMASTER_GATE_H

#include "common/base/base.h"

/* At the start. Wrong rules or a wrong certificate end the server; wrong maps are none. */
void gate_open(void);

/* Read them again; of what is wrong the log tells, and what was read before stays. */
void gate_reload(void);

#endif
