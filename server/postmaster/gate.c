/* gate.c - read pg_hba.conf, pg_ident.conf, certificate and key; gate.h says when. */
#include "common/base/base.h"

#include "server/postmaster/gate.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/auth/hba.h"
#include "server/auth/ident.h"
#include "server/net/net.h"

void gate_open(void)
{
    net_tls_load(false);
    if (!hba_load(mem_root()))
        err_fatal(SQLSTATE_CONFIG_FILE_ERROR, .message = "could not load pg_hba.conf");
    ident_load(mem_root());
}

void gate_reload(void)
{
    if (!hba_load(mem_root()))
        err_log(ERR_LOG, .message = "pg_hba.conf was not reloaded");
    if (!ident_load(mem_root()))
        err_log(ERR_LOG, .message = "pg_ident.conf was not reloaded");
    if (!net_tls_load(true))
        err_log(ERR_LOG, .message = "SSL configuration was not reloaded");
}
