/* exec_rig_index.h - what the rig of plans needs of access/index, whose names clash with plans'. */
#ifndef LIB_EXEC_RIG_INDEX_H
#define LIB_EXEC_RIG_INDEX_H

#include "common/base/base.h"

#include "server/access/common/relation.h"

void exec_rig_build_index(Relation *table, Relation *index);

#endif
