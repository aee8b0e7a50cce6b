/* path.h - path names as text: join, split, normalise. Results are in the current context. */
#ifndef OS_PATH_H
#define OS_PATH_H

#include "common/base/base.h"

char *path_join(const char *dir, const char *name); /* "dir/name", one slash between */
char *path_dir(const char *path);                   /* as dirname(3): "." when there is none */
const char *path_base(const char *path);            /* what follows the last slash */
bool path_is_absolute(const char *path);
char *path_absolute(const char *path); /* made absolute by the working folder, then normalised */
char *path_normalise(const char *path); /* no "//", "/./", "/../" and no slash at the end */

/* True when path is safe below a folder: relative, without ".." parts and empty parts. */
bool path_is_inside(const char *path);

#endif
