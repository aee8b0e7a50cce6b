/* permission.c - may the tables of a statement be used as it wants to? */
#include "common/base/base.h"

#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/bitset.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

/* Sets of columns in range table entries count system columns, too. */
#define COLUMN_OFFSET 7

/* Rights that can be given for single columns. */
#define COLUMN_RIGHTS (RIGHT_SELECT | RIGHT_INSERT | RIGHT_UPDATE)

static const char *command_name(const PlannedStmt *statement);
static bool is_temporary(Oid relation);
static void check(const RangeTblEntry *entry);
static bool has_rights(const RangeTblEntry *entry, Oid role);
static bool may_select(const RangeTblEntry *entry, Oid role);
static bool may_change(const RangeTblEntry *entry, Oid role, const BitSet *columns, Rights right);

void permission_check(const List *range_table)
{
    for (int i = 0; i < list_count(range_table); i++) {
        const RangeTblEntry *entry = list_at(range_table, i);

        if (entry->kind == RTE_RELATION && entry->required_rights != 0)
            check(entry);
    }
}

static void check(const RangeTblEntry *entry)
{
    Oid role = entry->check_as_user != 0 ? entry->check_as_user : role_current();

    if (!has_rights(entry, role))
        rights_require(PG_CLASS_CATALOG, entry->relation, role, entry->required_rights);
}

/* Those on the whole table first; what is missing may be there for each column that is used. */
static bool has_rights(const RangeTblEntry *entry, Oid role)
{
    Rights wanted = entry->required_rights;
    Rights missing;

    if (role_is_superuser(role))
        return true;
    missing = wanted & ~rights_of(PG_CLASS_CATALOG, entry->relation, role, wanted, false);
    if ((missing & ~(Rights)COLUMN_RIGHTS) != 0)
        return false;
    if ((missing & RIGHT_SELECT) != 0 && !may_select(entry, role))
        return false;
    if ((missing & RIGHT_INSERT) != 0 &&
        !may_change(entry, role, entry->inserted_columns, RIGHT_INSERT))
        return false;
    return (missing & RIGHT_UPDATE) == 0 ||
           may_change(entry, role, entry->updated_columns, RIGHT_UPDATE);
}

/* A query that reads no column (count(*)) needs the right for any one of them. */
static bool may_select(const RangeTblEntry *entry, Oid role)
{
    if (bitset_next(entry->selected_columns, -1) < 0)
        return rights_of_any_column(entry->relation, role, RIGHT_SELECT);
    return may_change(entry, role, entry->selected_columns, RIGHT_SELECT);
}

static bool may_change(const RangeTblEntry *entry, Oid role, const BitSet *columns, Rights right)
{
    int bit = -1;

    if (bitset_next(columns, -1) < 0)
        return rights_of_any_column(entry->relation, role, right);
    while ((bit = bitset_next(columns, bit)) >= 0) {
        int number = bit - COLUMN_OFFSET;

        if (number == 0
                ? !rights_of_all_columns(entry->relation, role, right)
                : rights_of_column(entry->relation, (int16_t)number, role, right, false) == 0)
            return false;
    }
    return true;
}

/* ---- Read-only transactions ---- */

void permission_forbid_write(const PlannedStmt *statement)
{
    for (int i = 0; i < list_count(statement->range_table); i++) {
        const RangeTblEntry *entry = list_at(statement->range_table, i);

        if (entry->kind == RTE_RELATION && (entry->required_rights & ~(Rights)RIGHT_SELECT) != 0 &&
            !is_temporary(entry->relation))
            txn_forbid_write(command_name(statement));
    }
}

static const char *command_name(const PlannedStmt *statement)
{
    static const char *const locking[] = {
        [ROW_LOCK_KEY_SHARE] = "SELECT FOR KEY SHARE",
        [ROW_LOCK_SHARE] = "SELECT FOR SHARE",
        [ROW_LOCK_NO_KEY_UPDATE] = "SELECT FOR NO KEY UPDATE",
        [ROW_LOCK_UPDATE] = "SELECT FOR UPDATE",
    };

    switch (statement->command) {
    case COMMAND_INSERT:
        return "INSERT";
    case COMMAND_UPDATE:
        return "UPDATE";
    case COMMAND_DELETE:
        return "DELETE";
    case COMMAND_MERGE:
        return "MERGE";
    default:
        break;
    }
    if (list_count(statement->row_marks) > 0)
        return locking[((const PlanRowMark *)list_at(statement->row_marks, 0))->strength];
    return "SELECT";
}

static bool is_temporary(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && namespace_is_temporary(CACHE_ROW(PgClass, row)->relnamespace);
}
