/*
 * path.h - path names as text: join, split, normalise
 *
 * Results are in the current memory context. Nothing here looks at the disk (but for the working
 * folder), so ".." is taken back by its letters: where a part is a symbolic link, the result may
 * name another file.
 */
#ifndef OS_PATH_H
#define OS_PATH_H

#include "common/base/base.h"

/* "dir/name" with one slash between; when either is empty, the other. */
char *path_join(const char *dir, const char *name);
char *path_dir(const char *path);        /* as dirname(3): "." when there is none */
const char *path_base(const char *path); /* what follows the last slash; "" when that is the end */
bool path_is_absolute(const char *path);
char *path_absolute(const char *path);  /* made absolute by the working folder, then normalised */
char *path_normalise(const char *path); /* no "//", "/./", "/../", no slash at the end; never "" */

/*
 * True when path is safe below a folder, and the only spelling of what it names there: relative,
 * without parts that are "..", "." or empty.
 */
bool path_is_inside(const char *path);

#endif
