/* unlogged.c - find and reset unlogged relations, folder by folder; unlogged.h says when. */
#include "common/base/base.h"

#include "server/recovery/unlogged.h"

#include "common/ds/hash.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "server/config/server_version.h"
#include "server/ipc/interrupt.h"

static void reset_databases(const char *dir, UnloggedReset what);
static void reset_folder(const char *dir, UnloggedReset what);
static void find_init_forks(const Array *names, Hash *rels);
static void copy_init_fork(const char *dir, const RelFileName *init);

void unlogged_reset(UnloggedReset what)
{
    const char *version = pg_version_tablespace_folder(pg_version_find(SERVER_MAJOR));
    MemContext *mem = mem_context_new(mem_current(), "unlogged relations");
    Array spaces;

    MEM_SCOPE(mem) {
        reset_databases("base", what);
        os_dir_list("pg_tblspc", &spaces);
        array_foreach(char *, space, &spaces) {
            char *dir = path_join(path_join("pg_tblspc", *space), version);

            if (os_exists(dir))
                reset_databases(dir, what);
        }
    }
    mem_delete(mem);
}

/* The folders whose names are numbers. */
static void reset_databases(const char *dir, UnloggedReset what)
{
    Array names;
    Oid database;

    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        check_interrupts();
        if (num_try_parse_u32(*name, &database))
            reset_folder(path_join(dir, *name), what);
    }
}

static void reset_folder(const char *dir, UnloggedReset what)
{
    bool is_changed = false;
    RelFileName file;
    Array names;
    Hash rels;

    os_dir_list(dir, &names);
    find_init_forks(&names, &rels);
    if (rels.count == 0)
        return;
    array_foreach(char *, name, &names) {
        if (!rel_file_name_try_parse(*name, &file) || file.is_temp ||
            hash_find(&rels, &file.rel) == NULL)
            continue;
        if (what == UNLOGGED_REMOVE && file.fork != FORK_INIT)
            os_unlink(path_join(dir, *name));
        else if (what == UNLOGGED_INIT && file.fork == FORK_INIT)
            copy_init_fork(dir, &file);
        else
            continue;
        is_changed = true;
    }
    if (is_changed)
        os_dir_sync(dir);
}

static void find_init_forks(const Array *names, Hash *rels)
{
    RelFileName file;

    hash_init(rels, sizeof(RelFileNo), sizeof(RelFileNo));
    array_foreach(char *, name, names)
        if (rel_file_name_try_parse(*name, &file) && !file.is_temp && file.fork == FORK_INIT)
            hash_enter(rels, &file.rel, NULL);
}

static void copy_init_fork(const char *dir, const RelFileName *init)
{
    RelFileName main = *init;
    char *from = path_join(dir, rel_file_name(init));
    char *to;
    OsFile *file;

    main.fork = FORK_MAIN;
    to = path_join(dir, rel_file_name(&main));
    os_try_unlink(to);
    os_copy_file(from, to);
    file = os_file_open(to, OS_READ | OS_WRITE);
    os_file_sync(file);
    os_file_close(file);
}
