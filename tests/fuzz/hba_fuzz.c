/*
 * hba_fuzz.c - any bytes as pg_hba.conf and as pg_ident.conf, with clients to match
 *
 * A client that a rule lets in must be one that the rule's kind of connection allows.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/auth/hba.h"
#include "server/auth/ident.h"
#include "tests/fuzz/target.h"

static void match(const Array *rules, bool is_local, const char *database)
{
    HbaClient client = {.is_local = is_local,
                        .is_physical_replication = database == NULL,
                        .address = {.bytes = {203, 0, 113, 7}, .len = 4},
                        .database = database,
                        .user = "u",
                        .host = ""}; /* no name is asked for */
    const HbaRule *rule = hba_match_rules(rules, &client);

    if (rule != NULL && (!rule->is_valid || (rule->conn == HBA_LOCAL) != is_local))
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    Array rules, maps;

    hba_parse("/nowhere/pg_hba.conf", (const char *)data, size, ERR_DEBUG, &rules);
    match(&rules, true, "d");
    match(&rules, false, "u");
    match(&rules, false, NULL);
    ident_parse("/nowhere/pg_ident.conf", (const char *)data, size, ERR_DEBUG, &maps);
    ident_match_maps(&maps, "m", "a", "b", IDENT_CASE_COUNTS);
}
