/* process_title.c - the command line, written over; process_title.h has the promises. */
#include "common/base/base.h"

#include "common/os/process_title.h"

#include <string.h>
#include <unistd.h>

#include "common/mem/mem.h"

static struct {
    char *room;
    size_t size; /* with the NUL; 0: none */
    size_t used; /* bytes that are not NUL, at most */
    bool is_set;
} title;

/* The texts of list as far as they lie behind end without a gap; returns the new end. */
static char *run_on(char **list, char *end)
{
    for (; *list != NULL && (end == NULL || *list == end); list++)
        end = *list + strlen(*list) + 1;
    return end;
}

static char **copied(char **list)
{
    size_t count = 0;
    char **copy;

    while (list[count] != NULL)
        count++;
    copy = mem_new_array(char *, count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = mem_strdup(list[i]);
    return copy;
}

char **process_title_init(int argc, char **argv)
{
    char **own_argv = argv, *end;

    if (argc == 0)
        return argv;
    end = run_on(environ, run_on(argv, NULL));
    MEM_SCOPE(mem_root()) {
        own_argv = copied(argv);
        environ = copied(environ);
    }
    title.room = argv[0];
    title.size = (size_t)(end - argv[0]);
    title.used = title.size - 1;
    return own_argv;
}

void process_title_set(const char *text)
{
    size_t len;

    if (title.size == 0)
        return;
    len = size_min(strlen(text), title.size - 1);
    memcpy(title.room, text, len);
    /* Whoever reads takes what is behind the first NUL for further arguments. */
    if (title.used > len)
        memset(title.room + len, '\0', title.used - len);
    title.used = len;
    title.is_set = true;
}

const char *process_title(void)
{
    return title.is_set ? title.room : "";
}
