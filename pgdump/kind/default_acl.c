/* default_acl.c - the rights that new objects begin with. */
#include "common/base/base.h"

#include <string.h>

#include "common/dump/acl.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct DefaultAclObject {
    DumpObject object;
    Oid schema;
    char type;
} DefaultAclObject;

static void take(Dump *d, void *row);
static const char *word_of(char type);

void default_acl_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("oid", OID, DefaultAclObject, object.oid),
        COLUMN("defaclobjtype", TEXT, DefaultAclObject, object.name),
        COLUMN("defaclobjtype", CHAR, DefaultAclObject, type),
        COLUMN("defaclnamespace", OID, DefaultAclObject, schema),
        COLUMN("defaclrole", ROLE, DefaultAclObject, object.owner),
        COLUMN("defaclacl", TEXT, DefaultAclObject, object.rights.acl),
        /* In one schema rights are added to those that there are anyway. */
        COLUMN("CASE WHEN defaclnamespace = 0 THEN pg_catalog.acldefault("
               "CASE WHEN defaclobjtype = 'S' THEN 's'::\"char\" ELSE defaclobjtype END, "
               "defaclrole) END",
               TEXT, DefaultAclObject, object.rights.given),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_default_acl",
        .order = "oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(DefaultAclObject),
    };

    if (!d->options->no_rights)
        catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    DefaultAclObject *acl = row;

    if (acl->schema != 0)
        acl->object.schema = object_schema(d, acl->schema);
    object_add(d, &acl->object, KIND_DEFAULT_ACL);
    if (acl->schema != 0)
        acl->object.wanted = acl->object.schema->object.wanted_inside;
    else
        select_alone(d, &acl->object);
}

void default_acl_print(Dump *d, DumpObject *o)
{
    const DefaultAclObject *acl = (const DefaultAclObject *)o;
    const char *word = word_of(acl->type);
    StrBuf sql, prefix;

    strbuf_init(&prefix);
    strbuf_add_fmt(&prefix, "ALTER DEFAULT PRIVILEGES FOR ROLE %s ", entry_name(d, o->owner));
    if (o->schema != NULL)
        strbuf_add_fmt(&prefix, "IN SCHEMA %s ", entry_name(d, o->schema->object.name));
    strbuf_init(&sql);
    acl_add_statements(&sql,
                       &(AclTarget){.word = word,
                                    .name = "",
                                    .owner = o->owner,
                                    .prefix = prefix.text,
                                    .quoting = d->quoting,
                                    .major = d->major},
                       o->rights.acl, o->rights.given);
    entry_add_definition(d, o,
                         &(Definition){
                             .type = "DEFAULT ACL",
                             .tag = mem_printf("DEFAULT PRIVILEGES FOR %s", word),
                             .create = sql.text,
                             .drop = "",
                         });
}

static const char *word_of(char type)
{
    switch (type) {
    case 'r':
        return "TABLES";
    case 'S':
        return "SEQUENCES";
    case 'f':
        return "FUNCTIONS";
    case 'T':
        return "TYPES";
    case 'n':
        return "SCHEMAS";
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("unrecognized object type in default privileges: %d", type));
    }
}

int default_acl_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(a->owner, b->owner);
}
