/*
 * timezone.c - read compiled time zones, and answer from them
 *
 * A compiled zone is a list of moments at which its type of time changes (offset and abbreviation),
 * and a POSIX rule for all time after the last of them. Before the first, type 0 holds.
 */
#include "common/base/base.h"

#include "common/text/timezone.h"

#include <pthread.h>
#include <strings.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/civil.h"

#define TRANSITION_MAX 2000 /* the largest zone has about 250 */
#define TYPE_MAX       256  /* an index is a byte */
#define NAMES_MAX      512  /* bytes of abbreviations */
#define RULE_NAME_MAX  256
#define POSIX_NAME_MAX 16
#define MAGIC          "TZif"
#define MAGIC_LEN      4

/* The longest that POSIX, and RFC 8536 in compiled zones, allow a rule's offset and time. */
#define RULE_OFFSET_HOURS 24
#define RULE_TIME_HOURS   167

typedef struct ZoneType {
    int32_t offset;
    bool is_daylight;
    uint8_t name; /* where its abbreviation starts in names */
} ZoneType;

/* How much of a rule must be as POSIX wants it: a TZ that is none has to be told from a name. */
typedef enum RuleForm {
    RULE_POSIX,
    RULE_POSTGRES, /* names of any length and of nearly any letters, offsets as long as times */
} RuleForm;

typedef enum RuleKind { RULE_WEEKDAY, RULE_DAY_NO_LEAP, RULE_DAY } RuleKind;

/* When daylight saving begins or ends in a year. */
typedef struct RuleDate {
    RuleKind kind;
    int month;    /* 1 to 12 */
    int week;     /* 1 to 5, which is the last */
    int day;      /* of the week: 0 to 6; of the year: 1 to 365 without leap days, 0 to 365 with */
    int32_t time; /* seconds that clocks show after midnight, also negative */
} RuleDate;

typedef struct Rule {
    bool is_set;
    bool has_daylight;
    char standard_name[RULE_NAME_MAX], daylight_name[RULE_NAME_MAX];
    int32_t standard, daylight; /* offsets */
    RuleDate begin, end;        /* of daylight saving */
} Rule;

struct TimeZone {
    size_t transition_count;
    size_t type_count;
    int64_t transitions[TRANSITION_MAX]; /* Unix seconds, ascending */
    uint8_t transition_types[TRANSITION_MAX];
    ZoneType types[TYPE_MAX];
    char names[NAMES_MAX];
    Rule rule; /* after the last transition */
};

/* The numbers of things in a block of a compiled zone. */
typedef struct BlockCounts {
    uint8_t version; /* 0: there is one block only, with times of four bytes */
    uint32_t flags, leaps, times, types, names;
} BlockCounts;

static const TimeZone utc = {.rule = {.is_set = true, .standard_name = "UTC"}};

static struct {
    pthread_mutex_t lock; /* guards the next; zone changes no more once it is read */
    bool is_read;
    TimeZone zone;
} local = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void local_read(void);
static const TimeZone *local_try_find(const char *name);
static const TimeZone *local_find(const char *name);
static bool is_safe_name(const char *name);
static TimeZone *zone_from_file(const char *name);
static TimeZone *zone_from_rule(const char *text, RuleForm form);
static void parse_header(ByteReader *r, const char *name, BlockCounts *out);
static void parse_block(ByteReader *r, size_t time_size, const BlockCounts *counts, TimeZone *zone);
static void parse_footer(ByteReader *r, const char *name, TimeZone *zone);
static void check_zone(const TimeZone *zone, size_t names_len, const char *name);
_Noreturn static void raise_damaged(const char *name);
static bool parse_rule(const char *text, RuleForm form, Rule *out);
static bool read_name(const char **text, RuleForm form, char *out);
static bool read_time(const char **text, int hours_max, int32_t *out);
static bool read_date(const char **text, RuleDate *out);
static bool read_number(const char **text, int min, int max, int *out);
static bool read_char(const char **text, char c);
static ZoneOffset rule_offset_at(const Rule *rule, int64_t t);
static int64_t rule_date_in_year(const RuleDate *date, int64_t year);

const TimeZone *timezone_utc(void)
{
    return &utc;
}

const TimeZone *timezone_local(void)
{
    pthread_mutex_lock(&local.lock);
    if (!local.is_read)
        local_read();
    local.is_read = true;
    pthread_mutex_unlock(&local.lock);
    return &local.zone;
}

