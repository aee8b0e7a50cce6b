/* setting.c - SET, RESET and SHOW: from the grammar's words to the settings, and back. */
#include "common/base/base.h"

#include "server/command/setting.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/cache/cache.h"
#include "server/catalog/catalog_oid.h"
#include "server/command/command_int.h"
#include "server/command/transaction.h"
#include "server/config/guc.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/lwlock.h"
#include "server/object/parameter_right.h"
#include "server/object/role.h"
#include "server/object/setting_seen.h"
#include "server/txn/snapshot_export.h"
#include "server/txn/txn.h"

#define SHOW_ALL_COLUMNS 3

static LwLock *file_lock; /* in shared memory: of postgresql.auto.conf */

static void set_several(const VariableSetStmt *stmt, bool is_top);
static void set_one(const char *name, const char *value, bool is_local);
static const char *text_of_arg(const char *name, const Node *arg);
static const char *text_of_const(const RawConst *c);
static bool is_all(const VariableShowStmt *stmt);
static void show_all(RowReceiver *receiver);
static Datum text_datum(const char *text);

/* ---- SET ---- */

void command_set(CommandCall *call)
{
    const VariableSetStmt *stmt = (const void *)call->statement;
    bool is_top = call->place == COMMAND_TOP;

    if (stmt->is_local && stmt->kind != VARIABLE_SET_MULTI)
        txn_warn_no_block(is_top, "SET LOCAL");
    switch (stmt->kind) {
    case VARIABLE_SET:
    case VARIABLE_SET_CURRENT:
    case VARIABLE_SET_DEFAULT:
        set_one(stmt->name, setting_value_of(stmt), stmt->is_local);
        break;
    case VARIABLE_SET_MULTI:
        set_several(stmt, is_top);
        break;
    case VARIABLE_RESET:
        set_one(stmt->name, NULL, stmt->is_local);
        break;
    case VARIABLE_RESET_ALL:
        guc_reset_all();
        break;
    }
}

static void import_snapshot(const VariableSetStmt *stmt, bool is_top)
{
    const RawConst *id = list_at(stmt->args, 0);

    if (stmt->is_local)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "SET LOCAL TRANSACTION SNAPSHOT is not implemented");
    txn_warn_no_block(is_top, "SET TRANSACTION");
    snapshot_import(text_of_const(id), cache_database());
}

/* SET TRANSACTION, SET SESSION CHARACTERISTICS: several settings in words of their own. */
static void set_several(const VariableSetStmt *stmt, bool is_top)
{
    if (str_equal(stmt->name, "TRANSACTION SNAPSHOT")) {
        import_snapshot(stmt, is_top);
        return;
    }
    if (str_equal(stmt->name, "TRANSACTION")) {
        txn_warn_no_block(is_top, "SET TRANSACTION");
        command_transaction_modes(stmt->args);
        return;
    }
    for (int i = 0; i < list_count(stmt->args); i++) {
        const Option *option = list_at(stmt->args, i);

        setting_set_node(mem_printf("default_%s", option->name), option->arg, false);
    }
}

void setting_set_node(const char *name, Node *value, bool is_local)
{
    set_one(name, text_of_arg(name, value), is_local);
}

static void set_one(const char *name, const char *value, bool is_local)
{
    guc_set(&(GucChange){
        .name = name,
        .value = value,
        .as = parameter_context(name),
        .source = GUC_FROM_SESSION,
        .action = is_local ? GUC_LOCAL : GUC_SET,
        .level = ERR_ERROR,
    });
}

char *setting_value_of(const VariableSetStmt *stmt)
{
    const char **values;
    int count = list_count(stmt->args);

    if (stmt->kind == VARIABLE_SET_CURRENT) {
        setting_require_seen(stmt->name);
        return guc_show(stmt->name);
    }
    if (stmt->kind != VARIABLE_SET)
        return NULL;
    values = mem_new_array(const char *, (size_t)count);
    for (int i = 0; i < count; i++)
        values[i] = text_of_arg(stmt->name, list_at(stmt->args, i));
    return guc_join_values(stmt->name, values, (size_t)count);
}

/* The grammar lets through an interval for the time zone alone. */
static const char *text_of_arg(const char *name, const Node *arg)
{
    if (node_is(arg, RawConst))
        return text_of_const((const RawConst *)(const void *)arg);
    if (node_is(arg, TypeCast))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "an interval as time zone is not supported yet");
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("unexpected value of \"%s\": node kind %d", name,
                                 arg == NULL ? 0 : (int)arg->tag));
}

static const char *text_of_const(const RawConst *c)
{
    switch (c->kind) {
    case CONST_INT:
        return mem_printf("%d", c->number);
    case CONST_BOOL:
        return c->number != 0 ? "true" : "false";
    default:
        return c->value;
    }
}

/* ---- ALTER SYSTEM ---- */

size_t setting_shmem_size(void)
{
    return sizeof(LwLock);
}

void setting_shmem_init(void *place)
{
    file_lock = place;
    lwlock_init(file_lock, LW_AUTO_FILE, 0);
}

void command_alter_system(CommandCall *call)
{
    const VariableSetStmt *set = ((const AlterSystemStmt *)(const void *)call->statement)->set;
    char *value;

    if (set->name == NULL ? !role_is_superuser(role_current())
                          : !parameter_has_right(set->name, role_current(), RIGHT_ALTER_SYSTEM))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = set->name == NULL
                                 ? "permission denied to perform ALTER SYSTEM RESET ALL"
                                 : err_fmt("permission denied to set parameter \"%s\"", set->name));
    value = setting_value_of(set);
    lwlock_acquire(file_lock, LW_EXCLUSIVE);
    guc_alter_system(set->name, value);
    lwlock_release(file_lock);
}

/* ---- SHOW ---- */

const TupleDesc *command_show_columns(const Node *statement)
{
    static const char *const names[SHOW_ALL_COLUMNS] = {"name", "setting", "description"};
    const VariableShowStmt *stmt = (const void *)statement;
    TupleDesc *desc = tuple_desc_new(is_all(stmt) ? SHOW_ALL_COLUMNS : 1);

    if (is_all(stmt)) {
        for (unsigned i = 0; i < SHOW_ALL_COLUMNS; i++)
            tuple_desc_set(desc, i + 1, names[i], TYPE_TEXT, -1, false, 'i');
    } else {
        tuple_desc_set(desc, 1, setting_require_seen(stmt->name), TYPE_TEXT, -1, false, 'i');
    }
    return desc;
}

void command_show(CommandCall *call)
{
    const VariableShowStmt *stmt = (const void *)call->statement;
    RowReceiver *receiver = call->receiver;

    receiver->begin(receiver, command_show_columns(call->statement));
    if (is_all(stmt)) {
        show_all(receiver);
    } else {
        Datum value = text_datum(guc_show(stmt->name));

        receiver->row(receiver, &value, (const bool[]){false});
    }
    receiver->end(receiver);
}

static bool is_all(const VariableShowStmt *stmt)
{
    return strcasecmp(stmt->name, "all") == 0;
}

static void show_all(RowReceiver *receiver)
{
    const bool nulls[SHOW_ALL_COLUMNS] = {false};
    Array rows;

    setting_list_seen(&rows);
    array_foreach(const GucRow, row, &rows) {
        Datum values[SHOW_ALL_COLUMNS];

        values[0] = text_datum(row->name);
        values[1] = text_datum(guc_show(row->name));
        values[2] = text_datum(row->text);
        if (!receiver->row(receiver, values, nulls))
            break;
    }
}

static Datum text_datum(const char *text)
{
    return datum_of_pointer(varlena_new(text, strlen(text)));
}
