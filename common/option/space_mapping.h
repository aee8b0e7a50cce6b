/*
 * space_mapping.h - the option -T/--tablespace-mapping OLDDIR=NEWDIR
 *
 * "\=" stands for "=" in a name. Both folders are absolute; where the program takes it, the OID of
 * the tablespace stands for OLDDIR. Texts of errors are those of pg_basebackup 15.
 */
#ifndef OPTION_SPACE_MAPPING_H
#define OPTION_SPACE_MAPPING_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct SpaceMapping {
    Oid oid;             /* 0: the tablespace is named by old_dir */
    const char *old_dir; /* on the server that was backed up; NULL: named by oid */
    const char *new_dir;
} SpaceMapping;

/*
 * For the read of an OptionDef of OPTION_CUSTOM whose field is an Array of SpaceMapping. The second
 * takes an OID in place of OLDDIR, too.
 */
bool space_mapping_read(const char *text, void *field);
bool space_mapping_read_or_oid(const char *text, void *field);

/*
 * Where the tablespace goes that lies in dir on the server: the NEWDIR of the first mapping that
 * names it, else NULL. mappings may be zeroed (no mapping was given); oid is 0 when it is not
 * known.
 */
const char *space_mapping_find(const Array *mappings, Oid oid, const char *dir);

#endif
