/* exec_rig_index.c - indexes of the rig of plans; exec_rig_index.h says why it stands apart. */
#include "common/base/base.h"

#include "tests/lib/exec_rig_index.h"

#include "server/access/index/index.h"

void exec_rig_build_index(Relation *table, Relation *index)
{
    IndexBuild out = {.snapshot = NULL};

    index_build(table, index, &out);
}
