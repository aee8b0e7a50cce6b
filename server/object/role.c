/* role.c - roles as the caches have them, and memberships gathered from them; role.h tells more. */
#include "common/base/base.h"

#include "server/object/role.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"

/* How far memberships are followed. */
typedef enum Reach {
    REACH_ALL,    /* SET ROLE would get there */
    REACH_RIGHTS, /* rights come by themselves: members that inherit */
    REACH_COUNT,
} Reach;

/* Of one member; the newest question of each reach is kept, since most ask the same again. */
typedef struct Reached {
    bool is_valid;
    Oid member;
    Array roles; /* Oid */
} Reached;

/* The newest question whether one is a superuser. */
typedef struct Asked {
    Oid role;
    bool is_superuser;
    uint64_t changes; /* of catalogs, that may make the answer wrong */
} Asked;

static struct {
    Asked asked;
    MemContext *mem;  /* of the lists; NULL: nothing was asked yet */
    uint64_t changes; /* of catalogs, that may make the lists wrong */
    Reached reached[REACH_COUNT];
    Oid authenticated, session, chosen, current;
    bool authenticated_is_superuser, session_is_superuser, chosen_is_superuser;
    unsigned flags;
} role;

static const Array *reach(Reach how, Oid member);
static void add_memberships(Reach how, Oid member, Array *out);
static bool array_has(const Array *roles, Oid wanted);
static Oid database_owner(void);
static void act_as(Oid oid);

/* ---- Roles by name and number ---- */

Oid role_try_find(const char *name)
{
    const HeapTuple *row = syscache_peek(CACHE_AUTHNAME, datum_of_pointer(name));

    return row == NULL ? 0 : CACHE_ROW(PgAuthid, row)->oid;
}

Oid role_find(const char *name)
{
    Oid found = role_try_find(name);

    if (found == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("role \"%s\" does not exist", name));
    return found;
}

char *role_try_name(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_AUTHOID, datum_of_u32(oid));

    return row == NULL ? NULL : mem_strdup(CACHE_ROW(PgAuthid, row)->rolname);
}

char *role_name(Oid oid)
{
    char *name = role_try_name(oid);

    if (name == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("invalid role OID: %u", oid));
    return name;
}

/* Asked for each statement, so the last answer is kept as long as no catalog changes. */
bool role_is_superuser(Oid oid)
{
    const HeapTuple *row;

    if (role.asked.role == oid && role.asked.changes == inval_count())
        return role.asked.is_superuser;
    row = syscache_peek(CACHE_AUTHOID, datum_of_u32(oid));
    role.asked = (Asked){.role = oid,
                         .is_superuser = row != NULL && CACHE_ROW(PgAuthid, row)->rolsuper,
                         .changes = inval_count()};
    return role.asked.is_superuser;
}

bool role_has_attribute(Oid oid, RoleAttribute attribute)
{
    const HeapTuple *row = syscache_peek(CACHE_AUTHOID, datum_of_u32(oid));
    const PgAuthid *r;

    if (row == NULL)
        return false;
    r = CACHE_ROW(PgAuthid, row);
    switch (attribute) {
    case ROLE_MAY_INHERIT:
        return r->rolinherit;
    case ROLE_MAY_CREATE_ROLE:
        return r->rolcreaterole || r->rolsuper;
    case ROLE_MAY_CREATE_DB:
        return r->rolcreatedb || r->rolsuper;
    case ROLE_MAY_LOGIN:
        return r->rolcanlogin;
    case ROLE_MAY_REPLICATE:
        return r->rolreplication || r->rolsuper;
    case ROLE_MAY_BYPASS_RLS:
        return r->rolbypassrls || r->rolsuper;
    }
    return false;
}

/* ---- Memberships ---- */

bool role_is_listed_member(Oid member, Oid wanted)
{
    return member == wanted || array_has(reach(REACH_ALL, member), wanted);
}

bool role_is_member(Oid member, Oid wanted)
{
    return member == wanted || role_is_superuser(member) || role_is_listed_member(member, wanted);
}

bool role_has_rights_of(Oid member, Oid wanted)
{
    return member == wanted || role_is_superuser(member) ||
           array_has(reach(REACH_RIGHTS, member), wanted);
}

const Oid *role_rights_list(Oid member, size_t *count)
{
    const Array *roles = reach(REACH_RIGHTS, member);

    *count = roles->count;
    return roles->items;
}

bool role_is_admin_of(Oid member, Oid wanted)
{
    const CacheList *grants;
    bool is_admin = false;

    if (role_is_superuser(member))
        return true;
    grants = syscache_pin_list(CACHE_AUTHMEMROLEMEM, 1, (const Datum[4]){datum_of_u32(wanted)});
    for (unsigned i = 0; i < grants->count && !is_admin; i++) {
        const PgAuthMembers *grant = CACHE_ROW(PgAuthMembers, grants->rows[i]);

        is_admin = grant->admin_option && role_is_listed_member(member, grant->member);
    }
    syscache_unpin_list(grants);
    return is_admin;
}

