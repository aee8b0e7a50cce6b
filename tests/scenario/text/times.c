/*
 * times.c - times read, written and made up, for a comparison with a server
 *
 *     times texts COUNT        print texts that common/text/timestamp.h knows, some out of range
 *     times mutants COUNT      print texts of that kind with an error or two
 *     times values COUNT       print values of PgTime, many of them near changes of clocks
 *     times parse ZONE         for each line of the input what it means, or the SQLSTATE
 *     times complain ZONE      the same with the message
 *     times format ZONE        for each value of the input VALUE|ISO|ISO in UTC|FULL
 *
 * What is made up depends on HOLDFAST_SEED.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timestamp.h"
#include "tests/lib/seed.h"

static Seed seed;

/* One of count words. */
static const char *pick(const char *const *words, size_t count)
{
    return words[seed_below(&seed, count)];
}

static int between(int low, int high)
{
    return low + (int)seed_below(&seed, (uint64_t)(high - low + 1));
}

static bool rarely(void)
{
    return seed_below(&seed, 20) == 0;
}

static void add_date(StrBuf *b)
{
    int year = rarely() ? between(0, 300000) : between(1900, 2100);
    int month = rarely() ? between(0, 14) : between(1, 12);
    int day = rarely() ? between(0, 33) : between(1, 31);

    if (seed_below(&seed, 5) == 0 && year >= 1000 && year <= 9999)
        strbuf_add_fmt(b, "%04d%02d%02d", year, month, day);
    else
        strbuf_add_fmt(b, seed_below(&seed, 5) == 0 ? "%04d-%d-%d" : "%04d-%02d-%02d", year, month,
                       day);
}

static void add_time(StrBuf *b)
{
    int hour = rarely() ? between(0, 26) : between(0, 23);
    int minute = rarely() ? between(0, 62) : between(0, 59);
    int second = rarely() ? between(58, 62) : between(0, 59);
    uint64_t form = seed_below(&seed, 6);

    if (rarely() && rarely())
        hour = 24, minute = second = 0;
    /* Without colons the server lets fields overflow into the next; ours is stricter. */
    if (form == 1 || form == 2)
        hour %= 24, minute %= 60, second %= 60;
    if (form == 0)
        strbuf_add_fmt(b, "%02d:%02d", hour, minute);
    else if (form == 1)
        strbuf_add_fmt(b, "%02d%02d", hour, minute);
    else if (form == 2)
        strbuf_add_fmt(b, "%02d%02d%02d", hour, minute, second);
    else
        strbuf_add_fmt(b, form == 3 ? "%d:%d:%d" : "%02d:%02d:%02d", hour, minute, second);
    if (form >= 2 && seed_below(&seed, 2) == 0) {
        strbuf_add_char(b, '.');
        for (uint64_t i = seed_below(&seed, 10); i > 0; i--)
            strbuf_add_char(b, rarely() ? '9' : (char)('0' + between(0, 9)));
    }
}

static void add_zone(StrBuf *b)
{
    static const char *const names[] = {
        "Z",
        "z",
        "UTC",
        "gmt",
        "CET",
        "EST",
        "PDT",
        "Zulu",
        "NZDT",
        "Europe/Berlin",
        "america/new_york",
        "Asia/Kolkata",
        "EST5EDT",
        "Japan",
        "Etc/GMT+5",
        "UTC+3",
        "<+03>-03",
        "Australia/Lord_Howe",
        "Nowhere/X",
        "Pacific/Apia",
        "Africa/Casablanca",
        "America/Sao_Paulo",
        "Europe/Dublin",
    };
    char sign = seed_below(&seed, 2) == 0 ? '+' : '-';
    int hours = rarely() ? between(0, 20) : between(0, 15);
    int minutes = rarely() ? between(0, 70) : between(0, 3) * 15;

    if (seed_below(&seed, 2) == 0)
        strbuf_add_char(b, ' ');
    switch (seed_below(&seed, 7)) {
    case 0:
        strbuf_add_fmt(b, "%c%02d", sign, hours);
        break;
    case 1:
        strbuf_add_fmt(b, "%c%02d%02d", sign, hours, minutes);
        break;
    case 2:
        strbuf_add_fmt(b, "%c%02d:%02d", sign, hours, minutes);
        break;
    case 3:
        strbuf_add_fmt(b, "%c%d:%02d:%02d", sign, hours, minutes, between(0, 59));
        break;
    default:
        strbuf_add(b, pick(names, ARRAY_LEN(names)));
    }
}

