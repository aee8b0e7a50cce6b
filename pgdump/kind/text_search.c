/* text_search.c - parsers, templates, dictionaries and configurations of text search. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct TextSearchObject {
    DumpObject object;
    const char *functions[5];            /* as regproc; "-": none */
    const char *base_schema, *base_name; /* the template or the parser that it stands on */
    const char *options;
} TextSearchObject;

/* A function of a parser or template, and what CREATE calls it. */
typedef struct FunctionWord {
    const char *word;
    bool is_last;
} FunctionWord;

#define OBJECT_COLUMNS(prefix)                                        \
 COLUMN("x.oid", OID, TextSearchObject, object.oid),                  \
     COLUMN("x." prefix "name", TEXT, TextSearchObject, object.name), \
     COLUMN("x." prefix "namespace", SCHEMA, TextSearchObject, object.schema)

static void take_parser(Dump *d, void *row);
static void take_template(Dump *d, void *row);
static void take_dictionary(Dump *d, void *row);
static void take_configuration(Dump *d, void *row);
static void take(Dump *d, void *row, KindId kind);
static void print(Dump *d, DumpObject *o, const char *type, const char *create);
static void add_functions(const TextSearchObject *object, const FunctionWord *words, StrBuf *sql);
static void add_mappings(Dump *d, const DumpObject *o, StrBuf *sql);

void ts_parser_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        OBJECT_COLUMNS("prs"),
        COLUMN("x.prsstart::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[0]),
        COLUMN("x.prstoken::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[1]),
        COLUMN("x.prsend::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[2]),
        COLUMN("x.prsheadline::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[3]),
        COLUMN("x.prslextype::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[4]),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_ts_parser x",
        .where = "x.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TextSearchObject),
    };

    catalog_read(d, &query, NULL, take_parser);
}

void ts_template_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        OBJECT_COLUMNS("tmpl"),
        COLUMN("x.tmplinit::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[0]),
        COLUMN("x.tmpllexize::pg_catalog.oid::pg_catalog.regproc", TEXT, TextSearchObject,
               functions[1]),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_ts_template x",
        .where = "x.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TextSearchObject),
    };

    catalog_read(d, &query, NULL, take_template);
}

void ts_dict_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        OBJECT_COLUMNS("dict"),
        COLUMN("x.dictowner", ROLE, TextSearchObject, object.owner),
        COLUMN("x.dictinitoption", TEXT, TextSearchObject, options),
        COLUMN("n.nspname", TEXT, TextSearchObject, base_schema),
        COLUMN("t.tmplname", TEXT, TextSearchObject, base_name),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_ts_dict x\n"
                "JOIN pg_catalog.pg_ts_template t ON (t.oid = x.dicttemplate)\n"
                "JOIN pg_catalog.pg_namespace n ON (n.oid = t.tmplnamespace)",
        .where = "x.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TextSearchObject),
    };

    catalog_read(d, &query, NULL, take_dictionary);
}

void ts_config_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        OBJECT_COLUMNS("cfg"),
        COLUMN("x.cfgowner", ROLE, TextSearchObject, object.owner),
        COLUMN("n.nspname", TEXT, TextSearchObject, base_schema),
        COLUMN("p.prsname", TEXT, TextSearchObject, base_name),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_ts_config x\n"
                "JOIN pg_catalog.pg_ts_parser p ON (p.oid = x.cfgparser)\n"
                "JOIN pg_catalog.pg_namespace n ON (n.oid = p.prsnamespace)",
        .where = "x.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TextSearchObject),
    };

    catalog_read(d, &query, NULL, take_configuration);
}

static void take_parser(Dump *d, void *row)
{
    take(d, row, KIND_TS_PARSER);
}

static void take_template(Dump *d, void *row)
{
    take(d, row, KIND_TS_TEMPLATE);
}

static void take_dictionary(Dump *d, void *row)
{
    take(d, row, KIND_TS_DICT);
}

static void take_configuration(Dump *d, void *row)
{
    take(d, row, KIND_TS_CONFIG);
}

static void take(Dump *d, void *row, KindId kind)
{
    TextSearchObject *object = row;

    object_add(d, &object->object, kind);
    select_in_schema(d, &object->object);
}

