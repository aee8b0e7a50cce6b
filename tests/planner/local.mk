# tests/planner: plans and their costs against a real server's.

check_scripts += tests/planner/plans_are_those_of_the_real_server.sh

check_PROGRAMS += tests/planner/plan_show
tests_planner_plan_show_SOURCES = tests/planner/plan_show.c
tests_planner_plan_show_LDADD = tests/lib/libtest.a libserver.a $(LDADD)
