/* slot_func.c - replication slots by functions of SQL: make, copy, move, drop, list. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/recovery/recovery.h"
#include "server/replication/repl_slot.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/wal/wal.h"

typedef enum SlotColumn {
    C_SLOT_NAME,
    C_PLUGIN,
    C_SLOT_TYPE,
    C_DATOID,
    C_TEMPORARY,
    C_ACTIVE,
    C_ACTIVE_PID,
    C_XMIN,
    C_CATALOG_XMIN,
    C_RESTART_LSN,
    C_CONFIRMED_FLUSH_LSN,
    C_WAL_STATUS,
    C_SAFE_WAL_SIZE,
    C_TWO_PHASE,
    C_COUNT,
} SlotColumn;

static const SetColumn slot_columns[C_COUNT] = {
    [C_SLOT_NAME] = {"slot_name", TYPE_NAME},
    [C_PLUGIN] = {"plugin", TYPE_NAME},
    [C_SLOT_TYPE] = {"slot_type", TYPE_TEXT},
    [C_DATOID] = {"datoid", TYPE_OID},
    [C_TEMPORARY] = {"temporary", TYPE_BOOL},
    [C_ACTIVE] = {"active", TYPE_BOOL},
    [C_ACTIVE_PID] = {"active_pid", TYPE_INT4},
    [C_XMIN] = {"xmin", TYPE_XID},
    [C_CATALOG_XMIN] = {"catalog_xmin", TYPE_XID},
    [C_RESTART_LSN] = {"restart_lsn", TYPE_PG_LSN},
    [C_CONFIRMED_FLUSH_LSN] = {"confirmed_flush_lsn", TYPE_PG_LSN},
    [C_WAL_STATUS] = {"wal_status", TYPE_TEXT},
    [C_SAFE_WAL_SIZE] = {"safe_wal_size", TYPE_INT8},
    [C_TWO_PHASE] = {"two_phase", TYPE_BOOL},
};

/* Rows of pg_get_replication_slots() that are left. */
typedef struct SlotSet {
    Array rows; /* ReplSlotRow */
    size_t next;
    TupleDesc *desc;
} SlotSet;

static void check_use(void);
static Datum name_and_lsn(const char *lsn_column, const char *name, Lsn lsn);
static Datum copy_slot(const char *from, const char *to, bool is_temporary);
static Lsn log_end(void);
static void fill(const ReplSlotRow *row, Datum *values, bool *nulls);

/* What is asked before anything else is looked at. */
static void check_use(void)
{
    repl_slot_check_rights();
    repl_slot_check_settings();
}

/* A name of 64 bytes, which may have no end. */
static char *name_argument(const FmgrCall *call, int n)
{
    const char *name = datum_pointer(call->args[n].value);

    return mem_strndup(name, strnlen(name, REPL_SLOT_NAME_SIZE));
}

static Datum name_and_lsn(const char *lsn_column, const char *name, Lsn lsn)
{
    const SetColumn columns[] = {{"slot_name", TYPE_NAME}, {lsn_column, TYPE_PG_LSN}};

    return value_of_row(columns, ARRAY_LEN(columns),
                        (const Datum[]){value_of_name(name), value_of_lsn(lsn)},
                        (const bool[]){false, lsn == LSN_NONE});
}

/* ---- Make and drop ---- */

Datum pg_create_physical_replication_slot(FmgrCall *call)
{
    const char *name = name_argument(call, 0);
    const bool reserves = datum_bool(call->args[1].value);
    const bool is_temporary = datum_bool(call->args[2].value);
    Lsn lsn = LSN_NONE;

    check_use();
    repl_slot_create(name, is_temporary ? REPL_SLOT_TEMPORARY : REPL_SLOT_PERSISTENT);
    if (reserves) {
        repl_slot_reserve_wal();
        repl_slot_save();
        lsn = repl_slot_data().restart_lsn;
    }
    repl_slot_release();
    return name_and_lsn("lsn", name, lsn);
}

Datum pg_create_logical_replication_slot(FmgrCall *call UNUSED)
{
    repl_slot_check_rights();
    repl_slot_check_settings();
    if (setting.wal_level < WAL_LEVEL_LOGICAL)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "logical decoding requires wal_level >= logical");
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "logical replication slots are not supported yet");
}

Datum pg_drop_replication_slot(FmgrCall *call)
{
    check_use();
    repl_slot_drop(name_argument(call, 0), false);
    return 0;
}

/* ---- Copy ---- */

Datum pg_copy_physical_replication_slot_a(FmgrCall *call)
{
    return copy_slot(name_argument(call, 0), name_argument(call, 1),
                     datum_bool(call->args[2].value));
}

Datum pg_copy_physical_replication_slot_b(FmgrCall *call)
{
    const char *from = name_argument(call, 0);
    ReplSlotRow row;
    bool is_temporary = repl_slot_try_read(from, &row) && row.data.life == REPL_SLOT_TEMPORARY;

    return copy_slot(from, name_argument(call, 1), is_temporary);
}

/*
 * The copy is made first and takes the position over then: meanwhile the source still holds the
 * log, unless it moved, which is looked at again.
 */