static void forget(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    role.changes++;
    for (Reach how = 0; how < REACH_COUNT; how++)
        role.reached[how].is_valid = false;
}

static void open_lists(void)
{
    role.mem = mem_context_new(mem_root(), "memberships of roles");
    MEM_SCOPE(role.mem) {
        for (Reach how = 0; how < REACH_COUNT; how++)
            array_init(&role.reached[how].roles, sizeof(Oid));
    }
    /* Also who inherits, and who owns the database. */
    inval_on_row(CACHE_AUTHMEMROLEMEM, forget, 0);
    inval_on_row(CACHE_AUTHOID, forget, 0);
    inval_on_row(CACHE_DATABASEOID, forget, 0);
}

/* All roles that member is in, himself first, as far as the reach goes. */
static const Array *reach(Reach how, Oid member)
{
    Reached *r = &role.reached[how];
    uint64_t changes;

    if (role.mem == NULL)
        open_lists();
    if (r->is_valid && r->member == member)
        return &r->roles;
    r->is_valid = false;
    r->member = member;
    array_clear(&r->roles);
    *(Oid *)array_push(&r->roles) = member;
    changes = role.changes;
    for (size_t i = 0; i < r->roles.count; i++)
        add_memberships(how, *(const Oid *)array_at(&r->roles, i), &r->roles);
    /* A list during which catalogs changed is right for this question alone. */
    r->is_valid = changes == role.changes;
    return &r->roles;
}

static void add_memberships(Reach how, Oid member, Array *out)
{
    const CacheList *grants;

    if (how == REACH_RIGHTS && !role_has_attribute(member, ROLE_MAY_INHERIT))
        return;
    grants = syscache_pin_list(CACHE_AUTHMEMMEMROLE, 1, (const Datum[4]){datum_of_u32(member)});
    for (unsigned i = 0; i < grants->count; i++) {
        Oid in = CACHE_ROW(PgAuthMembers, grants->rows[i])->roleid;

        if (!array_has(out, in))
            *(Oid *)array_push(out) = in;
    }
    syscache_unpin_list(grants);
    /* pg_database_owner has that one member, and its row says of none. */
    if (member == database_owner() && !array_has(out, ROLE_DATABASE_OWNER))
        *(Oid *)array_push(out) = ROLE_DATABASE_OWNER;
}

static bool array_has(const Array *roles, Oid wanted)
{
    array_foreach(const Oid, one, roles)
        if (*one == wanted)
            return true;
    return false;
}

/* 0 as long as there is no database. */
static Oid database_owner(void)
{
    const HeapTuple *row;

    if (cache_database() == 0)
        return 0;
    row = syscache_peek(CACHE_DATABASEOID, datum_of_u32(cache_database()));
    return row == NULL ? 0 : CACHE_ROW(PgDatabase, row)->datdba;
}

/* ---- Who acts ---- */

void role_begin(Oid oid, bool is_superuser)
{
    ASSERT(role.authenticated == 0);
    role.authenticated = oid;
    role.authenticated_is_superuser = is_superuser;
    role_set_session(oid, is_superuser);
}

Oid role_authenticated(void)
{
    return role.authenticated;
}

Oid role_session(void)
{
    return role.session;
}

Oid role_current(void)
{
    return role.current;
}

Oid role_chosen(void)
{
    return role.chosen;
}

bool role_authenticated_is_superuser(void)
{
    return role.authenticated_is_superuser;
}

bool role_session_is_superuser(void)
{
    return role.session_is_superuser;
}

/* The search path may say "$user". */
static void act_as(Oid oid)
{
    role.current = oid;
    namespace_set_user(oid);
}

void role_set_session(Oid oid, bool is_superuser)
{
    role.session = oid;
    act_as(oid);
    role.session_is_superuser = role.chosen_is_superuser = is_superuser;
    role.chosen = 0;
}

void role_set_current(Oid oid, bool is_superuser)
{
    role.chosen = oid;
    act_as(oid == 0 ? role.session : oid);
    role.chosen_is_superuser = oid == 0 ? role.session_is_superuser : is_superuser;
}

bool role_chosen_is_superuser(void)
{
    return role.chosen_is_superuser;
}

void role_switch(Oid oid, unsigned flags)
{
    act_as(oid);
    role.flags = flags;
}

unsigned role_flags(void)
{
    return role.flags;
}

void role_run_as(Oid oid, unsigned flags, void (*work)(void *arg), void *arg)
{
    const Oid before = role.current;
    const unsigned flags_before = role.flags, level = guc_nest_begin();

    role_switch(oid, flags_before | flags);
    ERR_TRY() {
        work(arg);
    }
    ERR_FINALLY() {
        guc_nest_end(level, false);
        role_switch(before, flags_before);
    }
    ERR_END();
}
