/*
 * database_files.h - the folders of databases are made, copied and removed
 */
#ifndef COMMAND_DATABASE_FILES_H
#define COMMAND_DATABASE_FILES_H

#include "common/base/base.h"

/* Where a database is: its number, and the tablespace of what is in none by itself. */
typedef struct DatabasePlace {
    Oid database, tablespace;
} DatabasePlace;

/* Nobody is connected to `from`; `to` has no folder in any tablespace yet. */
typedef struct DatabaseCopy {
    DatabasePlace from, to;
} DatabaseCopy;

/* Folder by folder, between two checkpoints; one record for each. */
void database_copy_folders(const DatabaseCopy *copy);

/* Page by page, each of them in the log. */
void database_copy_pages(const DatabaseCopy *copy);

/*
 * All its folders, with the record that says so; its buffers go, too. What cannot be removed is
 * warned of.
 */
void database_remove_folders(Oid database);

/* The one folder that it has in a tablespace: to another one, and away. */
void database_copy_folder(Oid database, Oid from, Oid to);
void database_remove_folder(Oid database, Oid tablespace);

/* Is there a folder of that number in any tablespace? */
bool database_has_folder(Oid database);

#endif
