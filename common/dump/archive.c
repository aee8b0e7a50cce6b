/* archive.c - entries of a dump: passes, and who can have an owner; archive.h has the terms. */
#include "common/base/base.h"

#include "common/dump/archive.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/sql.h"
#include "common/text/str.h"

/* How the name of a thing that has an owner is found. */
typedef enum OwnedName {
    OWNED_BARE,       /* type and tag */
    OWNED_QUALIFIED,  /* type, schema and tag */
    OWNED_AS_TABLE,   /* the same, but TABLE does for it */
    OWNED_AS_DROPPED, /* what DROP calls it: the tag holds no arguments, or not as SQL has them */
    OWNED_NUMBER,     /* the tag is a number */
} OwnedName;

typedef struct OwnedType {
    const char *type;
    OwnedName name;
} OwnedType;

/* The types of entries that can have an owner, sorted. */
static const OwnedType owned_types[] = {
    {"AGGREGATE", OWNED_AS_DROPPED},
    {"BLOB", OWNED_NUMBER},
    {"COLLATION", OWNED_QUALIFIED},
    {"CONVERSION", OWNED_QUALIFIED},
    {"DATABASE", OWNED_BARE},
    {"DOMAIN", OWNED_QUALIFIED},
    {"EVENT TRIGGER", OWNED_BARE},
    {"FOREIGN DATA WRAPPER", OWNED_BARE},
    {"FOREIGN TABLE", OWNED_QUALIFIED},
    {"FUNCTION", OWNED_AS_DROPPED},
    {"MATERIALIZED VIEW", OWNED_AS_TABLE},
    {"OPERATOR", OWNED_AS_DROPPED},
    {"OPERATOR CLASS", OWNED_AS_DROPPED},
    {"OPERATOR FAMILY", OWNED_AS_DROPPED},
    {"PROCEDURAL LANGUAGE", OWNED_BARE},
    {"PROCEDURE", OWNED_AS_DROPPED},
    {"PUBLICATION", OWNED_BARE},
    {"SCHEMA", OWNED_BARE},
    {"SEQUENCE", OWNED_AS_TABLE},
    {"SERVER", OWNED_BARE},
    {"STATISTICS", OWNED_QUALIFIED},
    {"SUBSCRIPTION", OWNED_BARE},
    {"TABLE", OWNED_QUALIFIED},
    {"TEXT SEARCH CONFIGURATION", OWNED_QUALIFIED},
    {"TEXT SEARCH DICTIONARY", OWNED_QUALIFIED},
    {"TYPE", OWNED_QUALIFIED},
    {"VIEW", OWNED_AS_TABLE},
};

static int compare_type(const void *type, const void *row);
static const char *dropped_name(const char *drop);

void archive_init(Archive *a)
{
    *a = (Archive){.has_standard_strings = true};
    array_init(&a->entries, sizeof(ArchiveEntry));
}

void archive_add(Archive *a, const ArchiveEntry *entry)
{
    ArchiveEntry *added = array_push(&a->entries);

    *added = *entry;
}

void archive_add_literal(const Archive *a, StrBuf *sql, const char *text)
{
    if (a->has_standard_strings)
        sql_add_literal(sql, text);
    else
        sql_add_literal_escaped(sql, text);
}

ArchivePass archive_pass(const ArchiveEntry *entry)
{
    if (str_equal(entry->type, "ACL") || str_equal(entry->type, "ACL LANGUAGE") ||
        str_equal(entry->type, "DEFAULT ACL"))
        return ARCHIVE_PASS_RIGHTS;
    if (str_equal(entry->type, "EVENT TRIGGER") || str_equal(entry->type, "MATERIALIZED VIEW DATA"))
        return ARCHIVE_PASS_LAST;
    if (str_equal(entry->type, "COMMENT") && str_starts_with(entry->tag, "EVENT TRIGGER "))
        return ARCHIVE_PASS_LAST;
    return ARCHIVE_PASS_MAIN;
}

const char *archive_owned_name(const Archive *a, const ArchiveEntry *entry)
{
    const OwnedType *owned = bsearch(entry->type, owned_types, ARRAY_LEN(owned_types),
                                     sizeof owned_types[0], compare_type);
    const char *tag;

    if (owned == NULL)
        return NULL;
    switch (owned->name) {
    case OWNED_AS_DROPPED:
        return dropped_name(entry->drop);
    case OWNED_NUMBER:
        return mem_printf("LARGE OBJECT %s", entry->tag);
    case OWNED_BARE:
    case OWNED_QUALIFIED:
    case OWNED_AS_TABLE:
        break;
    }
    tag = sql_identifier(entry->tag, a->quoting);
    if (owned->name == OWNED_BARE || entry->schema == NULL)
        return mem_printf("%s %s", entry->type, tag);
    return mem_printf("%s %s.%s", owned->name == OWNED_AS_TABLE ? "TABLE" : entry->type,
                      sql_identifier(entry->schema, a->quoting), tag);
}

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const OwnedType *)row)->type);
}

/* "DROP FUNCTION public.f();\n" without the first word and the end. */
static const char *dropped_name(const char *drop)
{
    size_t len;

    ASSERT(str_starts_with(drop, "DROP "));
    drop += strlen("DROP ");
    len = strlen(drop);
    while (len > 0 && (drop[len - 1] == '\n' || drop[len - 1] == ';'))
        len--;
    return mem_strndup(drop, len);
}
