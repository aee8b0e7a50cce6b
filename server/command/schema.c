/* schema.c - CREATE SCHEMA, and what is made in it at once */
#include "common/base/base.h"

#include "server/command/schema.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/role_spec.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/object/acl_new.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

Oid schema_make(const char *name, Oid owner, bool is_temporary)
{
    CatalogChange *change;
    Acl acl;
    bool has_list = !is_temporary && acl_of_new(RIGHTS_OF_SCHEMA, owner, 0, &acl);
    CatalogRow row;
    Oid oid;

    if (syscache_peek(CACHE_NAMESPACENAME, datum_of_pointer(name)) != NULL)
        err_raise(SQLSTATE_DUPLICATE_SCHEMA,
                  .message = err_fmt("schema \"%s\" already exists", name));
    change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    oid = catalog_new_oid(PG_NAMESPACE_CATALOG, PG_NAMESPACE_OID_INDEX, PG_NAMESPACE_COL_OID);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_NAMESPACE_COL_OID, oid);
    catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, name);
    catalog_set_u32(&row, PG_NAMESPACE_COL_NSPOWNER, owner);
    if (has_list)
        catalog_set(&row, PG_NAMESPACE_COL_NSPACL, acl_to_datum(&acl));
    catalog_insert(change, &row);
    catalog_change_end(change);
    if (!is_temporary)
        depend_note_owner(PG_NAMESPACE_CATALOG, oid, owner);
    depend_change_acl(PG_NAMESPACE_CATALOG, oid, 0, owner, NULL, has_list ? &acl : NULL);
    return oid;
}

/* ---- What is made in it ---- */

/* In the order in which they are made, so that each finds what it stands on. */
static const NodeTag element_kinds[] = {
    NODE_CreateSequenceStmt, NODE_CreateTableStmt, NODE_ViewStmt,
    NODE_IndexStmt,          NODE_CreateTriggerStmt, NODE_GrantStmt,
};

/* The relation that the element makes, or is about; NULL: none that has to be in the schema. */
static RangeVar *element_relation(Node *element)
{
    switch (element->tag) {
    case NODE_CreateSequenceStmt:
        return (RangeVar *)(uintptr_t)((CreateSequenceStmt *)(void *)element)->sequence;
    case NODE_CreateTableStmt:
        return (RangeVar *)(uintptr_t)((CreateTableStmt *)(void *)element)->relation;
    case NODE_ViewStmt:
        return (RangeVar *)(uintptr_t)((ViewStmt *)(void *)element)->view;
    case NODE_IndexStmt:
        return (RangeVar *)(uintptr_t)((IndexStmt *)(void *)element)->relation;
    case NODE_CreateTriggerStmt:
        return (RangeVar *)(uintptr_t)((CreateTriggerStmt *)(void *)element)->relation;
    default:
        return NULL;
    }
}

/* Names without a schema are of the new one; others must say the same. */
static void name_schema(RangeVar *var, const char *schema)
{
    if (var->schema == NULL)
        var->schema = schema;
    else if (strcmp(var->schema, schema) != 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_DEFINITION,
                  .message = err_fmt("CREATE specifies a schema (%s) different from the one being "
                                     "created (%s)",
                                     var->schema, schema));
}

/* Copies, in order. All are looked at before one is made. */
static List *order_elements(const List *elements, const char *schema)
{
    List *copies = NULL, *ordered = NULL;

    list_foreach(const Node *, element, elements) {
        Node *copy = node_copy(element);
        RangeVar *var = element_relation(copy);

        if (var != NULL)
            name_schema(var, schema);
        copies = list_add(copies, copy);
    }
    for (unsigned i = 0; i < ARRAY_LEN(element_kinds); i++) {
        list_foreach(Node *, element, copies) {
            if (element->tag == element_kinds[i])
                ordered = list_add(ordered, element);
        }
    }
    return ordered;
}

static void run_elements(const CommandCall *of, const List *elements)
{
    list_foreach(const Node *, element, elements) {
        CommandCall call = {.statement = element,
                            .text = of->text,
                            .location = of->location,
                            .length = of->length,
                            .place = COMMAND_PART};

        check_interrupts();
        command_run(&call);
        txn_advance_command();
    }
}

/* Other names of the elements are looked for in the schema first. */
static void put_first(const char *schema)
{
    const char *rest = setting.search_path + strspn(setting.search_path, " \t\n\r\f\v");
    const char *first = name_quoted(schema);

    guc_set(&(GucChange){.name = "search_path",
                         .value = *rest != '\0' ? mem_printf("%s, %s", first, rest) : first,
                         .as = GUC_USERSET,
                         .source = GUC_FROM_SESSION,
                         .action = GUC_SAVE,
                         .level = ERR_ERROR});
}

static void make_with_elements(const CommandCall *call, const char *name, Oid owner)
{
    const CreateSchemaStmt *stmt = (const CreateSchemaStmt *)(const void *)call->statement;
    const Oid role = role_current();
    const unsigned flags = role_flags();
    const unsigned level = guc_nest_begin();
    volatile bool is_done = false;

    ERR_TRY() {
        if (owner != role)
            role_switch(owner, flags | ROLE_LOCAL_CHANGE);
        schema_make(name, owner, false);
        txn_advance_command();
        put_first(name);
        run_elements(call, order_elements(stmt->elements, name));
        is_done = true;
    }
    ERR_FINALLY() {
        guc_nest_end(level, is_done);
        role_switch(role, flags);
    }
    ERR_END();
}

void command_create_schema(CommandCall *call)
{
    const CreateSchemaStmt *stmt = (const CreateSchemaStmt *)(const void *)call->statement;
    Oid owner = stmt->owner != NULL ? role_of_spec(stmt->owner, false) : role_current();
    const char *name = stmt->name != NULL ? stmt->name : role_name(owner);

    rights_require(PG_DATABASE_CATALOG, cache_database(), role_current(), RIGHT_CREATE);
    role_require_member(role_current(), owner);
    if (!setting.allow_system_table_mods && strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("unacceptable schema name \"%s\"", name),
                  .detail = "The prefix \"pg_\" is reserved for system schemas.");
    if (stmt->if_not_exists && namespace_find(name) != 0) {
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_SCHEMA,
                .message = err_fmt("schema \"%s\" already exists, skipping", name));
        return;
    }
    make_with_elements(call, name, owner);
}
