/* tag.c - what commands are called whose name their kind of node alone does not tell */
#include "common/base/base.h"

#include "server/command/command_int.h"

/* Of ALTER and DROP, by kind of object; NULL: there is no such command. */
typedef struct ObjectTags {
    const char *alter, *drop;
} ObjectTags;

static const ObjectTags object_tags[] = {
    [OBJECT_ACCESS_METHOD] = {NULL, "DROP ACCESS METHOD"},
    [OBJECT_AGGREGATE] = {"ALTER AGGREGATE", "DROP AGGREGATE"},
    [OBJECT_ATTRIBUTE] = {"ALTER TYPE", NULL},
    [OBJECT_CAST] = {"ALTER CAST", "DROP CAST"},
    [OBJECT_COLLATION] = {"ALTER COLLATION", "DROP COLLATION"},
    [OBJECT_COLUMN] = {"ALTER TABLE", NULL},
    [OBJECT_CONVERSION] = {"ALTER CONVERSION", "DROP CONVERSION"},
    [OBJECT_DATABASE] = {"ALTER DATABASE", "DROP DATABASE"},
    [OBJECT_DOMAIN] = {"ALTER DOMAIN", "DROP DOMAIN"},
    [OBJECT_DOMAIN_CONSTRAINT] = {"ALTER DOMAIN", NULL},
    [OBJECT_EVENT_TRIGGER] = {"ALTER EVENT TRIGGER", "DROP EVENT TRIGGER"},
    [OBJECT_EXTENSION] = {"ALTER EXTENSION", "DROP EXTENSION"},
    [OBJECT_FDW] = {"ALTER FOREIGN DATA WRAPPER", "DROP FOREIGN DATA WRAPPER"},
    [OBJECT_FOREIGN_SERVER] = {"ALTER SERVER", "DROP SERVER"},
    [OBJECT_FOREIGN_TABLE] = {"ALTER FOREIGN TABLE", "DROP FOREIGN TABLE"},
    [OBJECT_FUNCTION] = {"ALTER FUNCTION", "DROP FUNCTION"},
    [OBJECT_INDEX] = {"ALTER INDEX", "DROP INDEX"},
    [OBJECT_LANGUAGE] = {"ALTER LANGUAGE", "DROP LANGUAGE"},
    [OBJECT_LARGE_OBJECT] = {"ALTER LARGE OBJECT", NULL},
    [OBJECT_MATVIEW] = {"ALTER MATERIALIZED VIEW", "DROP MATERIALIZED VIEW"},
    [OBJECT_OPCLASS] = {"ALTER OPERATOR CLASS", "DROP OPERATOR CLASS"},
    [OBJECT_OPERATOR] = {"ALTER OPERATOR", "DROP OPERATOR"},
    [OBJECT_OPFAMILY] = {"ALTER OPERATOR FAMILY", "DROP OPERATOR FAMILY"},
    [OBJECT_POLICY] = {"ALTER POLICY", "DROP POLICY"},
    [OBJECT_PROCEDURE] = {"ALTER PROCEDURE", "DROP PROCEDURE"},
    [OBJECT_PUBLICATION] = {"ALTER PUBLICATION", "DROP PUBLICATION"},
    [OBJECT_ROLE] = {"ALTER ROLE", "DROP ROLE"},
    [OBJECT_ROUTINE] = {"ALTER ROUTINE", "DROP ROUTINE"},
    [OBJECT_RULE] = {"ALTER RULE", "DROP RULE"},
    [OBJECT_SCHEMA] = {"ALTER SCHEMA", "DROP SCHEMA"},
    [OBJECT_SEQUENCE] = {"ALTER SEQUENCE", "DROP SEQUENCE"},
    [OBJECT_STATISTICS] = {"ALTER STATISTICS", "DROP STATISTICS"},
    [OBJECT_SUBSCRIPTION] = {"ALTER SUBSCRIPTION", "DROP SUBSCRIPTION"},
    [OBJECT_TABLE] = {"ALTER TABLE", "DROP TABLE"},
    [OBJECT_TABLE_CONSTRAINT] = {"ALTER TABLE", NULL},
    [OBJECT_TABLESPACE] = {"ALTER TABLESPACE", "DROP TABLESPACE"},
    [OBJECT_TRANSFORM] = {NULL, "DROP TRANSFORM"},
    [OBJECT_TRIGGER] = {"ALTER TRIGGER", "DROP TRIGGER"},
    [OBJECT_TS_CONFIGURATION] = {"ALTER TEXT SEARCH CONFIGURATION",
                                 "DROP TEXT SEARCH CONFIGURATION"},
    [OBJECT_TS_DICTIONARY] = {"ALTER TEXT SEARCH DICTIONARY", "DROP TEXT SEARCH DICTIONARY"},
    [OBJECT_TS_PARSER] = {"ALTER TEXT SEARCH PARSER", "DROP TEXT SEARCH PARSER"},
    [OBJECT_TS_TEMPLATE] = {"ALTER TEXT SEARCH TEMPLATE", "DROP TEXT SEARCH TEMPLATE"},
    [OBJECT_TYPE] = {"ALTER TYPE", "DROP TYPE"},
    [OBJECT_VIEW] = {"ALTER VIEW", "DROP VIEW"},
};

static const char *or_unknown(const char *tag)
{
    return tag != NULL ? tag : "???";
}

static const char *alter_tag(ObjectKind kind)
{
    return or_unknown((size_t)kind < ARRAY_LEN(object_tags) ? object_tags[kind].alter : NULL);
}

