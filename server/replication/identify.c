/* identify.c - what the server tells of itself: IDENTIFY_SYSTEM, SHOW, TIMELINE_HISTORY. */
#include "common/base/base.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/cache/cache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/object/setting_seen.h"
#include "server/replication/answer.h"
#include "server/replication/replication_int.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define HISTORY_BYTES_MAX MIB(16)

static const char *database_name(void);
static void show_all(void);

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
        const char *name = setting_require_seen(call->name);

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
    Array rows;

    answer_begin(columns, ARRAY_LEN(columns));
    setting_list_seen(&rows);
    array_foreach(const GucRow, row, &rows) {
        answer_row();
        answer_text(row->name);
        answer_text(guc_show(row->name));
        answer_text(row->text);
        answer_row_end();
    }
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
