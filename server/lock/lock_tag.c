/* lock_tag.c - what heavyweight locks are on, in words. */
#include "common/base/base.h"

#include "server/lock/lock_tag.h"

#include <stdio.h>

static const char *const kind_names[] = {
#define ROW(kind, name) name,
#include "server/lock/lock_kind.def"
#undef ROW
};

const char *lock_kind_name(LockKind kind)
{
    return kind < LOCK_KIND_COUNT ? kind_names[kind] : "unrecognized";
}

const char *lock_tag_describe(const LockTag *t, char text[LOCK_TAG_TEXT_SIZE])
{
    const size_t size = LOCK_TAG_TEXT_SIZE;

    switch ((LockKind)t->kind) {
    case LOCK_KIND_RELATION:
        snprintf(text, size, "relation %u of database %u", t->b, t->a);
        break;
    case LOCK_KIND_EXTEND:
        snprintf(text, size, "extension of relation %u of database %u", t->b, t->a);
        break;
    case LOCK_KIND_FROZENID:
        snprintf(text, size, "pg_database.datfrozenxid of database %u", t->a);
        break;
    case LOCK_KIND_PAGE:
        snprintf(text, size, "page %u of relation %u of database %u", t->c, t->b, t->a);
        break;
    case LOCK_KIND_TUPLE:
        snprintf(text, size, "tuple (%u,%u) of relation %u of database %u", t->c, t->d, t->b, t->a);
        break;
    case LOCK_KIND_TRANSACTION:
        snprintf(text, size, "transaction %u", t->a);
        break;
    case LOCK_KIND_VIRTUAL_XID:
        snprintf(text, size, "virtual transaction %d/%u", (int)t->a, t->b);
        break;
    case LOCK_KIND_SPECULATIVE_TOKEN:
        snprintf(text, size, "speculative token %u of transaction %u", t->b, t->a);
        break;
    case LOCK_KIND_OBJECT:
        snprintf(text, size, "object %u of class %u of database %u", t->c, t->b, t->a);
        break;
    case LOCK_KIND_USER:
        snprintf(text, size, "user lock [%u,%u,%u]", t->a, t->b, t->c);
        break;
    case LOCK_KIND_ADVISORY:
        snprintf(text, size, "advisory lock [%u,%u,%u,%u]", t->a, t->b, t->c, t->d);
        break;
    default:
        snprintf(text, size, "unrecognized locktag type %d", t->kind);
    }
    return text;
}