static const char *drop_tag(ObjectKind kind)
{
    return or_unknown((size_t)kind < ARRAY_LEN(object_tags) ? object_tags[kind].drop : NULL);
}

static const char *define_tag(ObjectKind kind)
{
    switch (kind) {
    case OBJECT_AGGREGATE:
        return "CREATE AGGREGATE";
    case OBJECT_OPERATOR:
        return "CREATE OPERATOR";
    case OBJECT_TYPE:
        return "CREATE TYPE";
    case OBJECT_TS_PARSER:
        return "CREATE TEXT SEARCH PARSER";
    case OBJECT_TS_DICTIONARY:
        return "CREATE TEXT SEARCH DICTIONARY";
    case OBJECT_TS_TEMPLATE:
        return "CREATE TEXT SEARCH TEMPLATE";
    case OBJECT_TS_CONFIGURATION:
        return "CREATE TEXT SEARCH CONFIGURATION";
    case OBJECT_COLLATION:
        return "CREATE COLLATION";
    default:
        return "???";
    }
}

static const char *transaction_tag(TransactionKind kind)
{
    static const char *const tags[] = {
        [TRANSACTION_BEGIN] = "BEGIN",
        [TRANSACTION_START] = "START TRANSACTION",
        [TRANSACTION_COMMIT] = "COMMIT",
        [TRANSACTION_ROLLBACK] = "ROLLBACK",
        [TRANSACTION_SAVEPOINT] = "SAVEPOINT",
        [TRANSACTION_RELEASE] = "RELEASE",
        [TRANSACTION_ROLLBACK_TO] = "ROLLBACK",
        [TRANSACTION_PREPARE] = "PREPARE TRANSACTION",
        [TRANSACTION_COMMIT_PREPARED] = "COMMIT PREPARED",
        [TRANSACTION_ROLLBACK_PREPARED] = "ROLLBACK PREPARED",
    };

    return tags[kind];
}

static const char *discard_tag(DiscardKind kind)
{
    static const char *const tags[] = {
        [DISCARD_ALL] = "DISCARD ALL",
        [DISCARD_PLANS] = "DISCARD PLANS",
        [DISCARD_SEQUENCES] = "DISCARD SEQUENCES",
        [DISCARD_TEMP] = "DISCARD TEMP",
    };

    return tags[kind];
}

static bool is_reset(VariableKind kind)
{
    return kind == VARIABLE_RESET || kind == VARIABLE_RESET_ALL;
}

/* What has the kind of object in a field of its own. */
#define FIELD(Kind, field) (((const Kind *)(const void *)statement)->field)

const char *command_tag_of_statement(const Node *statement)
{
    switch (statement->tag) {
    case NODE_AlterDependsStmt:
        return alter_tag(FIELD(AlterDependsStmt, kind));
    case NODE_AlterFunctionStmt:
        return alter_tag(FIELD(AlterFunctionStmt, kind));
    case NODE_AlterObjectSchemaStmt:
        return alter_tag(FIELD(AlterObjectSchemaStmt, kind));
    case NODE_AlterOwnerStmt:
        return alter_tag(FIELD(AlterOwnerStmt, kind));
    case NODE_AlterTableMoveAllStmt:
        return alter_tag(FIELD(AlterTableMoveAllStmt, kind));
    case NODE_AlterTableStmt:
        return alter_tag(FIELD(AlterTableStmt, kind));
    case NODE_CloseStmt:
        return FIELD(CloseStmt, name) == NULL ? "CLOSE CURSOR ALL" : "CLOSE CURSOR";
    case NODE_CreateFunctionStmt:
        return FIELD(CreateFunctionStmt, is_procedure) ? "CREATE PROCEDURE" : "CREATE FUNCTION";
    case NODE_CreateTableAsStmt:
        return FIELD(CreateTableAsStmt, kind) == OBJECT_MATVIEW ? "CREATE MATERIALIZED VIEW"
                                                                : "CREATE TABLE AS";
    case NODE_CreateTableStmt:
        return FIELD(CreateTableStmt, is_foreign) ? "CREATE FOREIGN TABLE" : "CREATE TABLE";
    case NODE_DeallocateStmt:
        return FIELD(DeallocateStmt, name) == NULL ? "DEALLOCATE ALL" : "DEALLOCATE";
    case NODE_DefineStmt:
        return define_tag(FIELD(DefineStmt, kind));
    case NODE_DiscardStmt:
        return discard_tag(FIELD(DiscardStmt, target));
    case NODE_DropStmt:
        return drop_tag(FIELD(DropStmt, kind));
    case NODE_FetchStmt:
        return FIELD(FetchStmt, is_move) ? "MOVE" : "FETCH";
    case NODE_GrantRoleStmt:
        return FIELD(GrantRoleStmt, is_grant) ? "GRANT ROLE" : "REVOKE ROLE";
    case NODE_GrantStmt:
        return FIELD(GrantStmt, is_grant) ? "GRANT" : "REVOKE";
    case NODE_RenameStmt:
        return alter_tag(FIELD(RenameStmt, kind) == OBJECT_COLUMN ? FIELD(RenameStmt, relation_kind)
                                                                  : FIELD(RenameStmt, kind));
    case NODE_TransactionStmt:
        return transaction_tag(FIELD(TransactionStmt, kind));
    case NODE_VacuumStmt:
        return FIELD(VacuumStmt, is_vacuum) ? "VACUUM" : "ANALYZE";
    case NODE_VariableSetStmt:
        return is_reset(FIELD(VariableSetStmt, kind)) ? "RESET" : "SET";
    default:
        return "???";
    }
}