void timezone_forget_local(void)
{
    local.is_read = false;
}

const TimeZone *timezone_find(const char *name)
{
    TimeZone *zone = is_safe_name(name) ? zone_from_file(name) : NULL;

    if (zone != NULL)
        return zone;
    zone = zone_from_rule(name, RULE_POSTGRES);
    return zone != NULL && !zone->rule.has_daylight ? zone : NULL;
}

const TimeZone *timezone_find_any(const char *name, char **spelling)
{
    const TimeZone *zone = is_safe_name(name) ? zone_from_file(name) : NULL;

    if (zone != NULL) {
        *spelling = timezone_spelling(name);
        return zone;
    }
    *spelling = mem_strdup(name);
    for (char *c = *spelling; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return zone_from_rule(*spelling, RULE_POSTGRES);
}

TimeZone *timezone_parse(const void *bytes, size_t len, const char *name)
{
    TimeZone *zone = mem_new(TimeZone);
    ByteReader r = byte_reader(bytes, len, mem_printf("time zone file \"%s\"", name));
    BlockCounts counts;

    parse_header(&r, name, &counts);
    parse_block(&r, sizeof(int32_t), &counts, zone);

    /* From version 2 on all comes again with times of eight bytes, and the rule behind it. */
    if (counts.version != 0) {
        parse_header(&r, name, &counts);
        parse_block(&r, sizeof(int64_t), &counts, zone);
        parse_footer(&r, name, zone);
    }
    check_zone(zone, counts.names, name);
    return zone;
}

/* How many transitions were before that moment, or at it? */
static size_t transitions_until(const TimeZone *zone, int64_t unix_seconds)
{
    size_t low = 0;
    size_t high = zone->transition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->transitions[middle] <= unix_seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ZoneOffset type_offset(const TimeZone *zone, const ZoneType *type)
{
    return (ZoneOffset){.seconds = type->offset,
                        .is_daylight = type->is_daylight,
                        .abbreviation = zone->names + type->name};
}

ZoneOffset timezone_offset_at(const TimeZone *zone, int64_t unix_seconds)
{
    size_t passed = transitions_until(zone, unix_seconds);

    if (passed == zone->transition_count && zone->rule.is_set)
        return rule_offset_at(&zone->rule, unix_seconds);
    return type_offset(zone, &zone->types[passed == 0 ? 0 : zone->transition_types[passed - 1]]);
}

/* The first of the two changes in a year, or in the next, after that moment. */
static int64_t rule_next_change(const Rule *rule, int64_t unix_seconds)
{
    int64_t year = civil_from_days(civil_days_of(unix_seconds + rule->standard)).year;
    int64_t next = INT64_MAX;

    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t begin = rule_date_in_year(&rule->begin, y) - rule->standard;
        int64_t end = rule_date_in_year(&rule->end, y) - rule->daylight;

        if (begin > unix_seconds && begin < next)
            next = begin;
        if (end > unix_seconds && end < next)
            next = end;
    }
    return next;
}

bool timezone_next_change(const TimeZone *zone, int64_t unix_seconds, int64_t *out)
{
    size_t passed = transitions_until(zone, unix_seconds);

    if (passed < zone->transition_count) {
        *out = zone->transitions[passed];
        return true;
    }
    if (!zone->rule.is_set || !zone->rule.has_daylight)
        return false;
    *out = rule_next_change(&zone->rule, unix_seconds);
    return true;
}

bool timezone_is_fixed(const TimeZone *zone, int32_t *seconds)
{
    const Rule *rule = &zone->rule;
    bool is_rule_fixed = !rule->has_daylight || rule->daylight == rule->standard;

    if (zone->type_count == 0) {
        *seconds = rule->standard;
        return is_rule_fixed;
    }
    for (size_t i = 1; i < zone->type_count; i++)
        if (zone->types[i].offset != zone->types[0].offset)
            return false;
    *seconds = zone->types[0].offset;
    return is_rule_fixed;
}

/* Is any of the zone's abbreviations that name, in any case? */
static bool uses_abbreviation(const TimeZone *zone, const ZoneType *type, const char *name)
{
    return strcasecmp(zone->names + type->name, name) == 0;
}

bool timezone_find_abbreviation(const TimeZone *zone, const char *name, int64_t unix_seconds,
                                ZoneOffset *out)
{
    size_t passed = transitions_until(zone, unix_seconds);

    for (size_t i = passed; i > 0; i--) {
        const ZoneType *type = &zone->types[zone->transition_types[i - 1]];

        if (uses_abbreviation(zone, type, name)) {
            *out = type_offset(zone, type);
            return true;
        }
    }

    /* Before the first transition type 0 was in force. */
    if (zone->type_count > 0 && uses_abbreviation(zone, &zone->types[0], name)) {
        *out = type_offset(zone, &zone->types[0]);
        return true;
    }
    for (size_t i = passed; i < zone->transition_count; i++) {
        const ZoneType *type = &zone->types[zone->transition_types[i]];

        if (uses_abbreviation(zone, type, name)) {
            *out = type_offset(zone, type);
            return true;
        }
    }
    if (zone->rule.is_set && strcasecmp(zone->rule.standard_name, name) == 0) {
        *out = (ZoneOffset){zone->rule.standard, false, zone->rule.standard_name};
        return true;
    }
    if (zone->rule.is_set && zone->rule.has_daylight &&
        strcasecmp(zone->rule.daylight_name, name) == 0) {
        *out = (ZoneOffset){zone->rule.daylight, true, zone->rule.daylight_name};
        return true;
    }
    return false;
}

int64_t timezone_to_unix(const TimeZone *zone, int64_t local_seconds)
{
    /* A day is more than any offset, and less than what lies between two transitions. */
    int32_t before = timezone_offset_at(zone, local_seconds - DAY_SECONDS).seconds;
    int32_t after = timezone_offset_at(zone, local_seconds + DAY_SECONDS).seconds;

    if (timezone_offset_at(zone, local_seconds - after).seconds == after)
        return local_seconds - after;
    return local_seconds - before;
}

/* ---- the zone of this process ---- */

static void local_read(void)
{
    const char *name = getenv("TZ");
    MemContext *scratch = mem_context_new(NULL, "local time zone");

    MEM_SCOPE(scratch) {
        const TimeZone *zone = local_try_find(name);

        if (zone == NULL)
            err_log(ERR_WARNING,
                    .message = err_fmt("could not read time zone \"%s\"",
                                       name == NULL ? "/etc/localtime" : name),
                    .detail = "Times are taken to be in UTC.");
        local.zone = zone == NULL ? utc : *zone;
    }
    mem_delete(scratch);
}

/* What TZ means; NULL when it means nothing, or what it names cannot be read. */
static const TimeZone *local_try_find(const char *name)
{
    const TimeZone *volatile zone = NULL;

    ERR_TRY() {
        zone = local_find(name);
    }
    ERR_CATCH() {
        /* A damaged zone is no reason why a program that prints a time should not run. */
    }
    ERR_END();
    return zone;
}

static const TimeZone *local_find(const char *name)
{
    TimeZone *zone;

    if (name == NULL) {
        zone = zone_from_file("/etc/localtime");
        return zone != NULL ? zone : &utc;
    }
    if (*name == '\0')
        return &utc;
    name += *name == ':';
    zone = *name == '/' || is_safe_name(name) ? zone_from_file(name) : NULL;
    return zone != NULL ? zone : zone_from_rule(name, RULE_POSIX);
}

/* True for what may be a name in the database, and leads nowhere else. */
static bool is_safe_name(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";

    return *name != '\0' && *name != '/' && strspn(name, allowed) == strlen(name);
}

/* NULL when there is no such file, or it is no compiled zone. */
static TimeZone *zone_from_file(const char *name)
{
    size_t len;
    char *bytes = timezone_read_file(name, &len);
    TimeZone *zone;

    if (bytes == NULL || len < MAGIC_LEN || memcmp(bytes, MAGIC, MAGIC_LEN) != 0)
        return NULL;
    zone = timezone_parse(bytes, len, name);
    mem_free(bytes);
    return zone;
}

/* NULL when text is no rule. */
static TimeZone *zone_from_rule(const char *text, RuleForm form)
{
    TimeZone *zone;
    Rule rule;

    if (!parse_rule(text, form, &rule))
        return NULL;
    zone = mem_new(TimeZone);
    zone->rule = rule;
    return zone;
}

/* ---- compiled zones ---- */

static void parse_header(ByteReader *r, const char *name, BlockCounts *out)
{
    if (memcmp(byte_reader_take(r, MAGIC_LEN), MAGIC, MAGIC_LEN) != 0)
        raise_damaged(name);
    out->version = byte_reader_u8(r);
    byte_reader_take(r, 15); /* reserved */
    out->flags = byte_reader_be32(r);
    if (__builtin_add_overflow(out->flags, byte_reader_be32(r), &out->flags))
        raise_damaged(name);
    out->leaps = byte_reader_be32(r);
    out->times = byte_reader_be32(r);
    out->types = byte_reader_be32(r);
    out->names = byte_reader_be32(r);
    if (out->times > TRANSITION_MAX || out->types == 0 || out->types > TYPE_MAX ||
        out->names == 0 || out->names > NAMES_MAX)
        raise_damaged(name);
    if (out->leaps != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("time zone \"%s\" counts leap seconds", name),
                  .hint = "Use the zone of the same name outside of \"right\".");
}

static void parse_block(ByteReader *r, size_t time_size, const BlockCounts *counts, TimeZone *zone)
{
    zone->transition_count = counts->times;
    zone->type_count = counts->types;
    for (size_t i = 0; i < counts->times; i++)
        zone->transitions[i] = time_size == sizeof(int64_t) ? (int64_t)byte_reader_be64(r)
                                                            : (int32_t)byte_reader_be32(r);
    byte_reader_copy(r, zone->transition_types, counts->times);
    for (size_t i = 0; i < counts->types; i++) {
        zone->types[i].offset = (int32_t)byte_reader_be32(r);
        zone->types[i].is_daylight = byte_reader_u8(r) != 0;
        zone->types[i].name = byte_reader_u8(r);
    }
    byte_reader_copy(r, zone->names, counts->names);
    byte_reader_take(r, counts->flags); /* how the zone was written, of use to its compiler only */
}

/* The rule stands between two line ends; it may be empty. */
static void parse_footer(ByteReader *r, const char *name, TimeZone *zone)
{
    size_t len = byte_reader_left(r);
    char *text = mem_strndup((const char *)byte_reader_take(r, len), len);
    char *end = len == 0 ? NULL : strchr(text + 1, '\n');

    if (end == NULL || *text != '\n')
        raise_damaged(name);
    *end = '\0';
    if (end > text + 1 && !parse_rule(text + 1, RULE_POSIX, &zone->rule))
        raise_damaged(name);
    mem_free(text);
}

static void check_zone(const TimeZone *zone, size_t names_len, const char *name)
{
    for (size_t i = 0; i < zone->transition_count; i++)
        if (zone->transition_types[i] >= zone->type_count ||
            (i > 0 && zone->transitions[i] <= zone->transitions[i - 1]))
            raise_damaged(name);
    for (size_t i = 0; i < zone->type_count; i++)
        if (zone->types[i].name >= names_len || zone->types[i].offset < -DAY_SECONDS ||
            zone->types[i].offset > DAY_SECONDS)
            raise_damaged(name);
    if (zone->names[names_len - 1] != '\0')
        raise_damaged(name);
}

static void raise_damaged(const char *name)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = err_fmt("invalid time zone file \"%s\"", name));
}

