/* temp_schema.c - the session's temporary relations; temp_schema.h has the rules */
#include "common/base/base.h"

#include "server/command/temp_schema.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend_drop.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/schema.h"
#include "server/ipc/proc.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/recovery/recovery.h"
#include "server/trigger/trigger.h"

typedef struct AtCommit {
    struct AtCommit *next;
    Oid relation;
    OnCommit action;
} AtCommit;

static struct {
    Oid schema, toast_schema; /* 0: none yet */
    uint32_t made_in;         /* the subtransaction; 0: it is committed */
    bool is_cleaned_up;       /* at the end of the process */
    AtCommit *at_commit;
} temp;

static void on_event(TxnEvent event);
static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);

const TxnHook temp_schema_txn_hook = {
    .name = "temporary schema", .on_event = on_event, .on_sub_event = on_sub_event};

/* ---- The schema ---- */

static void set(Oid schema, Oid toast_schema)
{
    temp.schema = schema;
    temp.toast_schema = toast_schema;
    cache_set_temp_backend(schema != 0 ? (int)proc_self()->slot + 1 : -1, schema, toast_schema);
    namespace_set_temporary(schema);
}

static Oid find_or_make(const char *prefix)
{
    char *name = mem_printf("%s%d", prefix, (int)proc_self()->slot + 1);
    Oid schema = namespace_find(name);

    if (schema == 0) {
        schema = schema_make(name, ROLE_SUPERUSER, true);
        txn_advance_command();
    } else {
        const ObjectAddress object = object_address(PG_NAMESPACE_CATALOG, schema);

        /* Of a session that did not get round to it. */
        objects_drop_dependents(&object);
    }
    return schema;
}

static void make(void)
{
    Oid schema;

    if (!rights_has(PG_DATABASE_CATALOG, cache_database(), role_current(), RIGHT_TEMPORARY))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied to create temporary tables in database "
                                     "\"%s\"",
                                     namespace_database()));
    if (recovery_is_running())
        err_raise(SQLSTATE_READ_ONLY_SQL_TRANSACTION,
                  .message = "cannot create temporary tables during recovery");
    schema = find_or_make("pg_temp_");
    set(schema, find_or_make("pg_toast_temp_"));
    temp.made_in = txn_sub_id();
}

void temp_schema_make_for(const RangeVar *var)
{
    bool is_named = var->schema != NULL && strcmp(var->schema, "pg_temp") == 0;

    if (temp.schema == 0 &&
        (is_named || (var->schema == NULL && (var->persistence == RELATION_TEMPORARY ||
                                              namespace_path()->creates_temporary))))
        make();
}

_Noreturn static void raise_mixture(const char *message)
{
    err_raise(SQLSTATE_INVALID_TABLE_DEFINITION, .message = message);
}

void temp_schema_make_for_name(const List *names)
{
    RangeVar var = {.tag = NODE_RangeVar, .persistence = RELATION_PERMANENT};
    const char *name;

    namespace_split(names, &var.schema, &name);
    temp_schema_make_for(&var);
}

char temp_schema_persistence(const RangeVar *var, Oid schema)
{
    static const char others[] = "cannot create relations in temporary schemas of other sessions";
    bool is_ours = temp.schema != 0 && schema == temp.schema;
    bool is_temporary = namespace_is_any_temporary(schema);

    switch (var->persistence) {
    case RELATION_TEMPORARY:
        if (!is_ours)
            raise_mixture(
                is_temporary ? others : "cannot create temporary relation in non-temporary schema");
        return RELATION_TEMPORARY;
    case RELATION_PERMANENT:
        if (!is_ours && is_temporary)
            raise_mixture(others);
        return is_ours ? RELATION_TEMPORARY : RELATION_PERMANENT;
    default:
        if (is_temporary)
            raise_mixture("only temporary relations may be created in temporary schemas");
        return var->persistence;
    }
}

/* ---- The end of the session ---- */

