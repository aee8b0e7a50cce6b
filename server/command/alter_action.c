/* alter_action.c - see alter_action.h; alter_action.def has the table. */
#include "common/base/base.h"

#include "server/command/alter_action.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/relation_open.h"
#include "server/command/option.h"

typedef struct AlterActionRow {
    AlterPass pass;
    LockMode lock;
    const char *kinds;
    const char *text;
} AlterActionRow;

/* By AlterTableAction. */
static const AlterActionRow rows[] = {
#define ROW(action, pass, lock, kinds, text)                                                       \
 [AT_##action] = {PASS_##pass, LOCK_##lock, kinds, text},
#include "server/command/alter_action.def"
#undef ROW
};

static ConstraintKind kind_added(const AlterTableCmd *action)
{
    return ((const Constraint *)(const void *)action->definition)->kind;
}

AlterPass alter_action_pass(const AlterTableCmd *action)
{
    if (action->action == AT_COLUMN_DEFAULT && action->definition == NULL)
        return PASS_DROP;
    if (action->action != AT_ADD_CONSTRAINT)
        return rows[action->action].pass;
    switch (kind_added(action)) {
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
        return PASS_ADD_KEY;
    case CONSTR_CHECK:
    case CONSTR_FOREIGN:
        return PASS_ADD_CONSTRAINT;
    default:
        return PASS_NONE;
    }
}

static LockMode lock_of(const AlterTableCmd *action)
{
    switch (action->action) {
    case AT_ADD_CONSTRAINT:
        return kind_added(action) == CONSTR_FOREIGN ? LOCK_SHARE_ROW_EXCLUSIVE
                                                    : LOCK_ACCESS_EXCLUSIVE;
    case AT_SET_OPTIONS:
    case AT_RESET_OPTIONS:
        return reloptions_need_exclusive(action->options) ? LOCK_ACCESS_EXCLUSIVE
                                                          : LOCK_SHARE_UPDATE_EXCLUSIVE;
    default:
        return rows[action->action].lock;
    }
}

LockMode alter_actions_lock(const List *actions)
{
    LockMode mode = LOCK_SHARE_UPDATE_EXCLUSIVE;

    list_foreach(const AlterTableCmd *, action, actions) {
        LockMode wanted = lock_of(action);

        if (wanted > mode)
            mode = wanted;
    }
    return mode;
}

void alter_action_require_kind(const AlterTableCmd *action, const Relation *rel)
{
    const AlterActionRow *row = &rows[action->action];

    if (strchr(row->kinds, rel->kind) == NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("ALTER action %s cannot be performed on relation \"%s\"",
                                     row->text, rel->name),
                  .detail = relation_kind_refusal(rel->kind));
}
