/*
 * script.h - what statements make in a new cluster, behind the rows of the .def files
 *
 * Texts of *.sql beside this file, put into the program by the build.
 */
#ifndef CATALOG_SCRIPT_H
#define CATALOG_SCRIPT_H

#include "common/base/base.h"

extern const char catalog_script_information_schema[];
extern const char catalog_script_system_views[];
extern const char catalog_script_system_rights[]; /* of these views */

#endif
