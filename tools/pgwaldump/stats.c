/* stats.c - how many records and bytes, by manager or by kind. */
#include "common/base/base.h"

#include "common/json/writer.h"
#include "common/text/num.h"
#include "common/walrec/describe.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "tools/pgwaldump/pgwaldump_int.h"

static Counts counts_of_rmgr(const Stats *stats, unsigned rmgr);
static Counts counts_of_kind(const Stats *stats, unsigned rmgr, unsigned kind);
static void add_counts(Counts *to, const Counts *from);
static void print_row(StrBuf *out, const char *name, const Counts *counts, const Counts *total);
static double share(uint64_t part, uint64_t whole);
static void kind_text(const Stats *stats, uint8_t rmgr, unsigned kind, char *room, size_t size);
static void json_row(StrBuf *out, const char *rmgr, const char *kind, const Counts *counts);

void stats_add(Stats *stats, const WalRecord *record)
{
    Counts *counts = &stats->kinds[record->rmgr][record->info >> 4];

    counts->record_count++;
    counts->record_bytes += record->total_len - record->images_len;
    counts->image_bytes += record->images_len;
    stats->end = record->end;
    stats->version = record->version;
}

void stats_print(StrBuf *out, const Stats *stats, StatsKind kind)
{
    Counts total = {0};
    char name[64], room[16], record_share[16], image_share[16];
    uint64_t bytes;

    /* As pg_waldump: no records, no table. */
    if (stats->end == LSN_NONE)
        return;
    for (unsigned rmgr = 0; rmgr < RMGR_IDS; rmgr++) {
        Counts counts = counts_of_rmgr(stats, rmgr);

        add_counts(&total, &counts);
    }

    strbuf_add_fmt(out, "WAL statistics between " LSN_FMT " and " LSN_FMT ":\n",
                   LSN_ARG(stats->begin), LSN_ARG(stats->end));
    strbuf_add_fmt(out, "%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n", "Type", "N", "(%)",
                   "Record size", "(%)", "FPI size", "(%)", "Combined size", "(%)");
    strbuf_add_fmt(out, "%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n", "----", "-", "---",
                   "-----------", "---", "--------", "---", "-------------", "---");
    for (unsigned rmgr = 0; rmgr < RMGR_IDS; rmgr++) {
        Counts counts = counts_of_rmgr(stats, rmgr);

        /* Built-in managers have a row in any case, those of extensions when there are records. */
        if (kind == STATS_BY_RMGR && (rmgr < RMGR_COUNT || counts.record_count > 0))
            print_row(out, rmgr_text((uint8_t)rmgr, room), &counts, &total);
        for (unsigned k = 0; kind == STATS_BY_RECORD && k < RMGR_KINDS; k++) {
            counts = counts_of_kind(stats, rmgr, k);
            if (counts.record_count == 0)
                continue;
            kind_text(stats, (uint8_t)rmgr, k, name, sizeof(name));
            print_row(out, name, &counts, &total);
        }
    }
    strbuf_add_fmt(out, "%-27s %20s %8s %20s %8s %20s %8s %20s\n", "", "--------", "", "--------",
                   "", "--------", "", "--------");
    bytes = total.record_bytes + total.image_bytes;
    snprintf(record_share, sizeof(record_share), "[%.02f%%]", share(total.record_bytes, bytes));
    snprintf(image_share, sizeof(image_share), "[%.02f%%]", share(total.image_bytes, bytes));
    strbuf_add_fmt(
        out, "%-27s %20" PRIu64 " %8s %20" PRIu64 " %-9s%20" PRIu64 " %-9s%20" PRIu64 " [100%%]\n",
        "Total", total.record_count, "", total.record_bytes, record_share, total.image_bytes,
        image_share, bytes);
}

static Counts counts_of_rmgr(const Stats *stats, unsigned rmgr)
{
    Counts sum = {0};

    for (unsigned kind = 0; kind < RMGR_KINDS; kind++)
        add_counts(&sum, &stats->kinds[rmgr][kind]);
    return sum;
}

/* The top bit of a transaction's record is no part of its kind. */
static Counts counts_of_kind(const Stats *stats, unsigned rmgr, unsigned kind)
{
    Counts sum = stats->kinds[rmgr][kind];

    if (rmgr == RMGR_XACT) {
        if (kind >= RMGR_KINDS / 2)
            return (Counts){0};
        add_counts(&sum, &stats->kinds[rmgr][kind + RMGR_KINDS / 2]);
    }
    return sum;
}

static void add_counts(Counts *to, const Counts *from)
{
    to->record_count += from->record_count;
    to->record_bytes += from->record_bytes;
    to->image_bytes += from->image_bytes;
}

static void print_row(StrBuf *out, const char *name, const Counts *counts, const Counts *total)
{
    uint64_t bytes = counts->record_bytes + counts->image_bytes;

    strbuf_add_fmt(out,
                   "%-27s %20" PRIu64 " (%6.02f) %20" PRIu64 " (%6.02f) %20" PRIu64
                   " (%6.02f) %20" PRIu64 " (%6.02f)\n",
                   name, counts->record_count, share(counts->record_count, total->record_count),
                   counts->record_bytes, share(counts->record_bytes, total->record_bytes),
                   counts->image_bytes, share(counts->image_bytes, total->image_bytes), bytes,
                   share(bytes, total->record_bytes + total->image_bytes));
}

/* In percent. */
static double share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void kind_text(const Stats *stats, uint8_t rmgr, unsigned kind, char *room, size_t size)
{
    const char *name = walrec_kind_name(stats->version, rmgr, (uint8_t)(kind << 4));
    char rmgr_room[16];

    if (name != NULL)
        snprintf(room, size, "%s/%s", rmgr_text(rmgr, rmgr_room), name);
    else
        snprintf(room, size, "%s/UNKNOWN (%x)", rmgr_text(rmgr, rmgr_room), kind << 4);
}

/* ---- JSON ---- */

void stats_print_json(StrBuf *out, const Stats *stats, StatsKind kind)
{
    char room[16];

    for (unsigned rmgr = 0; rmgr < RMGR_IDS; rmgr++) {
        const char *name = rmgr_text((uint8_t)rmgr, room);
        Counts counts = counts_of_rmgr(stats, rmgr);

        if (counts.record_count == 0)
            continue;
        if (kind == STATS_BY_RMGR)
            json_row(out, name, NULL, &counts);
        for (unsigned k = 0; kind == STATS_BY_RECORD && k < RMGR_KINDS; k++) {
            counts = counts_of_kind(stats, rmgr, k);
            if (counts.record_count > 0)
                json_row(out, name,
                         walrec_kind_name(stats->version, (uint8_t)rmgr, (uint8_t)(k << 4)),
                         &counts);
        }
    }
}

static void json_row(StrBuf *out, const char *rmgr, const char *kind, const Counts *counts)
{
    JsonWriter w;

    json_writer_init(&w, out, JSON_COMPACT);
    json_write_begin_object(&w);
    json_write_key(&w, "rmgr");
    json_write_string(&w, rmgr);
    if (kind != NULL) {
        json_write_key(&w, "kind");
        json_write_string(&w, kind);
    }
    json_write_key(&w, "records");
    json_write_u64(&w, counts->record_count);
    json_write_key(&w, "record_bytes");
    json_write_u64(&w, counts->record_bytes);
    json_write_key(&w, "image_bytes");
    json_write_u64(&w, counts->image_bytes);
    json_write_end_object(&w);
    json_writer_finish(&w);
    put_char(out, '\n');
}
