/* identify.c - what the server tells of itself: IDENTIFY_SYSTEM, SHOW, TIMELINE_HISTORY. */
#include "common/base/base.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/cache/cache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/object/role.h"
#include "server/replication/answer.h"
#include "server/replication/replication_int.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define HISTORY_BYTES_MAX MIB(16)

static const char *database_name(void);
static void show_all(void);
static const char *require_visible(const char *name);
static bool may_see_all(void);

/* ---- IDENTIFY_SYSTEM ---- */

void replication_identify_system(ReplicationCall *call UNUSED)
{
    static const AnswerColumn columns[] = {{"systemid", ANSWER_TEXT},
                                           {"timeline", ANSWER_INT4},
                                           {"xlogpos", ANSWER_TEXT},
                                           {"dbname", ANSWER_TEXT}};
    char id[24];
    TimelineId tli;
    Lsn end = replication_log_end(&tli);
    const char *database = database_name();

    snprintf(id, sizeof id, "%" PRIu64, wal_identity()->system_id);
    answer_begin(columns, ARRAY_LEN(columns));
    answer_row();
    answer_text(id);
    answer_number(tli);
    answer_lsn(end);
    answer_text(database);
    answer_row_end();
}

/* As the catalog has it now; NULL without one. */
static const char *database_name(void)
{
    MemContext *mem = mem_current();
    const char *name = NULL;
    const HeapTuple *row;

    if (cache_database() == 0)
        return NULL;
    txn_start_command();
    row = syscache_pin(CACHE_DATABASEOID, datum_of_u32(cache_database()));
    if (row != NULL) {
        name = mem_strdup_in(mem, CACHE_ROW(PgDatabase, row)->datname);
        syscache_unpin(row);
    }
    txn_end_command();
    mem_switch(mem);
    return name;
}

/* ---- SHOW ---- */

void replication_show(ReplicationCall *call)
{
    MemContext *mem = mem_current();

    txn_start_command();
    mem_switch(mem);
    if (strcasecmp(call->name, "all") == 0) {
        show_all();
    } else {
        const char *name = require_visible(call->name);

        answer_begin(&(AnswerColumn){name, ANSWER_TEXT}, 1);
        answer_row();
        answer_text(guc_show(name));
        answer_row_end();
    }
    txn_end_command();
    mem_switch(mem);
}

static void show_all(void)
{
    static const AnswerColumn columns[] = {
        {"name", ANSWER_TEXT}, {"setting", ANSWER_TEXT}, {"description", ANSWER_TEXT}};
    bool sees_all = may_see_all();
    Array rows;

    answer_begin(columns, ARRAY_LEN(columns));
    guc_list(&rows);
    array_foreach(const GucRow, row, &rows) {
        if ((row->flags & GUC_NO_SHOW_ALL) != 0 ||
            ((row->flags & GUC_SUPERUSER_ONLY) != 0 && !sees_all))
            continue;
        answer_row();
        answer_text(row->name);
        answer_text(guc_show(row->name));
        answer_text(row->text);
        answer_row_end();
    }
}

/* The name in its own spelling. */
static const char *require_visible(const char *name)
{
    const char *own = guc_spelling(name);

    if (own == NULL)
        guc_raise_unknown(name);
    if ((guc_flags(own) & GUC_SUPERUSER_ONLY) != 0 && !may_see_all())
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("must be superuser or have privileges of pg_read_all_settings "
                                     "to examine \"%s\"",
                                     own));
    return own;
}

static bool may_see_all(void)
{
    return role_has_rights_of(role_current(), ROLE_READ_ALL_SETTINGS);
}

/* ---- TIMELINE_HISTORY ---- */

void replication_timeline_history(ReplicationCall *call)
{
    static const AnswerColumn columns[] = {{"filename", ANSWER_TEXT}, {"content", ANSWER_TEXT}};
    const char *name = mem_printf("%08X.history", call->tli);
    size_t len;
    char *content;

    /* The client hears of the columns before the file is looked for. */
    answer_begin(columns, ARRAY_LEN(columns));
    content = os_file_read_all(mem_printf("pg_wal/%s", name), HISTORY_BYTES_MAX, &len);
    answer_row();
    answer_text(name);
    answer_bytes(content, len);
    answer_row_end();
}