static void make_text(StrBuf *b)
{
    strbuf_clear(b);
    add_date(b);
    if (seed_below(&seed, 8) > 0) {
        strbuf_add(b, seed_below(&seed, 3) == 0 ? "T" : seed_below(&seed, 8) == 0 ? "  " : " ");
        add_time(b);
    }
    if (seed_below(&seed, 2) == 0)
        add_zone(b);
}

/* Change, drop, double or swap a character. */
static void mutate(StrBuf *b)
{
    static const char characters[] = "0123456789:-+./TZ aeUC_,<>";
    size_t at = seed_below(&seed, b->len);
    char c = characters[seed_below(&seed, sizeof characters - 1)];

    switch (seed_below(&seed, 4)) {
    case 0:
        b->text[at] = c;
        break;
    case 1:
        memmove(b->text + at, b->text + at + 1, b->len - at);
        b->len--;
        break;
    case 2:
        strbuf_reserve(b, 1);
        memmove(b->text + at + 1, b->text + at, b->len - at + 1);
        b->text[at] = c;
        b->len++;
        break;
    default:
        if (at > 0) {
            c = b->text[at];
            b->text[at] = b->text[at - 1];
            b->text[at - 1] = c;
        }
    }
}

static void print_texts(uint64_t count, bool is_mutant)
{
    StrBuf b;

    strbuf_init(&b);
    while (count-- > 0) {
        make_text(&b);
        for (uint64_t i = is_mutant ? 1 + seed_below(&seed, 2) : 0; i > 0 && b.len > 0; i--)
            mutate(&b);
        puts(b.text);
    }
}

/* Most between 1880 and 2100, to the hour when clocks change somewhere, or a microsecond off. */
static void print_values(uint64_t count)
{
    const int64_t hour = INT64_C(3600000000);

    while (count-- > 0) {
        PgTime t;

        if (rarely())
            t = (PgTime)(seed_u64(&seed) >> 1) - INT64_C(211813488000000000);
        else
            t = (between(0, 220 * 8766) - 120 * 8766) * hour;
        if (seed_below(&seed, 2) == 0)
            t += between(-1, 1);
        if (rarely())
            t += (int64_t)seed_below(&seed, (uint64_t)hour);
        if (t < PG_TIME_MIN || t >= PG_TIME_END)
            continue;
        printf("%" PRId64 "\n", t);
    }
}

static void parse_line(const char *line, const TimeZone *zone)
{
    ERR_TRY() {
        puts(time_format(time_parse(line, zone), TIME_ISO, zone));
    }
    ERR_CATCH() {
        puts(err_sqlstate_text(err_caught()->sqlstate));
    }
    ERR_END();
}

static void complain_line(const char *line, const TimeZone *zone)
{
    ERR_TRY() {
        puts(time_format(time_parse(line, zone), TIME_ISO, zone));
    }
    ERR_CATCH() {
        printf("%s %s\n", err_sqlstate_text(err_caught()->sqlstate), err_caught()->message);
    }
    ERR_END();
}

static void format_line(const char *line, const TimeZone *zone)
{
    PgTime t;

    if (!num_try_parse_i64(line, &t))
        err_raise(SQLSTATE_USAGE, .message = err_fmt("no value: \"%s\"", line));
    printf("%" PRId64 "|%s|%s|%s\n", t, time_format(t, TIME_ISO, zone),
           time_format(t, TIME_ISO, timezone_utc()), time_format(t, TIME_FULL, zone));
}

static void each_line(void (*fn)(const char *line, const TimeZone *zone), const char *zone_name)
{
    const TimeZone *zone = timezone_find(zone_name);
    MemContext *scratch = mem_context_new(NULL, "line");
    char line[1000];

    if (zone == NULL)
        err_raise(SQLSTATE_USAGE, .message = err_fmt("no zone: \"%s\"", zone_name));
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        MEM_SCOPE(scratch) {
            fn(line, zone);
        }
        mem_reset(scratch);
    }
    mem_delete(scratch);
}

int main(int argc, char **argv)
{
    uint64_t count = 0;

    if (argc != 3)
        return 2;
    err_set_program("times");
    if (str_equal(argv[1], "parse")) {
        each_line(parse_line, argv[2]);
        return 0;
    }
    if (str_equal(argv[1], "complain")) {
        each_line(complain_line, argv[2]);
        return 0;
    }
    if (str_equal(argv[1], "format")) {
        each_line(format_line, argv[2]);
        return 0;
    }
    if (!num_try_parse_u64(argv[2], &count) || getenv("HOLDFAST_SEED") == NULL)
        return 2;
    seed.state = strtoull(getenv("HOLDFAST_SEED"), NULL, 10);
    if (str_equal(argv[1], "values"))
        print_values(count);
    else
        print_texts(count, str_equal(argv[1], "mutants"));
    return 0;
}
