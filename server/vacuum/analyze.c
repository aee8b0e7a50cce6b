/* analyze.c - what planners are told of a table; vacuum_int.h has the how. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/vacuum/vacuum_int.h"

void analyze_relation(Relation *rel, const VacuumParams *params UNUSED,
                      const char *const *columns UNUSED, bool is_in_outer UNUSED)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("ANALYZE of \"%s\" is not supported", rel->name));
}