static Datum copy_slot(const char *from, const char *to, bool is_temporary)
{
    ReplSlotRow source, now;

    check_use();
    if (!repl_slot_try_read(from, &source))
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("replication slot \"%s\" does not exist", from));
    if (source.data.database != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot copy physical replication slot \"%s\" as a logical "
                                     "replication slot",
                                     from));
    if (source.data.restart_lsn == LSN_NONE)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "cannot copy a replication slot that doesn't reserve WAL");
    repl_slot_create(to, is_temporary ? REPL_SLOT_TEMPORARY : REPL_SLOT_EPHEMERAL);
    repl_slot_set_restart_lsn(source.data.restart_lsn);
    if (!repl_slot_try_read(from, &now) || now.data.restart_lsn < source.data.restart_lsn ||
        now.data.database != 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not copy replication slot \"%s\"", from),
                  .detail = "The source replication slot was modified incompatibly during the "
                            "copy operation.");
    repl_slot_set_restart_lsn(now.data.restart_lsn);
    if (is_temporary)
        repl_slot_save();
    else
        repl_slot_persist();
    repl_slot_release();
    return name_and_lsn("lsn", to, LSN_NONE);
}

/* ---- Move ---- */

/* Forward only, and not beyond what is safe on disk. */
Datum pg_replication_slot_advance(FmgrCall *call)
{
    const char *name = name_argument(call, 0);
    Lsn wanted = (Lsn)datum_i64(call->args[1].value), end, now;
    ReplSlotData data;

    check_use();
    if (wanted == LSN_NONE)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "invalid target WAL LSN");
    end = log_end();
    wanted = wanted > end ? end : wanted;
    repl_slot_acquire(name, false);
    data = repl_slot_data();
    now = data.database != 0 ? data.confirmed_lsn : data.restart_lsn;
    if (data.restart_lsn == LSN_NONE)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("replication slot \"%s\" cannot be advanced", name),
                  .detail = "This slot has never previously reserved WAL, or it has been "
                            "invalidated.");
    if (wanted < now)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cannot advance replication slot to " LSN_FMT
                                     ", minimum is " LSN_FMT,
                                     LSN_ARG(wanted), LSN_ARG(now)));
    if (data.database != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "logical replication slots are not supported yet");
    repl_slot_set_restart_lsn(wanted);
    repl_slot_release();
    return name_and_lsn("end_lsn", name, wanted);
}

static Lsn log_end(void)
{
    RecoveryProgress progress;

    if (!recovery_is_running())
        return wal_flush_lsn();
    recovery_progress(&progress);
    return progress.replayed_end;
}

/* ---- List ---- */

Datum pg_get_replication_slots(FmgrCall *call)
{
    SlotSet *set = set_state(call);
    Datum values[C_COUNT];
    bool nulls[C_COUNT];

    if (set == NULL) {
        set = set_begin(call, sizeof *set);
        MEM_SCOPE(set_mem(call)) {
            set->desc = set_desc(slot_columns, C_COUNT);
            repl_slot_list(&set->rows);
        }
    }
    if (set->next == set->rows.count)
        return set_end(call);
    fill(array_at(&set->rows, set->next++), values, nulls);
    return set_row(call, heap_to_record(heap_form(set->desc, values, nulls), set->desc));
}

static void put(SlotColumn column, Datum value, Datum *values, bool *nulls)
{
    values[column] = value;
    nulls[column] = false;
}

/* How much may still be written before the slot may be lost. */
static int64_t safe_size(Lsn restart_lsn, Lsn end)
{
    const uint64_t size = wal_identity()->segment_size;
    const uint64_t by_slots = (uint64_t)setting.max_slot_wal_keep_size * MIB(1) / size;
    const uint64_t kept = (uint64_t)setting.wal_keep_size * MIB(1) / size;
    const uint64_t fails = restart_lsn / size + (by_slots > kept ? by_slots : kept) + 1;

    return (int64_t)(fails * size - end);
}

static void fill(const ReplSlotRow *row, Datum *values, bool *nulls)
{
    const ReplSlotData *data = &row->data;
    const Lsn end = recovery_is_running() ? log_end() : wal_write_lsn();
    bool is_removed;
    const char *status = repl_slot_wal_status(row, end, &is_removed);

    for (unsigned i = 0; i < C_COUNT; i++) {
        values[i] = 0;
        nulls[i] = true;
    }
    put(C_SLOT_NAME, value_of_name(data->name), values, nulls);
    if (data->database != 0) {
        put(C_PLUGIN, value_of_name(data->plugin), values, nulls);
        put(C_DATOID, datum_of_u32(data->database), values, nulls);
    }
    put(C_SLOT_TYPE, value_of_text(data->database != 0 ? "logical" : "physical"), values, nulls);
    put(C_TEMPORARY, datum_of_bool(data->life == REPL_SLOT_TEMPORARY), values, nulls);
    put(C_ACTIVE, datum_of_bool(row->pid != 0), values, nulls);
    if (row->pid != 0)
        put(C_ACTIVE_PID, datum_of_i32(row->pid), values, nulls);
    if (data->xmin != XID_NONE)
        put(C_XMIN, datum_of_u32(data->xmin), values, nulls);
    if (data->catalog_xmin != XID_NONE)
        put(C_CATALOG_XMIN, datum_of_u32(data->catalog_xmin), values, nulls);
    if (data->restart_lsn != LSN_NONE)
        put(C_RESTART_LSN, value_of_lsn(data->restart_lsn), values, nulls);
    if (data->confirmed_lsn != LSN_NONE)
        put(C_CONFIRMED_FLUSH_LSN, value_of_lsn(data->confirmed_lsn), values, nulls);
    if (status != NULL)
        put(C_WAL_STATUS, value_of_text(status), values, nulls);
    if (!is_removed && setting.max_slot_wal_keep_size >= 0)
        put(C_SAFE_WAL_SIZE, datum_of_i64(safe_size(data->restart_lsn, end)), values, nulls);
    put(C_TWO_PHASE, datum_of_bool(data->two_phase), values, nulls);
}