void ts_parser_print(Dump *d, DumpObject *o)
{
    static const FunctionWord words[] = {{"START", false},
                                         {"GETTOKEN", false},
                                         {"END", false},
                                         {"HEADLINE", false},
                                         {"LEXTYPES", true}};
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE TEXT SEARCH PARSER %s (\n", entry_qualified(d, o));
    add_functions((const TextSearchObject *)o, words, &sql);
    print(d, o, "TEXT SEARCH PARSER", sql.text);
}

void ts_template_print(Dump *d, DumpObject *o)
{
    static const FunctionWord words[] = {{"INIT", false}, {"LEXIZE", true}};
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE TEXT SEARCH TEMPLATE %s (\n", entry_qualified(d, o));
    add_functions((const TextSearchObject *)o, words, &sql);
    print(d, o, "TEXT SEARCH TEMPLATE", sql.text);
}

static void add_functions(const TextSearchObject *object, const FunctionWord *words, StrBuf *sql)
{
    for (size_t i = 0; i == 0 || !words[i - 1].is_last; i++)
        if (!str_equal(object->functions[i], "-"))
            strbuf_add_fmt(sql, "    %s = %s%s\n", words[i].word, object->functions[i],
                           words[i].is_last ? " );" : ",");
}

void ts_dict_print(Dump *d, DumpObject *o)
{
    const TextSearchObject *dictionary = (const TextSearchObject *)o;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE TEXT SEARCH DICTIONARY %s (\n    TEMPLATE = %s.%s",
                   entry_qualified(d, o), entry_name(d, dictionary->base_schema),
                   entry_name(d, dictionary->base_name));
    /* The server keeps the options as they are to be written. */
    if (dictionary->options != NULL)
        strbuf_add_fmt(&sql, ",\n    %s", dictionary->options);
    strbuf_add(&sql, " );\n");
    print(d, o, "TEXT SEARCH DICTIONARY", sql.text);
}

void ts_config_print(Dump *d, DumpObject *o)
{
    const TextSearchObject *configuration = (const TextSearchObject *)o;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE TEXT SEARCH CONFIGURATION %s (\n    PARSER = %s.%s );\n",
                   entry_qualified(d, o), entry_name(d, configuration->base_schema),
                   entry_name(d, configuration->base_name));
    if (object_wants(o, PART_DEFINITION))
        add_mappings(d, o, &sql);
    print(d, o, "TEXT SEARCH CONFIGURATION", sql.text);
}

/* Which dictionaries are asked for which kind of token. */
static void add_mappings(Dump *d, const DumpObject *o, StrBuf *sql)
{
    ClientResult *r = catalog_exec(
        d, mem_printf("SELECT (SELECT alias FROM pg_catalog.ts_token_type(c.cfgparser) AS t"
                      " WHERE t.tokid = m.maptokentype), m.mapdict::pg_catalog.regdictionary\n"
                      "FROM pg_catalog.pg_ts_config c"
                      " JOIN pg_catalog.pg_ts_config_map m ON (m.mapcfg = c.oid)\n"
                      "WHERE c.oid = '%u' ORDER BY m.maptokentype, m.mapseqno",
                      o->oid));
    const char *last = "";

    for (size_t i = 0; i < client_row_count(r); i++) {
        const char *token = client_value(r, i, 0);

        if (i > 0 && str_equal(token, last)) {
            strbuf_add_fmt(sql, ", %s", client_value(r, i, 1));
            continue;
        }
        strbuf_add_fmt(sql,
                       "%s\nALTER TEXT SEARCH CONFIGURATION %s\n    ADD MAPPING FOR %s WITH %s",
                       i == 0 ? "" : ";\n", entry_qualified(d, o), entry_name(d, token),
                       client_value(r, i, 1));
        last = token;
    }
    strbuf_add(sql, client_row_count(r) > 0 ? ";\n" : "");
    client_result_free(r);
}

static void print(Dump *d, DumpObject *o, const char *type, const char *create)
{
    entry_add(
        d, o,
        &(Definition){
            .type = type, .name = entry_qualified(d, o), .create = create, .has_no_labels = true});
}