/* ---- POSIX rules ---- */

static bool parse_rule(const char *text, RuleForm form, Rule *out)
{
    int hours_max = form == RULE_POSIX ? RULE_OFFSET_HOURS : RULE_TIME_HOURS;

    *out = (Rule){.is_set = true};
    if (!read_name(&text, form, out->standard_name) || !read_time(&text, hours_max, &out->standard))
        return false;
    out->standard = -out->standard; /* POSIX counts westwards */
    if (*text == '\0')
        return true;

    out->has_daylight = true;
    if (!read_name(&text, form, out->daylight_name) || *out->daylight_name == '\0')
        return false;
    out->daylight = out->standard + 3600;
    if (*text != '\0' && *text != ',') {
        if (!read_time(&text, hours_max, &out->daylight))
            return false;
        out->daylight = -out->daylight;
    }
    /* Without dates they are up to us: those of the United States, as everywhere. */
    if (*text == '\0')
        text = ",M3.2.0,M11.1.0";
    return read_char(&text, ',') && read_date(&text, &out->begin) && read_char(&text, ',') &&
           read_date(&text, &out->end) && *text == '\0';
}

/* By POSIX three letters or more, or anything like a number in angle brackets. */
static size_t name_len(const char *text, RuleForm form, bool is_quoted)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t len;

    if (form == RULE_POSTGRES)
        return strcspn(text, is_quoted ? ">" : "0123456789,-+");
    len = strspn(text, letters);
    if (is_quoted)
        len += strspn(text + len, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789+-");
    return len;
}

