/* acl_change.c - lists of rights are changed; acl_change.h has the how. */
#include "common/base/base.h"

#include "server/object/acl_change.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/object/role.h"

#define PLAIN(rights)   ((rights) & ((1U << RIGHTS_GRANT_BITS) - 1))
#define OPTIONS(rights) ((rights) >> RIGHTS_GRANT_BITS)

/* How an item is put into a list, or taken out of it. */
typedef struct Update {
    bool is_adding, is_cascading;
    Oid owner;
} Update;

static void copy_items(Array *out, const Acl *acl);
static Acl acl_of_items(const Array *items);
static void update(Array *items, const AclItem *by, const Update *how);
static size_t find_item(const Array *items, Oid grantee, Oid grantor);
static void remove_item(Array *items, size_t at);
static void refuse_circle(const Array *items, const AclItem *by, Oid owner);
static void revoke_dependents(Array *items, Oid grantor, Rights lost, const Update *how);

Acl acl_change(const Acl *old, const AclGrant *grant)
{
    const Update how = {grant->is_grant, grant->is_cascading, grant->owner};
    bool has_plain = grant->is_grant || !grant->is_grant_option;
    bool has_options = !grant->is_grant || grant->is_grant_option;
    Array items;

    copy_items(&items, old);
    for (size_t i = 0; i < grant->grantee_count; i++) {
        AclItem by = {.grantee = grant->grantees[i], .grantor = grant->grantor};

        if (grant->is_grant && grant->is_grant_option && by.grantee == ROLE_EVERYBODY)
            err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                      .message = "grant options can only be granted to roles");
        by.rights = (has_plain ? grant->rights : 0) |
                    (has_options ? grant->rights << RIGHTS_GRANT_BITS : 0);
        update(&items, &by, &how);
    }
    return acl_of_items(&items);
}

static void copy_items(Array *out, const Acl *acl)
{
    array_init(out, sizeof(AclItem));
    for (size_t i = 0; i < acl->count; i++)
        *(AclItem *)array_push(out) = acl->items[i];
}

static Acl acl_of_items(const Array *items)
{
    return (Acl){items->items, items->count};
}

static void update(Array *items, const AclItem *by, const Update *how)
{
    size_t at = find_item(items, by->grantee, by->grantor);
    AclItem *item;
    Rights lost;

    if (how->is_adding && OPTIONS(by->rights) != 0)
        refuse_circle(items, by, how->owner);
    if (at == items->count)
        *(AclItem *)array_push(items) = (AclItem){by->grantee, by->grantor, RIGHTS_NONE};
    item = array_at(items, at);
    lost = how->is_adding ? 0 : OPTIONS(item->rights & by->rights);
    if (how->is_adding)
        item->rights |= by->rights;
    else
        item->rights &= ~by->rights;
    if (item->rights == RIGHTS_NONE)
        remove_item(items, at);
    if (lost != 0)
        revoke_dependents(items, by->grantee, lost, how);
}

static size_t find_item(const Array *items, Oid grantee, Oid grantor)
{
    size_t at = 0;

    for (; at < items->count; at++) {
        const AclItem *item = array_at(items, at);

        if (item->grantee == grantee && item->grantor == grantor)
            break;
    }
    return at;
}

static void remove_item(Array *items, size_t at)
{
    AclItem *all = items->items;

    memmove(all + at, all + at + 1, (items->count - at - 1) * sizeof *all);
    items->count--;
}

/*
 * Whoever gets the option must not be who the grantor has it from: without what the grantee has,
 * and gave on, the grantor must still have it. Owners have theirs from nobody.
 */
static void refuse_circle(const Array *items, const AclItem *by, Oid owner)
{
    const Update drop = {.is_cascading = true, .owner = owner};
    const Acl all = acl_of_items(items);
    Rights wanted = OPTIONS(by->rights) << RIGHTS_GRANT_BITS;
    Array left;
    Acl rest;

    if (by->grantor == owner)
        return;
    copy_items(&left, &all);
    for (size_t i = 0; i < left.count;) {
        const AclItem item = *(const AclItem *)array_at(&left, i);

        if (item.grantee != by->grantee || OPTIONS(item.rights) == 0) {
            i++;
            continue;
        }
        update(&left, &item, &drop);
        i = 0;
    }
    rest = acl_of_items(&left);
    if (acl_rights(&rest, owner, by->grantor, wanted, false) != wanted)
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message = "grant options cannot be granted back to your own grantor");
}

