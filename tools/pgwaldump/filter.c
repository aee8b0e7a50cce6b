/* filter.c - which records are shown. */
#include "common/base/base.h"

#include <strings.h>

#include "common/err/err.h"
#include "common/format/rel_path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/walrec/describe.h"
#include "common/walrec/rmgr.h"
#include "tools/pgwaldump/pgwaldump_int.h"

static void read_rmgr(Filter *filter, const Options *o, const char *name);
static void read_fork(Filter *filter, const Options *o, const char *name);
static void read_relation(Filter *filter, const Options *o, const char *text);
static bool next_number(const char **rest, uint32_t *out);
static bool takes_a_block(const Filter *filter, const WalRecord *record);

void filter_read(Filter *filter, const Options *o)
{
    const DumpOptions *d = o->values;

    *filter = (Filter){.wants_full_page = d->wants_full_page};
    if (d->block != NULL) {
        filter->has_block = true;
        if (!num_try_parse_u32(d->block, &filter->block) || filter->block > BLOCK_NO_MAX)
            option_raise_usage(o, "invalid block number: \"%s\"", d->block);
    }
    if (d->fork != NULL)
        read_fork(filter, o, d->fork);
    array_foreach(const char *, name, &d->rmgrs)
        read_rmgr(filter, o, *name);
    if (d->relation != NULL)
        read_relation(filter, o, d->relation);
    if (d->xid != NULL) {
        filter->has_xid = true;
        if (!num_try_parse_u32(d->xid, &filter->xid))
            option_raise_usage(o, "invalid transaction ID specification: \"%s\"", d->xid);
    }
    if (filter->has_block && !filter->has_rel)
        option_raise_usage(o, "option %s requires option %s to be specified", "-B/--block",
                           "-R/--relation");
    filter->is_on = filter->has_rmgrs || filter->has_xid || filter->has_rel || filter->has_fork ||
                    filter->wants_full_page;
}

bool filter_lists_rmgrs(const DumpOptions *d)
{
    array_foreach(const char *, name, &d->rmgrs) {
        if (strcasecmp(*name, "list") == 0)
            return true;
    }
    return false;
}

/* "custom128" to "custom255" are names too, whether or not there is such a manager. */
static void read_rmgr(Filter *filter, const Options *o, const char *name)
{
    filter->has_rmgrs = true;
    if (strncasecmp(name, "custom", strlen("custom")) == 0) {
        const char *digits = name + strlen("custom");
        uint32_t id;

        if (strlen(digits) != 3 || !num_try_parse_u32(digits, &id) || id < RMGR_CUSTOM_MIN ||
            id >= RMGR_IDS)
            option_raise_usage(o, "custom resource manager \"%s\" does not exist", name);
        filter->rmgrs[id] = true;
        return;
    }
    for (unsigned id = 0; id < RMGR_COUNT; id++) {
        if (strcasecmp(name, walrec_rmgr_name((uint8_t)id)) == 0) {
            filter->rmgrs[id] = true;
            return;
        }
    }
    option_raise_usage(o, "resource manager \"%s\" does not exist", name);
}

static void read_fork(Filter *filter, const Options *o, const char *name)
{
    filter->has_fork = true;
    for (uint32_t fork = 0; fork < FORK_COUNT; fork++) {
        if (str_equal(name, fork_name((ForkNo)fork))) {
            filter->fork = fork;
            return;
        }
    }
    option_raise_usage(o, "invalid fork name: \"%s\"", name);
}

/* Shared relations have database 0; there is no other zero in the name of a relation. */
static void read_relation(Filter *filter, const Options *o, const char *text)
{
    const char *rest = text;
    RelTag rel;

    if (!next_number(&rest, &rel.tablespace) || !next_number(&rest, &rel.database) ||
        !next_number(&rest, &rel.rel) || rest != NULL || rel.tablespace == 0 || rel.rel == 0)
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("invalid relation specification: \"%s\"", text),
                  .detail = "Expecting \"tablespace OID/database OID/relation filenode\".",
                  .hint = err_fmt("Try \"%s --help\" for more information.", o->program));
    filter->has_rel = true;
    filter->rel = rel;
}

static bool next_number(const char **rest, uint32_t *out)
{
    const char *piece = str_split(rest, '/');

    return piece != NULL && num_try_parse_u32(piece, out);
}

bool filter_takes(const Filter *filter, const WalRecord *record)
{
    if (filter->has_rmgrs && !filter->rmgrs[record->rmgr])
        return false;
    if (filter->has_xid && record->xid != filter->xid)
        return false;
    if ((filter->has_rel || filter->has_fork) && !takes_a_block(filter, record))
        return false;
    if (filter->wants_full_page) {
        for (int id = 0; id <= record->ref_id_max; id++) {
            if (record->refs[id].is_used && record->refs[id].has_image)
                return true;
        }
        return false;
    }
    return true;
}

/* True when one reference has all that is asked of a block. */
static bool takes_a_block(const Filter *filter, const WalRecord *record)
{
    for (int id = 0; id <= record->ref_id_max; id++) {
        const BlockTag *tag = &record->refs[id].tag;

        if (record->refs[id].is_used &&
            (!filter->has_rel || rel_tag_equal(&tag->rel, &filter->rel)) &&
            (!filter->has_fork || tag->fork == filter->fork) &&
            (!filter->has_block || tag->block == filter->block))
            return true;
    }
    return false;
}
