/* title.c - "postgres: who does what"; title.h has the promises. */
#include "common/base/base.h"

#include "server/ipc/title.h"

#include <stdio.h>
#include <string.h>

#include "common/os/process_title.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/ipc/server_log.h"

#define TITLE_SIZE 512

static struct {
    char text[TITLE_SIZE];
    size_t who_len;      /* the activity is behind it */
    size_t activity_end; /* " waiting" is behind it */
} title;

static void put(size_t at, const char *text)
{
    snprintf(title.text + at, TITLE_SIZE - at, "%s", text);
    process_title_set(title.text);
}

static void put_activity(const char *activity)
{
    title.activity_end = size_min(title.who_len + strlen(activity), TITLE_SIZE - 1);
    put(title.who_len, activity);
    server_log_session()->command = title.text + title.who_len;
}

void title_begin(const char *who)
{
    bool is_named = *setting.cluster_name != '\0';

    snprintf(title.text, TITLE_SIZE, "postgres: %s%s%s ", is_named ? setting.cluster_name : "",
             is_named ? ": " : "", who);
    title.who_len = strlen(title.text);
    put_activity("");
}

void title_set(const char *activity)
{
    if (activity != NULL && setting.update_process_title && title.who_len > 0 &&
        !str_equal(title.text + title.who_len, activity))
        put_activity(activity);
}

void title_set_waiting(bool is_waiting)
{
    if (setting.update_process_title && title.who_len > 0)
        put(title.activity_end, is_waiting ? " waiting" : "");
}