/* What grantor gave to others by options that he does not have any more in any way. */
static void revoke_dependents(Array *items, Oid grantor, Rights lost, const Update *how)
{
    const Acl all = acl_of_items(items);

    if (grantor == how->owner)
        return;
    lost &= ~OPTIONS(
        acl_rights(&all, how->owner, grantor, lost << RIGHTS_GRANT_BITS, false));
    for (size_t i = 0; lost != 0 && i < items->count;) {
        AclItem item = *(const AclItem *)array_at(items, i);

        if (item.grantor != grantor || (PLAIN(item.rights) & lost) == 0) {
            i++;
            continue;
        }
        if (!how->is_cascading)
            err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                      .message = "dependent privileges exist",
                      .hint = "Use CASCADE to revoke them too.");
        item.rights = lost | lost << RIGHTS_GRANT_BITS;
        update(items, &item, how);
        i = 0;
    }
}

/* ---- Two lists ---- */

Acl acl_join(const Acl *a, const Acl *b)
{
    Array items;

    copy_items(&items, a);
    for (size_t i = 0; i < b->count; i++)
        *(AclItem *)array_push(&items) = b->items[i];
    return acl_of_items(&items);
}

Acl acl_merge(const Acl *a, const Acl *b, Oid owner)
{
    const Update add = {.is_adding = true, .owner = owner};
    Array items;

    copy_items(&items, a);
    for (size_t i = 0; i < b->count; i++)
        update(&items, &b->items[i], &add);
    return acl_of_items(&items);
}

/* The new owner may be there already: what becomes the same item is one. */
Acl acl_with_owner(const Acl *old, Oid from, Oid to)
{
    Array items;

    array_init(&items, sizeof(AclItem));
    for (size_t i = 0; i < old->count; i++) {
        AclItem item = old->items[i];
        size_t at;

        if (item.rights == RIGHTS_NONE)
            continue;
        item.grantor = item.grantor == from ? to : item.grantor;
        item.grantee = item.grantee == from ? to : item.grantee;
        at = find_item(&items, item.grantee, item.grantor);
        if (at == items.count)
            *(AclItem *)array_push(&items) = item;
        else
            ((AclItem *)array_at(&items, at))->rights |= item.rights;
    }
    return acl_of_items(&items);
}

static int compare_items(const void *left, const void *right)
{
    const AclItem *a = left, *b = right;

    if (a->grantee != b->grantee)
        return a->grantee < b->grantee ? -1 : 1;
    if (a->grantor != b->grantor)
        return a->grantor < b->grantor ? -1 : 1;
    return a->rights < b->rights ? -1 : a->rights > b->rights;
}

Acl acl_sorted(const Acl *acl)
{
    Array items;

    copy_items(&items, acl);
    array_sort(&items, compare_items);
    return acl_of_items(&items);
}

bool acl_equal(const Acl *a, const Acl *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof(AclItem)) == 0);
}

/* ---- Who grants ---- */

/* Granted to that role itself, or its own as the owner. */
static Rights options_of(const Acl *acl, Oid role, Oid owner, Rights options)
{
    Rights found = role == owner ? options : RIGHTS_NONE;

    for (size_t i = 0; i < acl->count; i++) {
        if (acl->items[i].grantee == role)
            found |= OPTIONS(acl->items[i].rights) & options;
    }
    return found;
}

Oid acl_best_grantor(const Acl *acl, Oid role, Oid owner, Rights rights, Rights *available)
{
    const Oid *roles;
    Oid best = role;
    size_t count;
    int best_count = 0;

    *available = rights;
    if (role == owner || role_is_superuser(role))
        return owner;
    *available = RIGHTS_NONE;
    roles = role_rights_list(role, &count);
    for (size_t i = 0; i < count; i++) {
        Rights found = options_of(acl, roles[i], owner, rights);

        if (__builtin_popcount(found) > best_count || (found == rights && found != 0)) {
            best = roles[i];
            best_count = __builtin_popcount(found);
            *available = found;
        }
        if (found == rights)
            break;
    }
    return best;
}

static int compare_oids(const void *left, const void *right)
{
    const Oid *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

Oid *acl_members(const Acl *acl, size_t *count)
{
    Array roles;
    Oid *all;
    size_t kept = 0;

    array_init(&roles, sizeof(Oid));
    for (size_t i = 0; i < acl->count; i++) {
        if (acl->items[i].grantee != ROLE_EVERYBODY)
            *(Oid *)array_push(&roles) = acl->items[i].grantee;
        *(Oid *)array_push(&roles) = acl->items[i].grantor;
    }
    array_sort(&roles, compare_oids);
    all = roles.items;
    for (size_t i = 0; i < roles.count; i++) {
        if (kept == 0 || all[kept - 1] != all[i])
            all[kept++] = all[i];
    }
    *count = kept;
    return all;
}
