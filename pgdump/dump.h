/* dump.h - one run of pgdump: what all its parts look at, and the course of it. */
#ifndef PGDUMP_DUMP_H
#define PGDUMP_DUMP_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/dump/archive.h"
#include "pgdump/object.h"
#include "pgdump/options.h"

/* The catalogs that objects are rows of, by their rows in pg_class; the same in all versions. */
enum {
    CATALOG_ACCESS_METHOD = 2601,
    CATALOG_ATTRDEF = 2604,
    CATALOG_CAST = 2605,
    CATALOG_CLASS = 1259,
    CATALOG_COLLATION = 3456,
    CATALOG_CONSTRAINT = 2606,
    CATALOG_CONVERSION = 2607,
    CATALOG_DATABASE = 1262,
    CATALOG_DEFAULT_ACL = 826,
    CATALOG_EVENT_TRIGGER = 3466,
    CATALOG_EXTENSION = 3079,
    CATALOG_FOREIGN_SERVER = 1417,
    CATALOG_FOREIGN_WRAPPER = 2328,
    CATALOG_LANGUAGE = 2612,
    CATALOG_NAMESPACE = 2615,
    CATALOG_OPCLASS = 2616,
    CATALOG_OPERATOR = 2617,
    CATALOG_OPFAMILY = 2753,
    CATALOG_POLICY = 3256,
    CATALOG_PROC = 1255,
    CATALOG_PUBLICATION = 6104,
    CATALOG_PUBLICATION_NAMESPACE = 6237,
    CATALOG_PUBLICATION_REL = 6106,
    CATALOG_REWRITE = 2618,
    CATALOG_STATISTIC = 3381,
    CATALOG_SUBSCRIPTION = 6100,
    CATALOG_TRANSFORM = 3576,
    CATALOG_TRIGGER = 2620,
    CATALOG_TS_CONFIG = 3602,
    CATALOG_TS_DICT = 3600,
    CATALOG_TS_PARSER = 3601,
    CATALOG_TS_TEMPLATE = 3764,
    CATALOG_TYPE = 1247,
};

#define FIRST_USER_OID 16384 /* objects below were made by initdb */

typedef struct Dump {
    const DumpOptions *options;
    Client *client;
    unsigned major;     /* version of the server: 15 */
    Oid database;       /* its row in pg_database */
    SqlQuoting quoting; /* of all names */
    Archive archive;
    Array objects; /* DumpObject *, by number */
    Hash by_row;   /* objects by catalog and oid */
    Hash members;  /* of extensions, by catalog and oid */
    Hash roles;    /* names by oid */
    Hash comments; /* by catalog and oid */
    Hash labels;
    uint32_t extra_count;     /* entries that are no object's own */
    uint32_t post_data_begin; /* the number of the boundary */
} Dump;

/* Dump the database that the options name; the exit code. */
int dump_run(const Options *o);

#endif
