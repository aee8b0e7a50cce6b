/* user.c - users of the system. */
#include "common/base/base.h"

#include "common/os/user.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"

#define ROOM_MAX MIB(1)

uint32_t os_user_id(void)
{
    return geteuid();
}

uint32_t os_group_id(void)
{
    return getegid();
}

char *os_user_name(uint32_t uid)
{
    for (size_t room = 1024;; room *= 2) {
        char *texts = mem_alloc(room);
        struct passwd row;
        struct passwd *found = NULL;
        int error = getpwuid_r(uid, &row, texts, room, &found);
        char *name = error == 0 && found != NULL ? mem_strdup(row.pw_name) : NULL;

        mem_free(texts);
        if (error == 0)
            return name;
        if (error != ERANGE || room >= ROOM_MAX)
            os_raise(error, "could not look up local user ID %u", uid);
    }
}
