/* put.c - the longer ones of put.h. */
#include "common/base/base.h"

#include "common/walrec/put.h"

#include <time.h>

#include "common/format/pg_version.h"

#define UNIX_OF_2000 INT64_C(946684800) /* seconds from 1970 to 2000 */

static char *put_two(char *p, int v);

void put_rel_path(StrBuf *b, unsigned version, const RelTag *rel, uint32_t fork)
{
    static const char *const suffixes[FORK_COUNT] = {"", "_fsm", "_vm", "_init"};

    if (rel->tablespace == TABLESPACE_GLOBAL) {
        put_text(b, "global/");
    } else if (rel->tablespace == TABLESPACE_DEFAULT) {
        put_text(b, "base/");
        put_u32(b, rel->database);
        put_char(b, '/');
    } else {
        const PgVersion *v = pg_version_find(version);

        strbuf_add_fmt(b, "pg_tblspc/%u/PG_%u_%u/%u/", rel->tablespace, version,
                       v == NULL ? 0 : v->catalog_version, rel->database);
    }
    put_u32(b, rel->rel);
    strbuf_add(b, fork < FORK_COUNT ? suffixes[fork] : "_unknown");
}

void put_time(StrBuf *b, PgTime time)
{
    time_t seconds = (time_t)(time / 1000000 + UNIX_OF_2000);
    int32_t us = (int32_t)(time % 1000000);
    struct tm tm;
    char *p;

    /* Years that do not fit, before 2000, or of more than four digits: rare enough for printf. */
    if (localtime_r(&seconds, &tm) == NULL) {
        strbuf_add_fmt(b, "%" PRId64 " us after 2000-01-01 00:00:00 UTC", time);
        return;
    }
    if (us < 0 || tm.tm_year < -900 || tm.tm_year > 8099) {
        strbuf_add_fmt(b, "%d-%02d-%02d %02d:%02d:%02d.%06d %s", tm.tm_year + 1900, tm.tm_mon + 1,
                       tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, us, tm.tm_zone);
        return;
    }

    p = put_begin(b, 27);
    p = put_two(p, (tm.tm_year + 1900) / 100);
    p = put_two(p, (tm.tm_year + 1900) % 100);
    *p++ = '-';
    p = put_two(p, tm.tm_mon + 1);
    *p++ = '-';
    p = put_two(p, tm.tm_mday);
    *p++ = ' ';
    p = put_two(p, tm.tm_hour);
    *p++ = ':';
    p = put_two(p, tm.tm_min);
    *p++ = ':';
    p = put_two(p, tm.tm_sec);
    *p++ = '.';
    p = put_two(p, us / 10000);
    p = put_two(p, us / 100 % 100);
    p = put_two(p, us % 100);
    *p++ = ' ';
    put_end(b, p);
    strbuf_add(b, tm.tm_zone);
}

static char *put_two(char *p, int v)
{
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    return p;
}
