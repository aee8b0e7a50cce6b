/* postmaster_pid.c - read postmaster.pid; postmaster_pid.h has the lines. */
#include "common/base/base.h"

#include "common/format/postmaster_pid.h"

#include <limits.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define LINE_COUNT    8
#define FILE_SIZE_MAX KIB(64)

static void read_shm(const char *line, PostmasterPid *out);

void postmaster_pid_parse(const char *text, const char *what, PostmasterPid *out)
{
    char *lines[LINE_COUNT] = {NULL};
    const char *rest = text;
    int64_t pid, number;

    for (size_t i = 0; i < LINE_COUNT && rest != NULL && *rest != '\0'; i++)
        lines[i] = str_split(&rest, '\n');

    *out = (PostmasterPid){.data_dir = lines[1], .socket_dir = lines[4], .address = lines[5]};
    if (lines[0] == NULL || !num_try_parse_i64(str_trim(lines[0]), &pid) || pid == 0 ||
        pid < -INT_MAX || pid > INT_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("bogus data in lock file \"%s\": \"%s\"", what,
                                     lines[0] == NULL ? "" : lines[0]));
    out->is_single_user = pid < 0;
    out->pid = (int)(pid < 0 ? -pid : pid);
    if (lines[2] != NULL && num_try_parse_i64(lines[2], &number))
        out->start_time = number;
    if (lines[3] != NULL && num_try_parse_i64(lines[3], &number) && number > 0 && number < 65536)
        out->port = (uint32_t)number;
    if (lines[6] != NULL)
        read_shm(lines[6], out);
    if (lines[7] != NULL)
        out->state = str_trim(lines[7]);
}

bool postmaster_pid_try_read(const char *data_dir, PostmasterPid *out)
{
    char *path = path_join(data_dir, POSTMASTER_PID_FILE_NAME);
    char *text = os_file_try_read_all(path, FILE_SIZE_MAX, NULL);

    if (text == NULL)
        return false;
    postmaster_pid_parse(text, path, out);
    return true;
}

bool postmaster_is_running(const char *data_dir)
{
    PostmasterPid file;

    return postmaster_pid_try_read(data_dir, &file) && process_exists(file.pid);
}

/* Two numbers, each padded with blanks on its left. */
static void read_shm(const char *line, PostmasterPid *out)
{
    const char *rest = str_trim(line);
    const char *key = str_split(&rest, ' ');

    if (rest == NULL || !num_try_parse_u64(key, &out->shm_key) ||
        !num_try_parse_u64(str_trim(rest), &out->shm_id))
        out->shm_key = out->shm_id = 0;
}