static bool read_name(const char **text, RuleForm form, char *out)
{
    bool is_quoted = read_char(text, '<');
    size_t len = name_len(*text, form, is_quoted);

    if (len >= RULE_NAME_MAX || (form == RULE_POSIX && (len < 3 || len >= POSIX_NAME_MAX)))
        return false;
    memcpy(out, *text, len);
    out[len] = '\0';
    *text += len;
    return !is_quoted || read_char(text, '>');
}

/* [+-]hh[:mm[:ss]] in seconds; where more than a day is fine, so is a leap second. */
static bool read_time(const char **text, int hours_max, int32_t *out)
{
    bool is_negative = read_char(text, '-');
    int hours, minutes = 0, seconds = 0;

    if (!is_negative)
        read_char(text, '+');
    if (!read_number(text, 0, hours_max, &hours))
        return false;
    if (read_char(text, ':')) {
        if (!read_number(text, 0, 59, &minutes))
            return false;
        if (read_char(text, ':') &&
            !read_number(text, 0, hours_max > RULE_OFFSET_HOURS ? 60 : 59, &seconds))
            return false;
    }
    *out = (hours * 60 + minutes) * 60 + seconds;
    if (is_negative)
        *out = -*out;
    return true;
}

/* Mm.w.d, Jn or n, and /time where it is not two o'clock. */
static bool read_date(const char **text, RuleDate *out)
{
    bool is_read;

    *out = (RuleDate){.time = 2 * 3600};
    if (read_char(text, 'M')) {
        out->kind = RULE_WEEKDAY;
        is_read = read_number(text, 1, 12, &out->month) && read_char(text, '.') &&
                  read_number(text, 1, 5, &out->week) && read_char(text, '.') &&
                  read_number(text, 0, 6, &out->day);
    } else if (read_char(text, 'J')) {
        out->kind = RULE_DAY_NO_LEAP;
        is_read = read_number(text, 1, 365, &out->day);
    } else {
        out->kind = RULE_DAY;
        is_read = read_number(text, 0, 365, &out->day);
    }
    if (is_read && read_char(text, '/'))
        is_read = read_time(text, RULE_TIME_HOURS, &out->time);
    return is_read;
}

