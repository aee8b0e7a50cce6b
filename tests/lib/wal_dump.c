/* wal_dump.c - run pg_waldump over a log that a test has written. */
#include "common/base/base.h"

#include "tests/lib/wal_dump.h"

#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"

#define PG_WALDUMP "/usr/lib/postgresql/15/bin/pg_waldump"

static const char *lsn_text(Lsn lsn);

bool wal_dump_is_here(void)
{
    return process_may_run(PG_WALDUMP);
}

const char *wal_dump_complaints(const WalRig *rig, Lsn end)
{
    const char *argv[] = {PG_WALDUMP,           "-q", "-p",          rig->wal_dir, "-s",
                          lsn_text(rig->start), "-e", lsn_text(end), NULL};
    StrBuf out, err;

    if (!wal_dump_is_here())
        return "";
    strbuf_init(&out);
    strbuf_init(&err);
    if (process_run(argv, NULL, &out, &err).exit_code != 0 && err.len == 0)
        return "it failed without a word";
    return err.len == 0 ? "" : err.text;
}

static const char *lsn_text(Lsn lsn)
{
    return mem_printf("%X/%X", (uint32_t)(lsn >> 32), (uint32_t)lsn);
}
