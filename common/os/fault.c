/*
 * fault.c - what a fault point does when it is armed; fault.h has the forms
 *
 * The table is fixed memory under one mutex: points are passed by all threads, and in places where
 * memory may be out.
 */
#include "common/base/base.h"

#include "common/os/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define POINT_MAX 32
#define TEXT_SIZE 512
#define EXIT_CODE 99
#define POLL_NS   5000000

typedef enum FaultAction {
    FAULT_NONE,
    FAULT_ERROR,
    FAULT_ENOSPC,
    FAULT_KILL,
    FAULT_STOP,
    FAULT_EXIT,
    FAULT_WAIT,
} FaultAction;

typedef struct FaultRow {
    char name[TEXT_SIZE];
    char file[TEXT_SIZE]; /* what FAULT_WAIT waits for */
    FaultAction action;
    uint32_t count;  /* the passage that acts; 0: each */
    uint32_t passed; /* passages so far */
} FaultRow;

static struct {
    pthread_mutex_t lock;
    bool is_armed; /* the environment was read, or fault_arm() called */
    size_t row_count;
    FaultRow rows[POINT_MAX];
} faults = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct {
    const char *word;
    FaultAction action;
} action_words[] = {
    {"enospc", FAULT_ENOSPC}, {"error", FAULT_ERROR}, {"exit", FAULT_EXIT},
    {"kill", FAULT_KILL},     {"stop", FAULT_STOP},   {"wait", FAULT_WAIT},
};

static const char *parse_row(const char *spec, FaultRow *row);
static bool parse_spec(const char *spec);
static FaultAction pass(const char *name, char *file);
static void list_point(const char *name);
static void wait_until_gone(const char *file);

void fault_point(const char *name)
{
    char file[TEXT_SIZE];
    FaultAction action;

    list_point(name);
    action = pass(name, file);
    switch (action) {
    case FAULT_NONE:
        break;
    case FAULT_ERROR:
        err_raise(SQLSTATE_IO_ERROR,
                  .message = err_fmt("fault point \"%s\": %s", name, "Input/output error"));
    case FAULT_ENOSPC:
        err_raise(SQLSTATE_DISK_FULL,
                  .message = err_fmt("fault point \"%s\": %s", name, "No space left on device"));
    case FAULT_KILL:
    case FAULT_STOP:
        kill(getpid(), action == FAULT_KILL ? SIGKILL : SIGSTOP);
        break;
    case FAULT_EXIT:
        _exit(EXIT_CODE);
    case FAULT_WAIT:
        wait_until_gone(file);
        break;
    }
}

void fault_arm(const char *spec)
{
    bool is_understood;

    pthread_mutex_lock(&faults.lock);
    is_understood = parse_spec(spec);
    faults.is_armed = spec != NULL;
    pthread_mutex_unlock(&faults.lock);
    if (!is_understood)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid list of fault points: \"%s\"", spec));
}

/* Fill the table from spec; false, with nothing armed, when it is not understood. */
static bool parse_spec(const char *spec)
{
    faults.is_armed = true;
    faults.row_count = 0;
    while (spec != NULL && *spec != '\0') {
        if (faults.row_count == POINT_MAX)
            spec = NULL;
        else
            spec = parse_row(spec, &faults.rows[faults.row_count]);
        if (spec == NULL) {
            faults.row_count = 0;
            return false;
        }
        faults.row_count++;
    }
    return true;
}

/* Copy len bytes of text to out, which has TEXT_SIZE; false when they do not fit. */
static bool copy_part(char *out, const char *text, size_t len)
{
    if (len == 0 || len >= TEXT_SIZE)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* Read one NAME=ACTION[:FILE][@COUNT]; the place behind it and its comma, NULL when it is none. */
static const char *parse_row(const char *spec, FaultRow *row)
{
    size_t name_len = strcspn(spec, "=,");
    const char *action = spec + name_len + 1;
    size_t word_len;
    const char *end;

    *row = (FaultRow){.count = 1};
    if (spec[name_len] != '=' || !copy_part(row->name, spec, name_len))
        return NULL;
    word_len = strcspn(action, ":@,");
    for (size_t i = 0; i < ARRAY_LEN(action_words); i++)
        if (strlen(action_words[i].word) == word_len &&
            memcmp(action_words[i].word, action, word_len) == 0)
            row->action = action_words[i].action;
    end = action + word_len;
    if (row->action == FAULT_NONE || (*end == ':') != (row->action == FAULT_WAIT))
        return NULL;
    if (*end == ':') {
        size_t file_len = strcspn(end + 1, "@,");

        if (!copy_part(row->file, end + 1, file_len))
            return NULL;
        end += 1 + file_len;
    }
    if (*end == '@') {
        char digits[TEXT_SIZE];
        size_t digits_len = strcspn(end + 1, ",");

        if (!copy_part(digits, end + 1, digits_len) || !num_try_parse_u32(digits, &row->count))
            return NULL;
        end += 1 + digits_len;
    }
    return *end == ',' ? end + 1 : end;
}

/* Count the passage; what is to be done, with *file for FAULT_WAIT. */
static FaultAction pass(const char *name, char *file)
{
    FaultAction action = FAULT_NONE;
    bool is_understood = true;

    pthread_mutex_lock(&faults.lock);
    if (!faults.is_armed)
        is_understood = parse_spec(getenv("HOLDFAST_FAULT"));
    for (size_t i = 0; i < faults.row_count; i++) {
        FaultRow *row = &faults.rows[i];

        if (!str_equal(row->name, name))
            continue;
        row->passed++;
        if (row->count == 0 || row->passed == row->count) {
            action = row->action;
            memcpy(file, row->file, TEXT_SIZE);
        }
    }
    pthread_mutex_unlock(&faults.lock);
    if (!is_understood)
        err_fatal(SQLSTATE_USAGE, .message = err_fmt("invalid list of fault points: \"%s\"",
                                                     getenv("HOLDFAST_FAULT")));
    return action;
}

/* Not by OsFile: that would pass fault points. */
static void list_point(const char *name)
{
    const char *path = getenv("HOLDFAST_FAULT_LIST");
    char line[TEXT_SIZE];
    int len;
    int fd;

    if (path == NULL)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    len = snprintf(line, sizeof line, "%s\n", name);

    /* A list that is not complete would make a test look better than it is. */
    if (fd < 0 || write(fd, line, (size_t)len) != len)
        err_fatal(SQLSTATE_IO_ERROR,
                  .message = err_fmt("could not write to file \"%s\": %s", path, strerror(errno)));
    close(fd);
}

static void wait_until_gone(const char *file)
{
    const struct timespec pause = {.tv_nsec = POLL_NS};

    while (access(file, F_OK) == 0)
        nanosleep(&pause, NULL);
}
