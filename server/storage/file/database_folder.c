/* database_folder.c - folders of databases; database_folder.h says what for. */
#include "common/base/base.h"

#include "server/storage/file/database_folder.h"

#include "common/ds/array.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/config/server_version.h"
#include "server/ipc/interrupt.h"
#include "server/storage/file/vfd.h"

char *database_folder_path(Oid database, Oid tablespace)
{
    return rel_dir_path(tablespace, database, pg_version_find(SERVER_MAJOR));
}

/* Files only: it has no folders. */
void database_folder_copy(const char *from, const char *to)
{
    Array names;

    os_dir_make_all(path_dir(to));
    os_dir_make(to);
    os_dir_list(from, &names);
    array_foreach(char *, name, &names) {
        OsStat stat;

        check_interrupts();
        if (!str_starts_with(*name, VFD_TEMP_PREFIX) &&
            os_try_lstat(path_join(from, *name), &stat) && stat.kind == OS_KIND_FILE)
            os_copy_file(path_join(from, *name), path_join(to, *name));
    }
    os_dir_sync_tree(to, false);
    os_dir_sync(path_dir(to));
}

void database_folder_write(const char *folder, const char *name, const void *bytes, size_t len)
{
    char *temp = mem_printf("%s/" VFD_TEMP_PREFIX ".%s", folder, name);
    OsFile *f = os_file_open(temp, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, bytes, len);
    os_file_close(f);
    os_rename_durable(temp, path_join(folder, name));
}

void database_folder_write_version(const char *folder)
{
    char *text = mem_printf("%d\n", SERVER_MAJOR);

    database_folder_write(folder, "PG_VERSION", text, strlen(text));
}
