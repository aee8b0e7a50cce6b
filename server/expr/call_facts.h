/*
 * call_facts.h - tell fmgr what a call's expression says, and how other functions are found
 */
#ifndef EXPR_CALL_FACTS_H
#define EXPR_CALL_FACTS_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"

/* Once, by main. */
void call_facts_install(void);

/* Who runs functions in SQL: fills in the function of a site whose row is given. */
void call_facts_set_sql(void (*resolve)(const PgProc *row, FmgrSite *site));

/* Fill in the function of a site from its row of pg_proc, without what guards it. */
void call_facts_resolve(const HeapTuple *row, FmgrSite *site);

#endif
