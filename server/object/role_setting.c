/*
 * role_setting.c - SET ROLE and SET SESSION AUTHORIZATION, as settings
 *
 * Settings are texts, while what acts is a role by number; and going back to an old value happens
 * in transactions that have failed, where no catalog can be read. So what a name stood for when it
 * was checked is noted, and found when it is assigned.
 */
#include "common/base/base.h"

#include "server/object/role_setting.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

typedef struct Known {
    const char *name; /* the key */
    Oid role;
    bool is_superuser;
} Known;

static struct {
    MemContext *mem; /* NULL: no role was checked yet */
    Hash by_name;
} known;

static const Known *note(const char *name, GucRefusal *why);
static const Known *find(const char *name);

/* ---- role ---- */

bool role_check_setting(GucValue *value, GucSource source UNUSED, GucRefusal *why)
{
    const Known *role;

    if (str_equal(value->s, "none"))
        return true;
    role = note(value->s, why);
    if (role == NULL)
        return false;
    if (role_is_member(role_session(), role->role))
        return true;
    why->sqlstate = SQLSTATE_INSUFFICIENT_PRIVILEGE;
    why->message = err_fmt("permission denied to set role \"%s\"", value->s);
    return false;
}

void role_assign_setting(GucValue value)
{
    const Known *role = str_equal(value.s, "none") ? NULL : find(value.s);

    role_set_current(role == NULL ? 0 : role->role, role != NULL && role->is_superuser);
    guc_note_change("is_superuser");
}

/* Another session authorization ends a role that was set, whatever the text still says. */
const char *role_show_setting(void)
{
    return role_chosen() == 0 ? "none" : setting.role;
}

/* ---- session_authorization ---- */

/* A role that may be made later can be stored for another session. */
static bool note_missing(const char *name, GucSource source)
{
    if (source != GUC_FROM_TEST)
        return false;
    err_log(ERR_NOTICE, .sqlstate = SQLSTATE_UNDEFINED_OBJECT,
            .message = err_fmt("role \"%s\" does not exist", name));
    return true;
}

bool role_check_session_authorization(GucValue *value, GucSource source, GucRefusal *why)
{
    const Known *role;

    if (value->s == NULL)
        return true;
    role = note(value->s, why);
    if (role == NULL)
        return note_missing(value->s, source);
    if (role->role == role_authenticated() || role_authenticated_is_superuser())
        return true;
    why->sqlstate = SQLSTATE_INSUFFICIENT_PRIVILEGE;
    why->message = "permission denied to set session authorization";
    return false;
}

void role_assign_session_authorization(GucValue value)
{
    const Known *role = value.s == NULL ? NULL : find(value.s);

    if (role == NULL)
        return;
    role_set_session(role->role, role->is_superuser);
    guc_note_change("is_superuser");
}

const char *role_show_is_superuser(void)
{
    return role_chosen_is_superuser() ? "on" : "off";
}

const char *role_setting_guard(void)
{
    if ((role_flags() & ROLE_LOCAL_CHANGE) != 0)
        return "security-definer function";
    return (role_flags() & ROLE_RESTRICTED) != 0 ? "security-restricted operation" : NULL;
}

/* ---- What names stand for ---- */

/* Look it up and note it; NULL when there is no such role, or when nothing can be looked up now. */
static const Known *note(const char *name, GucRefusal *why)
{
    Oid role = txn_is_running() ? role_try_find(name) : 0;
    Known *entry;

    if (role == 0) {
        why->message = err_fmt("role \"%s\" does not exist", name);
        return NULL;
    }
    if (known.mem == NULL) {
        known.mem = mem_context_new(mem_root(), "roles of settings");
        MEM_SCOPE(known.mem) {
            hash_init(&known.by_name, HASH_KEY_STRING, sizeof(Known));
        }
    }
    entry = hash_find(&known.by_name, name);
    if (entry == NULL)
        entry = hash_enter(&known.by_name, mem_strdup_in(known.mem, name), NULL);
    entry->role = role;
    entry->is_superuser = role_is_superuser(role);
    return entry;
}

static const Known *find(const char *name)
{
    return known.mem == NULL ? NULL : hash_find(&known.by_name, name);
}
