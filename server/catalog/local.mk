# server/catalog: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/catalog/NAME.c
# Facts come as pg_*.def; generators in awk make sources of them in the build folder.
server_sources += server/catalog/bootstrap.c
server_sources += server/catalog/bootstrap_heap.c
server_sources += server/catalog/bootstrap_index.c
server_sources += server/catalog/builtin.c
server_sources += server/catalog/catalog.c
server_sources += server/catalog/collation_list.c
server_sources += server/catalog/input.c
server_sources += server/catalog/type_facts.c

catalog_reader = $(srcdir)/server/catalog/read_def.awk
catalog_generate = $(AM_V_GEN)$(MKDIR_P) server/catalog && LC_ALL=C $(AWK) -f $(catalog_reader)
catalog_defs_read = $(catalog_defs:%=$(srcdir)/%) >$@.$$$$ && mv $@.$$$$ $@

catalog_headers = server/catalog/catalog_oid.h server/catalog/catalog_struct.h
catalog_tables = server/catalog/builtin_table.c server/catalog/catalog_rows.c server/catalog/catalog_script.c \
	server/catalog/catalog_table.c server/catalog/type_table.c

nodist_libserver_a_SOURCES += $(catalog_headers) $(catalog_tables)
BUILT_SOURCES += $(catalog_headers)
CLEANFILES += $(catalog_headers) $(catalog_tables)

# So that a single target can be asked for too.
$(libserver_a_OBJECTS) $(tests_unit_unit_tests_OBJECTS): | $(catalog_headers)

server/catalog/builtin_table.c: $(catalog_defs) $(catalog_reader) server/catalog/gen_builtin.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/gen_builtin.awk $(catalog_defs_read)

server/catalog/catalog_oid.h: $(catalog_defs) $(catalog_reader) server/catalog/gen_oid.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/gen_oid.awk $(catalog_defs_read)

server/catalog/catalog_rows.c: $(catalog_defs) $(catalog_reader) server/catalog/derive_rows.awk server/catalog/gen_rows.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/derive_rows.awk -f $(srcdir)/server/catalog/gen_rows.awk \
		$(catalog_defs_read)

server/catalog/catalog_script.c: $(catalog_scripts) server/catalog/gen_script.awk
	$(AM_V_GEN)$(MKDIR_P) server/catalog && LC_ALL=C $(AWK) -f $(srcdir)/server/catalog/gen_script.awk \
		$(catalog_scripts:%=$(srcdir)/%) >$@.$$$$ && mv $@.$$$$ $@

server/catalog/catalog_struct.h: $(catalog_defs) $(catalog_reader) server/catalog/gen_struct.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/gen_struct.awk $(catalog_defs_read)

server/catalog/catalog_table.c: $(catalog_defs) $(catalog_reader) server/catalog/gen_table.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/gen_table.awk $(catalog_defs_read)

server/catalog/type_table.c: $(catalog_defs) $(catalog_reader) server/catalog/derive_rows.awk server/catalog/gen_type.awk
	$(catalog_generate) -f $(srcdir)/server/catalog/derive_rows.awk -f $(srcdir)/server/catalog/gen_type.awk \
		$(catalog_defs_read)

catalog_scripts = server/catalog/information_schema.sql server/catalog/system_rights.sql server/catalog/system_views.sql

catalog_defs =
catalog_defs += server/catalog/pg_aggregate.def
catalog_defs += server/catalog/pg_am.def
catalog_defs += server/catalog/pg_amop.def
catalog_defs += server/catalog/pg_amproc.def
catalog_defs += server/catalog/pg_attrdef.def
catalog_defs += server/catalog/pg_attribute.def
catalog_defs += server/catalog/pg_auth_members.def
catalog_defs += server/catalog/pg_authid.def
catalog_defs += server/catalog/pg_cast.def
catalog_defs += server/catalog/pg_class.def
catalog_defs += server/catalog/pg_collation.def
catalog_defs += server/catalog/pg_constraint.def
catalog_defs += server/catalog/pg_conversion.def
catalog_defs += server/catalog/pg_database.def
catalog_defs += server/catalog/pg_db_role_setting.def
catalog_defs += server/catalog/pg_default_acl.def
catalog_defs += server/catalog/pg_depend.def
catalog_defs += server/catalog/pg_description.def
catalog_defs += server/catalog/pg_enum.def
catalog_defs += server/catalog/pg_event_trigger.def
catalog_defs += server/catalog/pg_extension.def
catalog_defs += server/catalog/pg_foreign_data_wrapper.def
catalog_defs += server/catalog/pg_foreign_server.def
catalog_defs += server/catalog/pg_foreign_table.def
catalog_defs += server/catalog/pg_index.def
catalog_defs += server/catalog/pg_inherits.def
catalog_defs += server/catalog/pg_init_privs.def
catalog_defs += server/catalog/pg_language.def
catalog_defs += server/catalog/pg_largeobject.def
catalog_defs += server/catalog/pg_largeobject_metadata.def
catalog_defs += server/catalog/pg_namespace.def
catalog_defs += server/catalog/pg_opclass.def
catalog_defs += server/catalog/pg_operator.def
catalog_defs += server/catalog/pg_opfamily.def
catalog_defs += server/catalog/pg_parameter_acl.def
catalog_defs += server/catalog/pg_partitioned_table.def
catalog_defs += server/catalog/pg_policy.def
catalog_defs += server/catalog/pg_proc.def
catalog_defs += server/catalog/pg_publication.def
catalog_defs += server/catalog/pg_publication_namespace.def
catalog_defs += server/catalog/pg_publication_rel.def
catalog_defs += server/catalog/pg_range.def
catalog_defs += server/catalog/pg_replication_origin.def
catalog_defs += server/catalog/pg_rewrite.def
catalog_defs += server/catalog/pg_seclabel.def
catalog_defs += server/catalog/pg_sequence.def
catalog_defs += server/catalog/pg_shdepend.def
catalog_defs += server/catalog/pg_shdescription.def
catalog_defs += server/catalog/pg_shseclabel.def
catalog_defs += server/catalog/pg_statistic.def
catalog_defs += server/catalog/pg_statistic_ext.def
catalog_defs += server/catalog/pg_statistic_ext_data.def
catalog_defs += server/catalog/pg_subscription.def
catalog_defs += server/catalog/pg_subscription_rel.def
catalog_defs += server/catalog/pg_tablespace.def
catalog_defs += server/catalog/pg_transform.def
catalog_defs += server/catalog/pg_trigger.def
catalog_defs += server/catalog/pg_ts_config.def
catalog_defs += server/catalog/pg_ts_config_map.def
catalog_defs += server/catalog/pg_ts_dict.def
catalog_defs += server/catalog/pg_ts_parser.def
catalog_defs += server/catalog/pg_ts_template.def
catalog_defs += server/catalog/pg_type.def
catalog_defs += server/catalog/pg_user_mapping.def
