/* zone_list.c - the rows of pg_timezone_names and pg_timezone_abbrevs. */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/common/heap_form.h"
#include "server/txn/txn.h"
#include "server/types/datetime.h"
#include "server/types/set.h"
#include "server/types/types_int.h"

#define TYPE_BOOL        16
#define TYPE_TEXT        25
#define TYPE_INTERVAL    1186
#define TYPE_RECORD      2249
#define LIST_COLUMNS_MAX 4
#define ABBREV_MAX       31 /* longer ones are files that are no zones */

static TupleDesc *desc_new(unsigned columns)
{
    TupleDesc *desc = tuple_desc_new(columns);

    desc->row_type = TYPE_RECORD;
    desc->row_type_mod = -1;
    return desc;
}

static Datum row(FmgrCall *call, const TupleDesc *desc, const Datum *values)
{
    static const bool nulls[LIST_COLUMNS_MAX];

    return set_row(call, heap_to_record(heap_form(desc, values, nulls), desc));
}

static Datum offset_interval(int32_t seconds)
{
    return interval_result(&(Interval){.usec = seconds * USECS_PER_SEC});
}

/* ---- pg_timezone_abbrevs ---- */

typedef struct AbbrevList {
    size_t next;
    TupleDesc *desc;
} AbbrevList;

static AbbrevList *abbrevs_begin(FmgrCall *call)
{
    AbbrevList *list = set_begin(call, sizeof *list);

    MEM_SCOPE(set_mem(call)) {
        list->desc = desc_new(3);
        tuple_desc_set(list->desc, 1, "abbrev", TYPE_TEXT, -1, false, 'i');
        tuple_desc_set(list->desc, 2, "utc_offset", TYPE_INTERVAL, 16, false, 'd');
        tuple_desc_set(list->desc, 3, "is_dst", TYPE_BOOL, 1, true, 'c');
    }
    return list;
}

Datum pg_timezone_abbrevs(FmgrCall *call)
{
    AbbrevList *list = set_state(call);
    ZoneAbbrev abbrev;

    if (list == NULL)
        list = abbrevs_begin(call);
    if (!zone_abbrev_at(list->next++, &abbrev))
        return set_end(call);
    if (abbrev.zone != NULL)
        abbrev.offset = zone_abbrev_offset_at(&abbrev, txn_start_time(), &abbrev.is_daylight);
    return row(call, list->desc,
               (const Datum[]){text_result_of(abbrev.name), offset_interval(abbrev.offset),
                               datum_of_bool(abbrev.is_daylight)});
}

/* ---- pg_timezone_names ---- */

typedef struct NameList {
    Array names; /* char * */
    size_t next;
    TupleDesc *desc;
    MemContext *scratch; /* for one zone, which is large */
} NameList;

static NameList *names_begin(FmgrCall *call)
{
    NameList *list = set_begin(call, sizeof *list);

    MEM_SCOPE(set_mem(call)) {
        timezone_list(&list->names);
        list->scratch = mem_context_new(set_mem(call), "time zone");
        list->desc = desc_new(4);
        tuple_desc_set(list->desc, 1, "name", TYPE_TEXT, -1, false, 'i');
        tuple_desc_set(list->desc, 2, "abbrev", TYPE_TEXT, -1, false, 'i');
        tuple_desc_set(list->desc, 3, "utc_offset", TYPE_INTERVAL, 16, false, 'd');
        tuple_desc_set(list->desc, 4, "is_dst", TYPE_BOOL, 1, true, 'c');
    }
    return list;
}

/* NULL for files that are no zones, as there are some in the database. */
static const TimeZone *read_zone(const char *name)
{
    const TimeZone *volatile zone = NULL;

    ERR_TRY() {
        zone = timezone_find(name);
    }
    ERR_CATCH() {
        /* A file that is damaged, or counts leap seconds, is not listed. */
    }
    ERR_END();
    return zone;
}

Datum pg_timezone_names(FmgrCall *call)
{
    NameList *list = set_state(call);
    int64_t now = unix_of_timestamp(txn_start_time());

    if (list == NULL)
        list = names_begin(call);
    while (list->next < list->names.count) {
        const char *name = *(char **)array_at(&list->names, list->next++);
        const TimeZone *zone;
        ZoneOffset offset;

        mem_reset(list->scratch);
        MEM_SCOPE(list->scratch) {
            zone = read_zone(name);
        }
        if (zone == NULL)
            continue;
        offset = timezone_offset_at(zone, now);
        if (strlen(offset.abbreviation) > ABBREV_MAX)
            continue;
        return row(call, list->desc,
                   (const Datum[]){text_result_of(name), text_result_of(offset.abbreviation),
                                   offset_interval(offset.seconds),
                                   datum_of_bool(offset.is_daylight)});
    }
    return set_end(call);
}
