/* slot_command.c - CREATE_, READ_ and DROP_REPLICATION_SLOT. */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/replication/answer.h"
#include "server/replication/repl_slot.h"
#include "server/replication/replication_int.h"

/* What the options of CREATE_REPLICATION_SLOT ask for. */
typedef struct SlotWishes {
    bool has_snapshot, reserves_wal, has_reserve, has_two_phase;
} SlotWishes;

static void read_options(const ReplicationCall *call, SlotWishes *out);
_Noreturn static void raise_redundant(void);

/* ---- CREATE_REPLICATION_SLOT ---- */

void replication_create_slot(ReplicationCall *call)
{
    static const AnswerColumn columns[] = {{"slot_name", ANSWER_TEXT},
                                           {"consistent_point", ANSWER_TEXT},
                                           {"snapshot_name", ANSWER_TEXT},
                                           {"output_plugin", ANSWER_TEXT}};
    SlotWishes wishes = {0};

    read_options(call, &wishes);
    if (call->is_logical)
        replication_refuse_logical();
    repl_slot_check_settings();
    repl_slot_create(call->name, call->is_temporary ? REPL_SLOT_TEMPORARY : REPL_SLOT_PERSISTENT);
    if (wishes.reserves_wal) {
        repl_slot_reserve_wal();
        repl_slot_save();
    }
    answer_begin(columns, ARRAY_LEN(columns));
    answer_row();
    answer_text(call->name);
    answer_text("0/0"); /* a physical slot has no such point */
    answer_text(NULL);
    answer_text(NULL);
    answer_row_end();
    repl_slot_release();
}

static void read_options(const ReplicationCall *call, SlotWishes *out)
{
    array_foreach(const ReplicationOption, option, &call->options) {
        if (str_equal(option->name, "snapshot")) {
            if (out->has_snapshot || !call->is_logical)
                raise_redundant();
            out->has_snapshot = true;
        } else if (str_equal(option->name, "reserve_wal")) {
            if (out->has_reserve || call->is_logical)
                raise_redundant();
            out->has_reserve = true;
            out->reserves_wal = replication_option_bool(option);
        } else if (str_equal(option->name, "two_phase")) {
            if (out->has_two_phase || !call->is_logical)
                raise_redundant();
            out->has_two_phase = true;
        } else {
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("unrecognized option: %s", option->name));
        }
    }
}

static void raise_redundant(void)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options");
}

/* First what PostgreSQL would say. */
void replication_refuse_logical(void)
{
    repl_slot_check_settings();
    if (setting.wal_level < WAL_LEVEL_LOGICAL)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "logical decoding requires wal_level >= logical");
    if (proc_self()->is_physical_walsender)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "logical decoding requires a database connection");
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "logical replication slots are not supported yet");
}

/* ---- READ_REPLICATION_SLOT ---- */

void replication_read_slot(ReplicationCall *call)
{
    static const AnswerColumn columns[] = {{"slot_type", ANSWER_TEXT},
                                           {"restart_lsn", ANSWER_TEXT},
                                           {"restart_tli", ANSWER_INT8}};
    ReplSlotRow row = {.pid = 0};
    bool is_there = repl_slot_try_read(call->name, &row);
    Lsn lsn = row.data.restart_lsn;
    TimelineId tli = 0;

    if (is_there && row.data.database != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot use READ_REPLICATION_SLOT with a logical replication slot");
    if (is_there && lsn != LSN_NONE) {
        (void)replication_log_end(&tli);
        tli = replication_timeline_of(tli, lsn);
    }
    answer_begin(columns, ARRAY_LEN(columns));
    answer_row();
    answer_text(is_there ? "physical" : NULL);
    if (tli == 0) {
        answer_text(NULL);
        answer_text(NULL);
    } else {
        answer_lsn(lsn);
        answer_number(tli);
    }
    answer_row_end();
}

/* ---- DROP_REPLICATION_SLOT ---- */

void replication_drop_slot(ReplicationCall *call)
{
    repl_slot_drop(call->name, call->waits);
}
