/*
 * file_copy.h - a relation's files are copied, page by page
 */
#ifndef COMMAND_FILE_COPY_H
#define COMMAND_FILE_COPY_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/storage/smgr/smgr.h"

/*
 * All forks, to files that are made here and go when the transaction is rolled back. Pages are read
 * by way of buffers; each goes into the log (what is not permanent: of its init fork alone), then
 * straight into its file, which is synced: so a checkpoint need not know of it. Nobody changes the
 * relation meanwhile.
 */
void relation_copy_files(SmgrRel *from, const RelTag *to, char persistence);

#endif
