/* settings_agree.c - settings that each are fine, and are not together. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/config/setting.h"
#include "server/main/main_int.h"
#include "server/wal/wal.h"

#define SEGMENTS_MIN 2 /* of WAL, that the sizes of it must have room for */

static void check_connections(void);
static void check_wal_level(void);
static void check_wal_sizes(void);
static void check_wal_size(const char *name, int size_mb);

void settings_require_agreement(void)
{
    check_connections();
    check_wal_level();
    check_wal_sizes();
}

static void check_connections(void)
{
    if (setting.superuser_reserved_connections >= setting.max_connections)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("superuser_reserved_connections (%d) must be less than "
                                     "max_connections (%d)",
                                     setting.superuser_reserved_connections,
                                     setting.max_connections));
}

/* Whoever wants his log archived or followed would have one that is of no use. */
static void check_wal_level(void)
{
    if (setting.wal_level > WAL_LEVEL_MINIMAL)
        return;
    if (setting.archive_mode != ARCHIVE_MODE_OFF)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "WAL archival cannot be enabled when wal_level is \"minimal\"");
    if (setting.max_wal_senders > 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "WAL streaming (max_wal_senders > 0) requires wal_level \"replica\" "
                             "or \"logical\"");
}

static void check_wal_sizes(void)
{
    check_wal_size("min_wal_size", setting.min_wal_size);
    check_wal_size("max_wal_size", setting.max_wal_size);
}

static void check_wal_size(const char *name, int size_mb)
{
    if ((uint64_t)size_mb * MIB(1) < (uint64_t)SEGMENTS_MIN * wal_identity()->segment_size)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("\"%s\" must be at least twice \"wal_segment_size\"", name));
}