static bool read_number(const char **text, int min, int max, int *out)
{
    const char *p = *text;
    int value = 0;

    for (; *p >= '0' && *p <= '9' && value <= max; p++)
        value = value * 10 + (*p - '0');
    if (p == *text || value < min || value > max)
        return false;
    *text = p;
    *out = value;
    return true;
}

static bool read_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static ZoneOffset rule_offset_at(const Rule *rule, int64_t t)
{
    ZoneOffset usual = {.seconds = rule->standard, .abbreviation = rule->standard_name};
    ZoneOffset saving = {
        .seconds = rule->daylight, .is_daylight = true, .abbreviation = rule->daylight_name};
    int64_t year, begin, end;
    bool is_daylight;

    if (!rule->has_daylight)
        return usual;
    year = civil_from_days(civil_days_of(t + rule->standard)).year;
    begin = rule_date_in_year(&rule->begin, year) - rule->standard;
    end = rule_date_in_year(&rule->end, year) - rule->daylight;

    /* South of the equator it is the rest of the year that is between the two. */
    if (begin < end)
        is_daylight = t >= begin && t < end;
    else
        is_daylight = t >= begin || t < end;
    return is_daylight ? saving : usual;
}

/* What clocks show then, in seconds as if they showed UTC. */
static int64_t rule_date_in_year(const RuleDate *date, int64_t year)
{
    int64_t days = civil_to_days(year, 1, 1);

    if (date->kind == RULE_DAY)
        days += date->day;
    if (date->kind == RULE_DAY_NO_LEAP)
        days += date->day - 1 + (date->day >= 60 && civil_is_leap_year(year));
    if (date->kind == RULE_WEEKDAY) {
        int64_t first = civil_to_days(year, date->month, 1);
        int day = 1 + (date->day - civil_weekday(first) + 7) % 7 + (date->week - 1) * 7;

        /* The fifth may not exist; then the fourth is the last. */
        days = first + day - 1 - (day > civil_month_days(year, date->month) ? 7 : 0);
    }
    return days * DAY_SECONDS + date->time;
}