void temp_schema_discard(void)
{
    const ObjectAddress object = object_address(PG_NAMESPACE_CATALOG, temp.schema);

    if (temp.schema != 0)
        objects_drop_dependents(&object);
}

static void drop_all(void)
{
    txn_start_command();
    temp_schema_discard();
    txn_end_command();
}

/* What cannot be dropped now is found by the next session that has the slot. */
static void clean_up(void *arg UNUSED)
{
    ERR_TRY() {
        txn_abort_all();
        if (temp.schema != 0 && temp.made_in == 0)
            drop_all();
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = "could not drop the temporary objects of the session",
                .detail = err_caught()->message);
    }
    ERR_END();
}

/* ---- Transactions ---- */

void temp_schema_note_on_commit(Oid relation, OnCommit action)
{
    AtCommit *item;

    if (action != ON_COMMIT_DELETE_ROWS && action != ON_COMMIT_DROP)
        return;
    item = mem_alloc_in(mem_root(), sizeof *item);
    *item = (AtCommit){.next = temp.at_commit, .relation = relation, .action = action};
    temp.at_commit = item;
}

static bool is_there(Oid relation)
{
    return syscache_peek(CACHE_RELOID, datum_of_u32(relation)) != NULL;
}

static bool is_cut_at_commit(Oid relation)
{
    for (const AtCommit *item = temp.at_commit; item != NULL; item = item->next) {
        if (item->relation == relation)
            return item->action == ON_COMMIT_DELETE_ROWS;
    }
    return false;
}

/* Rows that are referred to must not go without those that refer to them. */
static void refuse_left_behind(Oid relation)
{
    Relation *rel = relation_open(relation, LOCK_NONE);
    const RelationTriggers *triggers = relation_triggers(rel);

    for (unsigned i = 0; i < triggers->count; i++) {
        bool is_update;
        RiKind kind = trigger_ri_kind(triggers->list[i].function, &is_update);
        Oid other = triggers->list[i].constraint_relation;
        const char *name;

        if (kind == RI_NONE || kind == RI_CHECK || other == 0 || is_cut_at_commit(other))
            continue;
        name = mem_strdup(relation_name(other));
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "unsupported ON COMMIT and foreign key combination",
                  .detail = err_fmt("Table \"%s\" references \"%s\", but they do not have the same "
                                    "ON COMMIT setting.",
                                    name, rel->name));
    }
    relation_close(rel, LOCK_NONE);
}

static void run_at_commit(void)
{
    AtCommit **place = &temp.at_commit;

    while (*place != NULL) {
        AtCommit *item = *place;
        const ObjectAddress object = object_address(PG_CLASS_CATALOG, item->relation);

        if (!is_there(item->relation)) {
            *place = item->next;
            mem_free(item);
            continue;
        }
        if (item->action == ON_COMMIT_DELETE_ROWS) {
            refuse_left_behind(item->relation);
            table_cut(item->relation);
        } else {
            object_drop(&object, DROP_CASCADE, DROP_INTERNALLY);
        }
        place = &item->next;
    }
}

static void on_event(TxnEvent event)
{
    switch (event) {
    case TXN_PRE_COMMIT:
        if (temp.at_commit != NULL)
            run_at_commit();
        break;
    case TXN_COMMIT:
        if (temp.made_in == 0)
            break;
        temp.made_in = 0;
        if (!temp.is_cleaned_up) {
            temp.is_cleaned_up = true;
            proc_on_detach(clean_up, NULL);
        }
        break;
    case TXN_ABORT:
        if (temp.made_in != 0)
            set(0, 0);
        temp.made_in = 0;
        break;
    default:
        break;
    }
}

static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    if (temp.made_in == 0 || temp.made_in != sub_id)
        return;
    if (event == TXN_COMMIT) {
        temp.made_in = parent_sub_id;
    } else if (event == TXN_ABORT) {
        set(0, 0);
        temp.made_in = 0;
    }
}
