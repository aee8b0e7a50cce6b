/*
 * layout.h - lay a base backup out as a new data directory
 *
 * Every file is checked against the manifest's size and checksum while it is written. What would
 * make a server start too early is kept for the end: pg_control comes last, by layout_finish().
 */
#ifndef PITR_LAYOUT_H
#define PITR_LAYOUT_H

#include "common/base/base.h"

#include "common/option/space_mapping.h"
#include "tools/pitr/backup.h"

typedef struct LayoutOptions {
    const Array *mappings; /* of SpaceMapping */
    const char *repo_dir;  /* the archive's folder, NULL when it has none here */
    bool skips_extra;      /* leave out what is not in the manifest; else it raises */
    bool wants_progress;
} LayoutOptions;

typedef struct Layout Layout;

/*
 * Check the target folder and those of tablespaces, and make them. Raises 58P02 for one that is
 * neither missing nor empty nor left by a restore that was killed, 55006 for one into which another
 * process restores. If the layout is not finished, what was made is removed with the memory
 * context, so that nothing half-restored stays.
 */
Layout *layout_begin(Backup *backup, const char *dir, const LayoutOptions *options);

/* Copy or unpack everything but pg_control. jobs: threads. */
void layout_files(Layout *l, unsigned jobs);

/* Sync the tree, write pg_control, sync that: from now on a server can start. */
void layout_finish(Layout *l);

#endif
