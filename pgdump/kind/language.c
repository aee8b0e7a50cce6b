/* language.c - procedural languages. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct LanguageObject {
    DumpObject object;
    bool is_trusted;
    Oid handler, inline_handler, validator;
} LanguageObject;

static void take(Dump *d, void *row);
static void add_handlers(Dump *d, const LanguageObject *language, StrBuf *sql);
static bool is_known(const Dump *d, Oid function);

void language_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("l.oid", OID, LanguageObject, object.oid),
        COLUMN("l.lanname", TEXT, LanguageObject, object.name),
        COLUMN("l.lanowner", ROLE, LanguageObject, object.owner),
        COLUMNS_RIGHTS("l.lanacl", "l", "l.lanowner", LanguageObject, object.rights),
        COLUMN("l.lanpltrusted", BOOL, LanguageObject, is_trusted),
        COLUMN("l.lanplcallfoid", OID, LanguageObject, handler),
        COLUMN("l.laninline", OID, LanguageObject, inline_handler),
        COLUMN("l.lanvalidator", OID, LanguageObject, validator),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_language l",
        .where = "l.lanispl",
        .order = "l.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(LanguageObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    LanguageObject *language = row;

    object_add(d, &language->object, KIND_LANGUAGE);
    if (language->object.oid >= FIRST_USER_OID)
        select_alone(d, &language->object);
    else if (!language->object.is_member)
        language->object.wanted = PART_RIGHTS;
}

void language_print(Dump *d, DumpObject *o)
{
    const LanguageObject *language = (const LanguageObject *)o;
    const char *name = entry_name(d, o->name);
    StrBuf sql;

    strbuf_init(&sql);
    add_handlers(d, language, &sql);
    entry_add(d, o,
              &(Definition){
                  .type = "PROCEDURAL LANGUAGE",
                  .word = "LANGUAGE",
                  .name = name,
                  .create = sql.text,
                  .rights_word = language->is_trusted ? "LANGUAGE" : NULL,
              });
}

/* A language whose functions are the server's own is known to the server by its name. */
static void add_handlers(Dump *d, const LanguageObject *language, StrBuf *sql)
{
    const char *name = entry_name(d, language->object.name);

    if (!is_known(d, language->handler) ||
        (language->inline_handler != 0 && !is_known(d, language->inline_handler)) ||
        (language->validator != 0 && !is_known(d, language->validator))) {
        strbuf_add_fmt(sql, "CREATE OR REPLACE PROCEDURAL LANGUAGE %s;\n", name);
        return;
    }
    strbuf_add_fmt(sql, "CREATE %sPROCEDURAL LANGUAGE %s HANDLER %s",
                   language->is_trusted ? "TRUSTED " : "", name,
                   entry_qualified(d, object_find(d, CATALOG_PROC, language->handler)));
    if (language->inline_handler != 0)
        strbuf_add_fmt(sql, " INLINE %s",
                       entry_qualified(d, object_find(d, CATALOG_PROC, language->inline_handler)));
    if (language->validator != 0)
        strbuf_add_fmt(sql, " VALIDATOR %s",
                       entry_qualified(d, object_find(d, CATALOG_PROC, language->validator)));
    strbuf_add(sql, ";\n");
}

/* Will the function be there when the script is run? */
static bool is_known(const Dump *d, Oid function)
{
    const DumpObject *o = object_find(d, CATALOG_PROC, function);

    return o != NULL && o->wanted != 0;
}
