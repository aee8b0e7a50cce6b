-- information_schema.sql - information_schema of a new cluster
--
-- Facts of PostgreSQL 15 (NOTICE), written by setup/read_catalogs.sh: do not edit. Their order gives them their numbers.

CREATE SCHEMA information_schema;
GRANT USAGE ON SCHEMA information_schema TO PUBLIC;
SET search_path = information_schema;

CREATE OR REPLACE FUNCTION information_schema._pg_expandarray(anyarray, OUT x anyelement, OUT n integer)
 RETURNS SETOF record
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$select $1[s],
        s operator(pg_catalog.-) pg_catalog.array_lower($1,1) operator(pg_catalog.+) 1
        from pg_catalog.generate_series(pg_catalog.array_lower($1,1),
                                        pg_catalog.array_upper($1,1),
                                        1) as g(s)$function$
;

CREATE OR REPLACE FUNCTION information_schema._pg_index_position(oid, smallint)
 RETURNS integer
 LANGUAGE sql
 STABLE STRICT
BEGIN ATOMIC
 SELECT (ss.a).n AS n
    FROM ( SELECT information_schema._pg_expandarray(pg_index.indkey) AS a
            FROM pg_index
           WHERE (pg_index.indexrelid = $1)) ss
   WHERE ((ss.a).x = $2);
END
;

CREATE OR REPLACE FUNCTION information_schema._pg_truetypid(pg_attribute, pg_type)
 RETURNS oid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (($2).typtype = 'd'::"char") THEN ($2).typbasetype ELSE ($1).atttypid END
;

CREATE OR REPLACE FUNCTION information_schema._pg_truetypmod(pg_attribute, pg_type)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (($2).typtype = 'd'::"char") THEN ($2).typtypmod ELSE ($1).atttypmod END
;

CREATE OR REPLACE FUNCTION information_schema._pg_char_max_length(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typmod = '-1'::integer) THEN NULL::integer WHEN (typid = ANY (ARRAY[(1042)::oid, (1043)::oid])) THEN (typmod - 4) WHEN (typid = ANY (ARRAY[(1560)::oid, (1562)::oid])) THEN typmod ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_char_octet_length(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typid = ANY (ARRAY[(25)::oid, (1042)::oid, (1043)::oid])) THEN CASE WHEN (typmod = '-1'::integer) THEN (((2)::double precision ^ (30)::double precision))::integer ELSE (information_schema._pg_char_max_length(typid, typmod) * pg_encoding_max_length((SELECT pg_database.encoding FROM pg_database WHERE (pg_database.datname = current_database())))) END ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_numeric_precision(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE typid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 1700 THEN CASE WHEN (typmod = '-1'::integer) THEN NULL::integer ELSE (((typmod - 4) >> 16) & 65535) END WHEN 700 THEN 24 WHEN 701 THEN 53 ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_numeric_precision_radix(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typid = ANY (ARRAY[(21)::oid, (23)::oid, (20)::oid, (700)::oid, (701)::oid])) THEN 2 WHEN (typid = (1700)::oid) THEN 10 ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_numeric_scale(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typid = ANY (ARRAY[(21)::oid, (23)::oid, (20)::oid])) THEN 0 WHEN (typid = (1700)::oid) THEN CASE WHEN (typmod = '-1'::integer) THEN NULL::integer ELSE ((typmod - 4) & 65535) END ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_datetime_precision(typid oid, typmod integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typid = (1082)::oid) THEN 0 WHEN (typid = ANY (ARRAY[(1083)::oid, (1114)::oid, (1184)::oid, (1266)::oid])) THEN CASE WHEN (typmod < 0) THEN 6 ELSE typmod END WHEN (typid = (1186)::oid) THEN CASE WHEN ((typmod < 0) OR ((typmod & 65535) = 65535)) THEN 6 ELSE (typmod & 65535) END ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION information_schema._pg_interval_type(typid oid, mod integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (typid = (1186)::oid) THEN upper(SUBSTRING(format_type(typid, mod) SIMILAR 'interval[()0-9]* #"%#"'::text ESCAPE '#'::text)) ELSE NULL::text END
;

CREATE DOMAIN cardinal_number AS integer
    CONSTRAINT cardinal_number_domain_check CHECK ((VALUE >= 0));

CREATE DOMAIN character_data AS character varying COLLATE "C";

CREATE DOMAIN sql_identifier AS name;

CREATE VIEW information_schema_catalog_name AS
 SELECT (current_database())::information_schema.sql_identifier AS catalog_name;

CREATE DOMAIN time_stamp AS timestamp(2) with time zone
    DEFAULT CURRENT_TIMESTAMP(2);

CREATE DOMAIN yes_or_no AS character varying(3) COLLATE "C"
    CONSTRAINT yes_or_no_check CHECK (VALUE IN ('YES', 'NO'));

CREATE VIEW applicable_roles AS
 SELECT (a.rolname)::information_schema.sql_identifier AS grantee,
    (b.rolname)::information_schema.sql_identifier AS role_name,
    (
        CASE
            WHEN m.admin_option THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ((( SELECT pg_auth_members.member,
            pg_auth_members.roleid,
            pg_auth_members.admin_option
           FROM pg_auth_members
        UNION
         SELECT pg_database.datdba,
            pg_authid.oid,
            false
           FROM pg_database,
            pg_authid
          WHERE ((pg_database.datname = current_database()) AND (pg_authid.rolname = 'pg_database_owner'::name))) m
     JOIN pg_authid a ON ((m.member = a.oid)))
     JOIN pg_authid b ON ((m.roleid = b.oid)))
  WHERE pg_has_role(a.oid, 'USAGE'::text);

CREATE VIEW administrable_role_authorizations AS
 SELECT applicable_roles.grantee,
    applicable_roles.role_name,
    applicable_roles.is_grantable
   FROM information_schema.applicable_roles
  WHERE ((applicable_roles.is_grantable)::text = 'YES'::text);

CREATE VIEW attributes AS
 SELECT (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nc.nspname)::information_schema.sql_identifier AS udt_schema,
    (c.relname)::information_schema.sql_identifier AS udt_name,
    (a.attname)::information_schema.sql_identifier AS attribute_name,
    (a.attnum)::information_schema.cardinal_number AS ordinal_position,
    (pg_get_expr(ad.adbin, ad.adrelid))::information_schema.character_data AS attribute_default,
    (
        CASE
            WHEN (a.attnotnull OR ((t.typtype = 'd'::"char") AND t.typnotnull)) THEN 'NO'::text
            ELSE 'YES'::text
        END)::information_schema.yes_or_no AS is_nullable,
    (
        CASE
            WHEN ((t.typelem <> (0)::oid) AND (t.typlen = '-1'::integer)) THEN 'ARRAY'::text
            WHEN (nt.nspname = 'pg_catalog'::name) THEN format_type(a.atttypid, NULL::integer)
            ELSE 'USER-DEFINED'::text
        END)::information_schema.character_data AS data_type,
    (information_schema._pg_char_max_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS character_maximum_length,
    (information_schema._pg_char_octet_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (
        CASE
            WHEN (nco.nspname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS collation_catalog,
    (nco.nspname)::information_schema.sql_identifier AS collation_schema,
    (co.collname)::information_schema.sql_identifier AS collation_name,
    (information_schema._pg_numeric_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_precision,
    (information_schema._pg_numeric_precision_radix(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_precision_radix,
    (information_schema._pg_numeric_scale(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_scale,
    (information_schema._pg_datetime_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS datetime_precision,
    (information_schema._pg_interval_type(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (current_database())::information_schema.sql_identifier AS attribute_udt_catalog,
    (nt.nspname)::information_schema.sql_identifier AS attribute_udt_schema,
    (t.typname)::information_schema.sql_identifier AS attribute_udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    (a.attnum)::information_schema.sql_identifier AS dtd_identifier,
    ('NO'::character varying)::information_schema.yes_or_no AS is_derived_reference_attribute
   FROM ((((pg_attribute a
     LEFT JOIN pg_attrdef ad ON (((a.attrelid = ad.adrelid) AND (a.attnum = ad.adnum))))
     JOIN (pg_class c
     JOIN pg_namespace nc ON ((c.relnamespace = nc.oid))) ON ((a.attrelid = c.oid)))
     JOIN (pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid))) ON ((a.atttypid = t.oid)))
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON ((co.collnamespace = nco.oid))) ON (((a.attcollation = co.oid) AND ((nco.nspname <> 'pg_catalog'::name) OR (co.collname <> 'default'::name)))))
  WHERE ((a.attnum > 0) AND (NOT a.attisdropped) AND (c.relkind = 'c'::"char") AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_type_privilege(c.reltype, 'USAGE'::text)));

CREATE VIEW character_sets AS
 SELECT (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (getdatabaseencoding())::information_schema.sql_identifier AS character_set_name,
    (
        CASE
            WHEN (getdatabaseencoding() = 'UTF8'::name) THEN 'UCS'::name
            ELSE getdatabaseencoding()
        END)::information_schema.sql_identifier AS character_repertoire,
    (getdatabaseencoding())::information_schema.sql_identifier AS form_of_use,
    (current_database())::information_schema.sql_identifier AS default_collate_catalog,
    (nc.nspname)::information_schema.sql_identifier AS default_collate_schema,
    (c.collname)::information_schema.sql_identifier AS default_collate_name
   FROM (pg_database d
     LEFT JOIN (pg_collation c
     JOIN pg_namespace nc ON ((c.collnamespace = nc.oid))) ON (((d.datcollate = c.collcollate) AND (d.datctype = c.collctype))))
  WHERE (d.datname = current_database())
  ORDER BY (char_length((c.collname)::text)) DESC, c.collname
 LIMIT 1;

CREATE VIEW check_constraint_routine_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (nc.nspname)::information_schema.sql_identifier AS constraint_schema,
    (c.conname)::information_schema.sql_identifier AS constraint_name,
    (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name
   FROM pg_namespace nc,
    pg_constraint c,
    pg_depend d,
    pg_proc p,
    pg_namespace np
  WHERE ((nc.oid = c.connamespace) AND (c.contype = 'c'::"char") AND (c.oid = d.objid) AND (d.classid = ('pg_constraint'::regclass)::oid) AND (d.refobjid = p.oid) AND (d.refclassid = ('pg_proc'::regclass)::oid) AND (p.pronamespace = np.oid) AND pg_has_role(p.proowner, 'USAGE'::text));

CREATE VIEW check_constraints AS
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (rs.nspname)::information_schema.sql_identifier AS constraint_schema,
    (con.conname)::information_schema.sql_identifier AS constraint_name,
    (SUBSTRING(pg_get_constraintdef(con.oid) FROM 7))::information_schema.character_data AS check_clause
   FROM (((pg_constraint con
     LEFT JOIN pg_namespace rs ON ((rs.oid = con.connamespace)))
     LEFT JOIN pg_class c ON ((c.oid = con.conrelid)))
     LEFT JOIN pg_type t ON ((t.oid = con.contypid)))
  WHERE (pg_has_role(COALESCE(c.relowner, t.typowner), 'USAGE'::text) AND (con.contype = 'c'::"char"))
UNION
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (n.nspname)::information_schema.sql_identifier AS constraint_schema,
    (((((((n.oid)::text || '_'::text) || (r.oid)::text) || '_'::text) || (a.attnum)::text) || '_not_null'::text))::information_schema.sql_identifier AS constraint_name,
    (((a.attname)::text || ' IS NOT NULL'::text))::information_schema.character_data AS check_clause
   FROM pg_namespace n,
    pg_class r,
    pg_attribute a
  WHERE ((n.oid = r.relnamespace) AND (r.oid = a.attrelid) AND (a.attnum > 0) AND (NOT a.attisdropped) AND a.attnotnull AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND pg_has_role(r.relowner, 'USAGE'::text));

CREATE VIEW collations AS
 SELECT (current_database())::information_schema.sql_identifier AS collation_catalog,
    (nc.nspname)::information_schema.sql_identifier AS collation_schema,
    (c.collname)::information_schema.sql_identifier AS collation_name,
    ('NO PAD'::character varying)::information_schema.character_data AS pad_attribute
   FROM pg_collation c,
    pg_namespace nc
  WHERE ((c.collnamespace = nc.oid) AND (c.collencoding = ANY (ARRAY['-1'::integer, ( SELECT pg_database.encoding
           FROM pg_database
          WHERE (pg_database.datname = current_database()))])));

CREATE VIEW collation_character_set_applicability AS
 SELECT (current_database())::information_schema.sql_identifier AS collation_catalog,
    (nc.nspname)::information_schema.sql_identifier AS collation_schema,
    (c.collname)::information_schema.sql_identifier AS collation_name,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (getdatabaseencoding())::information_schema.sql_identifier AS character_set_name
   FROM pg_collation c,
    pg_namespace nc
  WHERE ((c.collnamespace = nc.oid) AND (c.collencoding = ANY (ARRAY['-1'::integer, ( SELECT pg_database.encoding
           FROM pg_database
          WHERE (pg_database.datname = current_database()))])));

CREATE VIEW column_column_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS table_catalog,
    (n.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (ac.attname)::information_schema.sql_identifier AS column_name,
    (ad.attname)::information_schema.sql_identifier AS dependent_column
   FROM pg_namespace n,
    pg_class c,
    pg_depend d,
    pg_attribute ac,
    pg_attribute ad,
    pg_attrdef atd
  WHERE ((n.oid = c.relnamespace) AND (c.oid = ac.attrelid) AND (c.oid = ad.attrelid) AND (ac.attnum <> ad.attnum) AND (ad.attrelid = atd.adrelid) AND (ad.attnum = atd.adnum) AND (d.classid = ('pg_attrdef'::regclass)::oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.objid = atd.oid) AND (d.refobjid = ac.attrelid) AND (d.refobjsubid = ac.attnum) AND (ad.attgenerated <> ''::"char") AND pg_has_role(c.relowner, 'USAGE'::text));

CREATE VIEW column_domain_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS domain_catalog,
    (nt.nspname)::information_schema.sql_identifier AS domain_schema,
    (t.typname)::information_schema.sql_identifier AS domain_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name
   FROM pg_type t,
    pg_namespace nt,
    pg_class c,
    pg_namespace nc,
    pg_attribute a
  WHERE ((t.typnamespace = nt.oid) AND (c.relnamespace = nc.oid) AND (a.attrelid = c.oid) AND (a.atttypid = t.oid) AND (t.typtype = 'd'::"char") AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (a.attnum > 0) AND (NOT a.attisdropped) AND pg_has_role(t.typowner, 'USAGE'::text));

CREATE VIEW column_privileges AS
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (x.relname)::information_schema.sql_identifier AS table_name,
    (x.attname)::information_schema.sql_identifier AS column_name,
    (x.prtype)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(x.grantee, x.relowner, 'USAGE'::text) OR x.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pr_c.grantor,
            pr_c.grantee,
            a.attname,
            pr_c.relname,
            pr_c.relnamespace,
            pr_c.prtype,
            pr_c.grantable,
            pr_c.relowner
           FROM ( SELECT pg_class.oid,
                    pg_class.relname,
                    pg_class.relnamespace,
                    pg_class.relowner,
                    (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantor AS grantor,
                    (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantee AS grantee,
                    (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).privilege_type AS privilege_type,
                    (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).is_grantable AS is_grantable
                   FROM pg_class
                  WHERE (pg_class.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"]))) pr_c(oid, relname, relnamespace, relowner, grantor, grantee, prtype, grantable),
            pg_attribute a
          WHERE ((a.attrelid = pr_c.oid) AND (a.attnum > 0) AND (NOT a.attisdropped))
        UNION
         SELECT pr_a.grantor,
            pr_a.grantee,
            pr_a.attname,
            c.relname,
            c.relnamespace,
            pr_a.prtype,
            pr_a.grantable,
            c.relowner
           FROM ( SELECT a.attrelid,
                    a.attname,
                    (aclexplode(COALESCE(a.attacl, acldefault('c'::"char", cc.relowner)))).grantor AS grantor,
                    (aclexplode(COALESCE(a.attacl, acldefault('c'::"char", cc.relowner)))).grantee AS grantee,
                    (aclexplode(COALESCE(a.attacl, acldefault('c'::"char", cc.relowner)))).privilege_type AS privilege_type,
                    (aclexplode(COALESCE(a.attacl, acldefault('c'::"char", cc.relowner)))).is_grantable AS is_grantable
                   FROM (pg_attribute a
                     JOIN pg_class cc ON ((a.attrelid = cc.oid)))
                  WHERE ((a.attnum > 0) AND (NOT a.attisdropped))) pr_a(attrelid, attname, grantor, grantee, prtype, grantable),
            pg_class c
          WHERE ((pr_a.attrelid = c.oid) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])))) x,
    pg_namespace nc,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((x.relnamespace = nc.oid) AND (x.grantee = grantee.oid) AND (x.grantor = u_grantor.oid) AND (x.prtype = ANY (ARRAY['INSERT'::text, 'SELECT'::text, 'UPDATE'::text, 'REFERENCES'::text])) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)));

CREATE VIEW column_udt_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS udt_catalog,
    (COALESCE(nbt.nspname, nt.nspname))::information_schema.sql_identifier AS udt_schema,
    (COALESCE(bt.typname, t.typname))::information_schema.sql_identifier AS udt_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name
   FROM pg_attribute a,
    pg_class c,
    pg_namespace nc,
    ((pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid)))
     LEFT JOIN (pg_type bt
     JOIN pg_namespace nbt ON ((bt.typnamespace = nbt.oid))) ON (((t.typtype = 'd'::"char") AND (t.typbasetype = bt.oid))))
  WHERE ((a.attrelid = c.oid) AND (a.atttypid = t.oid) AND (nc.oid = c.relnamespace) AND (a.attnum > 0) AND (NOT a.attisdropped) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND pg_has_role(COALESCE(bt.typowner, t.typowner), 'USAGE'::text));

CREATE VIEW columns AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name,
    (a.attnum)::information_schema.cardinal_number AS ordinal_position,
    (
        CASE
            WHEN (a.attgenerated = ''::"char") THEN pg_get_expr(ad.adbin, ad.adrelid)
            ELSE NULL::text
        END)::information_schema.character_data AS column_default,
    (
        CASE
            WHEN (a.attnotnull OR ((t.typtype = 'd'::"char") AND t.typnotnull)) THEN 'NO'::text
            ELSE 'YES'::text
        END)::information_schema.yes_or_no AS is_nullable,
    (
        CASE
            WHEN (t.typtype = 'd'::"char") THEN
            CASE
                WHEN ((bt.typelem <> (0)::oid) AND (bt.typlen = '-1'::integer)) THEN 'ARRAY'::text
                WHEN (nbt.nspname = 'pg_catalog'::name) THEN format_type(t.typbasetype, NULL::integer)
                ELSE 'USER-DEFINED'::text
            END
            ELSE
            CASE
                WHEN ((t.typelem <> (0)::oid) AND (t.typlen = '-1'::integer)) THEN 'ARRAY'::text
                WHEN (nt.nspname = 'pg_catalog'::name) THEN format_type(a.atttypid, NULL::integer)
                ELSE 'USER-DEFINED'::text
            END
        END)::information_schema.character_data AS data_type,
    (information_schema._pg_char_max_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS character_maximum_length,
    (information_schema._pg_char_octet_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS character_octet_length,
    (information_schema._pg_numeric_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_precision,
    (information_schema._pg_numeric_precision_radix(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_precision_radix,
    (information_schema._pg_numeric_scale(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS numeric_scale,
    (information_schema._pg_datetime_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.cardinal_number AS datetime_precision,
    (information_schema._pg_interval_type(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)))::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (
        CASE
            WHEN (nco.nspname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS collation_catalog,
    (nco.nspname)::information_schema.sql_identifier AS collation_schema,
    (co.collname)::information_schema.sql_identifier AS collation_name,
    (
        CASE
            WHEN (t.typtype = 'd'::"char") THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS domain_catalog,
    (
        CASE
            WHEN (t.typtype = 'd'::"char") THEN nt.nspname
            ELSE NULL::name
        END)::information_schema.sql_identifier AS domain_schema,
    (
        CASE
            WHEN (t.typtype = 'd'::"char") THEN t.typname
            ELSE NULL::name
        END)::information_schema.sql_identifier AS domain_name,
    (current_database())::information_schema.sql_identifier AS udt_catalog,
    (COALESCE(nbt.nspname, nt.nspname))::information_schema.sql_identifier AS udt_schema,
    (COALESCE(bt.typname, t.typname))::information_schema.sql_identifier AS udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    (a.attnum)::information_schema.sql_identifier AS dtd_identifier,
    ('NO'::character varying)::information_schema.yes_or_no AS is_self_referencing,
    (
        CASE
            WHEN (a.attidentity = ANY (ARRAY['a'::"char", 'd'::"char"])) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_identity,
    (
        CASE a.attidentity
            WHEN 'a'::"char" THEN 'ALWAYS'::text
            WHEN 'd'::"char" THEN 'BY DEFAULT'::text
            ELSE NULL::text
        END)::information_schema.character_data AS identity_generation,
    (seq.seqstart)::information_schema.character_data AS identity_start,
    (seq.seqincrement)::information_schema.character_data AS identity_increment,
    (seq.seqmax)::information_schema.character_data AS identity_maximum,
    (seq.seqmin)::information_schema.character_data AS identity_minimum,
    (
        CASE
            WHEN seq.seqcycle THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS identity_cycle,
    (
        CASE
            WHEN (a.attgenerated <> ''::"char") THEN 'ALWAYS'::text
            ELSE 'NEVER'::text
        END)::information_schema.character_data AS is_generated,
    (
        CASE
            WHEN (a.attgenerated <> ''::"char") THEN pg_get_expr(ad.adbin, ad.adrelid)
            ELSE NULL::text
        END)::information_schema.character_data AS generation_expression,
    (
        CASE
            WHEN ((c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) OR ((c.relkind = ANY (ARRAY['v'::"char", 'f'::"char"])) AND pg_column_is_updatable((c.oid)::regclass, a.attnum, false))) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_updatable
   FROM ((((((pg_attribute a
     LEFT JOIN pg_attrdef ad ON (((a.attrelid = ad.adrelid) AND (a.attnum = ad.adnum))))
     JOIN (pg_class c
     JOIN pg_namespace nc ON ((c.relnamespace = nc.oid))) ON ((a.attrelid = c.oid)))
     JOIN (pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid))) ON ((a.atttypid = t.oid)))
     LEFT JOIN (pg_type bt
     JOIN pg_namespace nbt ON ((bt.typnamespace = nbt.oid))) ON (((t.typtype = 'd'::"char") AND (t.typbasetype = bt.oid))))
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON ((co.collnamespace = nco.oid))) ON (((a.attcollation = co.oid) AND ((nco.nspname <> 'pg_catalog'::name) OR (co.collname <> 'default'::name)))))
     LEFT JOIN (pg_depend dep
     JOIN pg_sequence seq ON (((dep.classid = ('pg_class'::regclass)::oid) AND (dep.objid = seq.seqrelid) AND (dep.deptype = 'i'::"char")))) ON (((dep.refclassid = ('pg_class'::regclass)::oid) AND (dep.refobjid = c.oid) AND (dep.refobjsubid = a.attnum))))
  WHERE ((NOT pg_is_other_temp_schema(nc.oid)) AND (a.attnum > 0) AND (NOT a.attisdropped) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW constraint_column_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (x.tblschema)::information_schema.sql_identifier AS table_schema,
    (x.tblname)::information_schema.sql_identifier AS table_name,
    (x.colname)::information_schema.sql_identifier AS column_name,
    (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (x.cstrschema)::information_schema.sql_identifier AS constraint_schema,
    (x.cstrname)::information_schema.sql_identifier AS constraint_name
   FROM ( SELECT DISTINCT nr.nspname,
            r.relname,
            r.relowner,
            a.attname,
            nc.nspname,
            c.conname
           FROM pg_namespace nr,
            pg_class r,
            pg_attribute a,
            pg_depend d,
            pg_namespace nc,
            pg_constraint c
          WHERE ((nr.oid = r.relnamespace) AND (r.oid = a.attrelid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = r.oid) AND (d.refobjsubid = a.attnum) AND (d.classid = ('pg_constraint'::regclass)::oid) AND (d.objid = c.oid) AND (c.connamespace = nc.oid) AND (c.contype = 'c'::"char") AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (NOT a.attisdropped))
        UNION ALL
         SELECT nr.nspname,
            r.relname,
            r.relowner,
            a.attname,
            nc.nspname,
            c.conname
           FROM pg_namespace nr,
            pg_class r,
            pg_attribute a,
            pg_namespace nc,
            pg_constraint c
          WHERE ((nr.oid = r.relnamespace) AND (r.oid = a.attrelid) AND (nc.oid = c.connamespace) AND (r.oid =
                CASE c.contype
                    WHEN 'f'::"char" THEN c.confrelid
                    ELSE c.conrelid
                END) AND (a.attnum = ANY (
                CASE c.contype
                    WHEN 'f'::"char" THEN c.confkey
                    ELSE c.conkey
                END)) AND (NOT a.attisdropped) AND (c.contype = ANY (ARRAY['p'::"char", 'u'::"char", 'f'::"char"])) AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])))) x(tblschema, tblname, tblowner, colname, cstrschema, cstrname)
  WHERE pg_has_role(x.tblowner, 'USAGE'::text);

CREATE VIEW constraint_table_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (nr.nspname)::information_schema.sql_identifier AS table_schema,
    (r.relname)::information_schema.sql_identifier AS table_name,
    (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (nc.nspname)::information_schema.sql_identifier AS constraint_schema,
    (c.conname)::information_schema.sql_identifier AS constraint_name
   FROM pg_constraint c,
    pg_namespace nc,
    pg_class r,
    pg_namespace nr
  WHERE ((c.connamespace = nc.oid) AND (r.relnamespace = nr.oid) AND (((c.contype = 'f'::"char") AND (c.confrelid = r.oid)) OR ((c.contype = ANY (ARRAY['p'::"char", 'u'::"char"])) AND (c.conrelid = r.oid))) AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND pg_has_role(r.relowner, 'USAGE'::text));

CREATE VIEW domain_constraints AS
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (rs.nspname)::information_schema.sql_identifier AS constraint_schema,
    (con.conname)::information_schema.sql_identifier AS constraint_name,
    (current_database())::information_schema.sql_identifier AS domain_catalog,
    (n.nspname)::information_schema.sql_identifier AS domain_schema,
    (t.typname)::information_schema.sql_identifier AS domain_name,
    (
        CASE
            WHEN con.condeferrable THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_deferrable,
    (
        CASE
            WHEN con.condeferred THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS initially_deferred
   FROM pg_namespace rs,
    pg_namespace n,
    pg_constraint con,
    pg_type t
  WHERE ((rs.oid = con.connamespace) AND (n.oid = t.typnamespace) AND (t.oid = con.contypid) AND (pg_has_role(t.typowner, 'USAGE'::text) OR has_type_privilege(t.oid, 'USAGE'::text)));

CREATE VIEW domain_udt_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nbt.nspname)::information_schema.sql_identifier AS udt_schema,
    (bt.typname)::information_schema.sql_identifier AS udt_name,
    (current_database())::information_schema.sql_identifier AS domain_catalog,
    (nt.nspname)::information_schema.sql_identifier AS domain_schema,
    (t.typname)::information_schema.sql_identifier AS domain_name
   FROM pg_type t,
    pg_namespace nt,
    pg_type bt,
    pg_namespace nbt
  WHERE ((t.typnamespace = nt.oid) AND (t.typbasetype = bt.oid) AND (bt.typnamespace = nbt.oid) AND (t.typtype = 'd'::"char") AND pg_has_role(bt.typowner, 'USAGE'::text));

CREATE VIEW domains AS
 SELECT (current_database())::information_schema.sql_identifier AS domain_catalog,
    (nt.nspname)::information_schema.sql_identifier AS domain_schema,
    (t.typname)::information_schema.sql_identifier AS domain_name,
    (
        CASE
            WHEN ((t.typelem <> (0)::oid) AND (t.typlen = '-1'::integer)) THEN 'ARRAY'::text
            WHEN (nbt.nspname = 'pg_catalog'::name) THEN format_type(t.typbasetype, NULL::integer)
            ELSE 'USER-DEFINED'::text
        END)::information_schema.character_data AS data_type,
    (information_schema._pg_char_max_length(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS character_maximum_length,
    (information_schema._pg_char_octet_length(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (
        CASE
            WHEN (nco.nspname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS collation_catalog,
    (nco.nspname)::information_schema.sql_identifier AS collation_schema,
    (co.collname)::information_schema.sql_identifier AS collation_name,
    (information_schema._pg_numeric_precision(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS numeric_precision,
    (information_schema._pg_numeric_precision_radix(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS numeric_precision_radix,
    (information_schema._pg_numeric_scale(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS numeric_scale,
    (information_schema._pg_datetime_precision(t.typbasetype, t.typtypmod))::information_schema.cardinal_number AS datetime_precision,
    (information_schema._pg_interval_type(t.typbasetype, t.typtypmod))::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (t.typdefault)::information_schema.character_data AS domain_default,
    (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nbt.nspname)::information_schema.sql_identifier AS udt_schema,
    (bt.typname)::information_schema.sql_identifier AS udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    (1)::information_schema.sql_identifier AS dtd_identifier
   FROM (((pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid)))
     JOIN (pg_type bt
     JOIN pg_namespace nbt ON ((bt.typnamespace = nbt.oid))) ON (((t.typbasetype = bt.oid) AND (t.typtype = 'd'::"char"))))
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON ((co.collnamespace = nco.oid))) ON (((t.typcollation = co.oid) AND ((nco.nspname <> 'pg_catalog'::name) OR (co.collname <> 'default'::name)))))
  WHERE (pg_has_role(t.typowner, 'USAGE'::text) OR has_type_privilege(t.oid, 'USAGE'::text));

CREATE VIEW enabled_roles AS
 SELECT (a.rolname)::information_schema.sql_identifier AS role_name
   FROM pg_authid a
  WHERE pg_has_role(a.oid, 'USAGE'::text);

CREATE VIEW key_column_usage AS
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (ss.nc_nspname)::information_schema.sql_identifier AS constraint_schema,
    (ss.conname)::information_schema.sql_identifier AS constraint_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (ss.nr_nspname)::information_schema.sql_identifier AS table_schema,
    (ss.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name,
    ((ss.x).n)::information_schema.cardinal_number AS ordinal_position,
    (
        CASE
            WHEN (ss.contype = 'f'::"char") THEN information_schema._pg_index_position(ss.conindid, ss.confkey[(ss.x).n])
            ELSE NULL::integer
        END)::information_schema.cardinal_number AS position_in_unique_constraint
   FROM pg_attribute a,
    ( SELECT r.oid AS roid,
            r.relname,
            r.relowner,
            nc.nspname AS nc_nspname,
            nr.nspname AS nr_nspname,
            c.oid AS coid,
            c.conname,
            c.contype,
            c.conindid,
            c.confkey,
            c.confrelid,
            information_schema._pg_expandarray(c.conkey) AS x
           FROM pg_namespace nr,
            pg_class r,
            pg_namespace nc,
            pg_constraint c
          WHERE ((nr.oid = r.relnamespace) AND (r.oid = c.conrelid) AND (nc.oid = c.connamespace) AND (c.contype = ANY (ARRAY['p'::"char", 'u'::"char", 'f'::"char"])) AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (NOT pg_is_other_temp_schema(nr.oid)))) ss
  WHERE ((ss.roid = a.attrelid) AND (a.attnum = (ss.x).x) AND (NOT a.attisdropped) AND (pg_has_role(ss.relowner, 'USAGE'::text) OR has_column_privilege(ss.roid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW parameters AS
 SELECT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (ss.n_nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(ss.proname, ss.p_oid))::information_schema.sql_identifier AS specific_name,
    ((ss.x).n)::information_schema.cardinal_number AS ordinal_position,
    (
        CASE
            WHEN (ss.proargmodes IS NULL) THEN 'IN'::text
            WHEN (ss.proargmodes[(ss.x).n] = 'i'::"char") THEN 'IN'::text
            WHEN (ss.proargmodes[(ss.x).n] = 'o'::"char") THEN 'OUT'::text
            WHEN (ss.proargmodes[(ss.x).n] = 'b'::"char") THEN 'INOUT'::text
            WHEN (ss.proargmodes[(ss.x).n] = 'v'::"char") THEN 'IN'::text
            WHEN (ss.proargmodes[(ss.x).n] = 't'::"char") THEN 'OUT'::text
            ELSE NULL::text
        END)::information_schema.character_data AS parameter_mode,
    ('NO'::character varying)::information_schema.yes_or_no AS is_result,
    ('NO'::character varying)::information_schema.yes_or_no AS as_locator,
    (NULLIF(ss.proargnames[(ss.x).n], ''::text))::information_schema.sql_identifier AS parameter_name,
    (
        CASE
            WHEN ((t.typelem <> (0)::oid) AND (t.typlen = '-1'::integer)) THEN 'ARRAY'::text
            WHEN (nt.nspname = 'pg_catalog'::name) THEN format_type(t.oid, NULL::integer)
            ELSE 'USER-DEFINED'::text
        END)::information_schema.character_data AS data_type,
    (NULL::integer)::information_schema.cardinal_number AS character_maximum_length,
    (NULL::integer)::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (NULL::name)::information_schema.sql_identifier AS collation_catalog,
    (NULL::name)::information_schema.sql_identifier AS collation_schema,
    (NULL::name)::information_schema.sql_identifier AS collation_name,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision_radix,
    (NULL::integer)::information_schema.cardinal_number AS numeric_scale,
    (NULL::integer)::information_schema.cardinal_number AS datetime_precision,
    (NULL::character varying)::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nt.nspname)::information_schema.sql_identifier AS udt_schema,
    (t.typname)::information_schema.sql_identifier AS udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    ((ss.x).n)::information_schema.sql_identifier AS dtd_identifier,
    (
        CASE
            WHEN pg_has_role(ss.proowner, 'USAGE'::text) THEN pg_get_function_arg_default(ss.p_oid, (ss.x).n)
            ELSE NULL::text
        END)::information_schema.character_data AS parameter_default
   FROM pg_type t,
    pg_namespace nt,
    ( SELECT n.nspname AS n_nspname,
            p.proname,
            p.oid AS p_oid,
            p.proowner,
            p.proargnames,
            p.proargmodes,
            information_schema._pg_expandarray(COALESCE(p.proallargtypes, (p.proargtypes)::oid[])) AS x
           FROM pg_namespace n,
            pg_proc p
          WHERE ((n.oid = p.pronamespace) AND (pg_has_role(p.proowner, 'USAGE'::text) OR has_function_privilege(p.oid, 'EXECUTE'::text)))) ss
  WHERE ((t.oid = (ss.x).x) AND (t.typnamespace = nt.oid));

CREATE VIEW referential_constraints AS
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (ncon.nspname)::information_schema.sql_identifier AS constraint_schema,
    (con.conname)::information_schema.sql_identifier AS constraint_name,
    (
        CASE
            WHEN (npkc.nspname IS NULL) THEN NULL::name
            ELSE current_database()
        END)::information_schema.sql_identifier AS unique_constraint_catalog,
    (npkc.nspname)::information_schema.sql_identifier AS unique_constraint_schema,
    (pkc.conname)::information_schema.sql_identifier AS unique_constraint_name,
    (
        CASE con.confmatchtype
            WHEN 'f'::"char" THEN 'FULL'::text
            WHEN 'p'::"char" THEN 'PARTIAL'::text
            WHEN 's'::"char" THEN 'NONE'::text
            ELSE NULL::text
        END)::information_schema.character_data AS match_option,
    (
        CASE con.confupdtype
            WHEN 'c'::"char" THEN 'CASCADE'::text
            WHEN 'n'::"char" THEN 'SET NULL'::text
            WHEN 'd'::"char" THEN 'SET DEFAULT'::text
            WHEN 'r'::"char" THEN 'RESTRICT'::text
            WHEN 'a'::"char" THEN 'NO ACTION'::text
            ELSE NULL::text
        END)::information_schema.character_data AS update_rule,
    (
        CASE con.confdeltype
            WHEN 'c'::"char" THEN 'CASCADE'::text
            WHEN 'n'::"char" THEN 'SET NULL'::text
            WHEN 'd'::"char" THEN 'SET DEFAULT'::text
            WHEN 'r'::"char" THEN 'RESTRICT'::text
            WHEN 'a'::"char" THEN 'NO ACTION'::text
            ELSE NULL::text
        END)::information_schema.character_data AS delete_rule
   FROM ((((((pg_namespace ncon
     JOIN pg_constraint con ON ((ncon.oid = con.connamespace)))
     JOIN pg_class c ON (((con.conrelid = c.oid) AND (con.contype = 'f'::"char"))))
     LEFT JOIN pg_depend d1 ON (((d1.objid = con.oid) AND (d1.classid = ('pg_constraint'::regclass)::oid) AND (d1.refclassid = ('pg_class'::regclass)::oid) AND (d1.refobjsubid = 0))))
     LEFT JOIN pg_depend d2 ON (((d2.refclassid = ('pg_constraint'::regclass)::oid) AND (d2.classid = ('pg_class'::regclass)::oid) AND (d2.objid = d1.refobjid) AND (d2.objsubid = 0) AND (d2.deptype = 'i'::"char"))))
     LEFT JOIN pg_constraint pkc ON (((pkc.oid = d2.refobjid) AND (pkc.contype = ANY (ARRAY['p'::"char", 'u'::"char"])) AND (pkc.conrelid = con.confrelid))))
     LEFT JOIN pg_namespace npkc ON ((pkc.connamespace = npkc.oid)))
  WHERE (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES'::text));

CREATE VIEW role_column_grants AS
 SELECT column_privileges.grantor,
    column_privileges.grantee,
    column_privileges.table_catalog,
    column_privileges.table_schema,
    column_privileges.table_name,
    column_privileges.column_name,
    column_privileges.privilege_type,
    column_privileges.is_grantable
   FROM information_schema.column_privileges
  WHERE (((column_privileges.grantor)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)) OR ((column_privileges.grantee)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)));

CREATE VIEW routine_column_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (np.nspname)::information_schema.sql_identifier AS routine_schema,
    (p.proname)::information_schema.sql_identifier AS routine_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nt.nspname)::information_schema.sql_identifier AS table_schema,
    (t.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name
   FROM pg_namespace np,
    pg_proc p,
    pg_depend d,
    pg_class t,
    pg_namespace nt,
    pg_attribute a
  WHERE ((np.oid = p.pronamespace) AND (p.oid = d.objid) AND (d.classid = ('pg_proc'::regclass)::oid) AND (d.refobjid = t.oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (t.relnamespace = nt.oid) AND (t.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (t.oid = a.attrelid) AND (d.refobjsubid = a.attnum) AND pg_has_role(t.relowner, 'USAGE'::text));

CREATE VIEW routine_privileges AS
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS specific_catalog,
    (n.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (n.nspname)::information_schema.sql_identifier AS routine_schema,
    (p.proname)::information_schema.sql_identifier AS routine_name,
    ('EXECUTE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, p.proowner, 'USAGE'::text) OR p.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_proc.oid,
            pg_proc.proname,
            pg_proc.proowner,
            pg_proc.pronamespace,
            (aclexplode(COALESCE(pg_proc.proacl, acldefault('f'::"char", pg_proc.proowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_proc.proacl, acldefault('f'::"char", pg_proc.proowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_proc.proacl, acldefault('f'::"char", pg_proc.proowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_proc.proacl, acldefault('f'::"char", pg_proc.proowner)))).is_grantable AS is_grantable
           FROM pg_proc) p(oid, proname, proowner, pronamespace, grantor, grantee, prtype, grantable),
    pg_namespace n,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((p.pronamespace = n.oid) AND (grantee.oid = p.grantee) AND (u_grantor.oid = p.grantor) AND (p.prtype = 'EXECUTE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)));

CREATE VIEW role_routine_grants AS
 SELECT routine_privileges.grantor,
    routine_privileges.grantee,
    routine_privileges.specific_catalog,
    routine_privileges.specific_schema,
    routine_privileges.specific_name,
    routine_privileges.routine_catalog,
    routine_privileges.routine_schema,
    routine_privileges.routine_name,
    routine_privileges.privilege_type,
    routine_privileges.is_grantable
   FROM information_schema.routine_privileges
  WHERE (((routine_privileges.grantor)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)) OR ((routine_privileges.grantee)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)));

CREATE VIEW routine_routine_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (np1.nspname)::information_schema.sql_identifier AS routine_schema,
    (nameconcatoid(p1.proname, p1.oid))::information_schema.sql_identifier AS routine_name
   FROM pg_namespace np,
    pg_proc p,
    pg_depend d,
    pg_proc p1,
    pg_namespace np1
  WHERE ((np.oid = p.pronamespace) AND (p.oid = d.objid) AND (d.classid = ('pg_proc'::regclass)::oid) AND (d.refobjid = p1.oid) AND (d.refclassid = ('pg_proc'::regclass)::oid) AND (p1.pronamespace = np1.oid) AND (p.prokind = ANY (ARRAY['f'::"char", 'p'::"char"])) AND (p1.prokind = ANY (ARRAY['f'::"char", 'p'::"char"])) AND pg_has_role(p1.proowner, 'USAGE'::text));

CREATE VIEW routine_sequence_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (np.nspname)::information_schema.sql_identifier AS routine_schema,
    (p.proname)::information_schema.sql_identifier AS routine_name,
    (current_database())::information_schema.sql_identifier AS sequence_catalog,
    (ns.nspname)::information_schema.sql_identifier AS sequence_schema,
    (s.relname)::information_schema.sql_identifier AS sequence_name
   FROM pg_namespace np,
    pg_proc p,
    pg_depend d,
    pg_class s,
    pg_namespace ns
  WHERE ((np.oid = p.pronamespace) AND (p.oid = d.objid) AND (d.classid = ('pg_proc'::regclass)::oid) AND (d.refobjid = s.oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (s.relnamespace = ns.oid) AND (s.relkind = 'S'::"char") AND pg_has_role(s.relowner, 'USAGE'::text));

CREATE VIEW routine_table_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (np.nspname)::information_schema.sql_identifier AS routine_schema,
    (p.proname)::information_schema.sql_identifier AS routine_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nt.nspname)::information_schema.sql_identifier AS table_schema,
    (t.relname)::information_schema.sql_identifier AS table_name
   FROM pg_namespace np,
    pg_proc p,
    pg_depend d,
    pg_class t,
    pg_namespace nt
  WHERE ((np.oid = p.pronamespace) AND (p.oid = d.objid) AND (d.classid = ('pg_proc'::regclass)::oid) AND (d.refobjid = t.oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (t.relnamespace = nt.oid) AND (t.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND pg_has_role(t.relowner, 'USAGE'::text));

CREATE VIEW routines AS
 SELECT (current_database())::information_schema.sql_identifier AS specific_catalog,
    (n.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (current_database())::information_schema.sql_identifier AS routine_catalog,
    (n.nspname)::information_schema.sql_identifier AS routine_schema,
    (p.proname)::information_schema.sql_identifier AS routine_name,
    (
        CASE p.prokind
            WHEN 'f'::"char" THEN 'FUNCTION'::text
            WHEN 'p'::"char" THEN 'PROCEDURE'::text
            ELSE NULL::text
        END)::information_schema.character_data AS routine_type,
    (NULL::name)::information_schema.sql_identifier AS module_catalog,
    (NULL::name)::information_schema.sql_identifier AS module_schema,
    (NULL::name)::information_schema.sql_identifier AS module_name,
    (NULL::name)::information_schema.sql_identifier AS udt_catalog,
    (NULL::name)::information_schema.sql_identifier AS udt_schema,
    (NULL::name)::information_schema.sql_identifier AS udt_name,
    (
        CASE
            WHEN (p.prokind = 'p'::"char") THEN NULL::text
            WHEN ((t.typelem <> (0)::oid) AND (t.typlen = '-1'::integer)) THEN 'ARRAY'::text
            WHEN (nt.nspname = 'pg_catalog'::name) THEN format_type(t.oid, NULL::integer)
            ELSE 'USER-DEFINED'::text
        END)::information_schema.character_data AS data_type,
    (NULL::integer)::information_schema.cardinal_number AS character_maximum_length,
    (NULL::integer)::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (NULL::name)::information_schema.sql_identifier AS collation_catalog,
    (NULL::name)::information_schema.sql_identifier AS collation_schema,
    (NULL::name)::information_schema.sql_identifier AS collation_name,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision_radix,
    (NULL::integer)::information_schema.cardinal_number AS numeric_scale,
    (NULL::integer)::information_schema.cardinal_number AS datetime_precision,
    (NULL::character varying)::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (
        CASE
            WHEN (nt.nspname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS type_udt_catalog,
    (nt.nspname)::information_schema.sql_identifier AS type_udt_schema,
    (t.typname)::information_schema.sql_identifier AS type_udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    (
        CASE
            WHEN (p.prokind <> 'p'::"char") THEN 0
            ELSE NULL::integer
        END)::information_schema.sql_identifier AS dtd_identifier,
    (
        CASE
            WHEN (l.lanname = 'sql'::name) THEN 'SQL'::text
            ELSE 'EXTERNAL'::text
        END)::information_schema.character_data AS routine_body,
    (
        CASE
            WHEN pg_has_role(p.proowner, 'USAGE'::text) THEN p.prosrc
            ELSE NULL::text
        END)::information_schema.character_data AS routine_definition,
    (
        CASE
            WHEN (l.lanname = 'c'::name) THEN p.prosrc
            ELSE NULL::text
        END)::information_schema.character_data AS external_name,
    (upper((l.lanname)::text))::information_schema.character_data AS external_language,
    ('GENERAL'::character varying)::information_schema.character_data AS parameter_style,
    (
        CASE
            WHEN (p.provolatile = 'i'::"char") THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_deterministic,
    ('MODIFIES'::character varying)::information_schema.character_data AS sql_data_access,
    (
        CASE
            WHEN (p.prokind <> 'p'::"char") THEN
            CASE
                WHEN p.proisstrict THEN 'YES'::text
                ELSE 'NO'::text
            END
            ELSE NULL::text
        END)::information_schema.yes_or_no AS is_null_call,
    (NULL::character varying)::information_schema.character_data AS sql_path,
    ('YES'::character varying)::information_schema.yes_or_no AS schema_level_routine,
    (0)::information_schema.cardinal_number AS max_dynamic_result_sets,
    (NULL::character varying)::information_schema.yes_or_no AS is_user_defined_cast,
    (NULL::character varying)::information_schema.yes_or_no AS is_implicitly_invocable,
    (
        CASE
            WHEN p.prosecdef THEN 'DEFINER'::text
            ELSE 'INVOKER'::text
        END)::information_schema.character_data AS security_type,
    (NULL::name)::information_schema.sql_identifier AS to_sql_specific_catalog,
    (NULL::name)::information_schema.sql_identifier AS to_sql_specific_schema,
    (NULL::name)::information_schema.sql_identifier AS to_sql_specific_name,
    ('NO'::character varying)::information_schema.yes_or_no AS as_locator,
    (NULL::timestamp with time zone)::information_schema.time_stamp AS created,
    (NULL::timestamp with time zone)::information_schema.time_stamp AS last_altered,
    (NULL::character varying)::information_schema.yes_or_no AS new_savepoint_level,
    ('NO'::character varying)::information_schema.yes_or_no AS is_udt_dependent,
    (NULL::character varying)::information_schema.character_data AS result_cast_from_data_type,
    (NULL::character varying)::information_schema.yes_or_no AS result_cast_as_locator,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_char_max_length,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_char_octet_length,
    (NULL::name)::information_schema.sql_identifier AS result_cast_char_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS result_cast_char_set_schema,
    (NULL::name)::information_schema.sql_identifier AS result_cast_char_set_name,
    (NULL::name)::information_schema.sql_identifier AS result_cast_collation_catalog,
    (NULL::name)::information_schema.sql_identifier AS result_cast_collation_schema,
    (NULL::name)::information_schema.sql_identifier AS result_cast_collation_name,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_numeric_precision,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_numeric_precision_radix,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_numeric_scale,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_datetime_precision,
    (NULL::character varying)::information_schema.character_data AS result_cast_interval_type,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_interval_precision,
    (NULL::name)::information_schema.sql_identifier AS result_cast_type_udt_catalog,
    (NULL::name)::information_schema.sql_identifier AS result_cast_type_udt_schema,
    (NULL::name)::information_schema.sql_identifier AS result_cast_type_udt_name,
    (NULL::name)::information_schema.sql_identifier AS result_cast_scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS result_cast_scope_schema,
    (NULL::name)::information_schema.sql_identifier AS result_cast_scope_name,
    (NULL::integer)::information_schema.cardinal_number AS result_cast_maximum_cardinality,
    (NULL::name)::information_schema.sql_identifier AS result_cast_dtd_identifier
   FROM (((pg_namespace n
     JOIN pg_proc p ON ((n.oid = p.pronamespace)))
     JOIN pg_language l ON ((p.prolang = l.oid)))
     LEFT JOIN (pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid))) ON (((p.prorettype = t.oid) AND (p.prokind <> 'p'::"char"))))
  WHERE (pg_has_role(p.proowner, 'USAGE'::text) OR has_function_privilege(p.oid, 'EXECUTE'::text));

CREATE VIEW schemata AS
 SELECT (current_database())::information_schema.sql_identifier AS catalog_name,
    (n.nspname)::information_schema.sql_identifier AS schema_name,
    (u.rolname)::information_schema.sql_identifier AS schema_owner,
    (NULL::name)::information_schema.sql_identifier AS default_character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS default_character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS default_character_set_name,
    (NULL::character varying)::information_schema.character_data AS sql_path
   FROM pg_namespace n,
    pg_authid u
  WHERE ((n.nspowner = u.oid) AND (pg_has_role(n.nspowner, 'USAGE'::text) OR has_schema_privilege(n.oid, 'CREATE, USAGE'::text)));

CREATE VIEW sequences AS
 SELECT (current_database())::information_schema.sql_identifier AS sequence_catalog,
    (nc.nspname)::information_schema.sql_identifier AS sequence_schema,
    (c.relname)::information_schema.sql_identifier AS sequence_name,
    (format_type(s.seqtypid, NULL::integer))::information_schema.character_data AS data_type,
    (information_schema._pg_numeric_precision(s.seqtypid, '-1'::integer))::information_schema.cardinal_number AS numeric_precision,
    (2)::information_schema.cardinal_number AS numeric_precision_radix,
    (0)::information_schema.cardinal_number AS numeric_scale,
    (s.seqstart)::information_schema.character_data AS start_value,
    (s.seqmin)::information_schema.character_data AS minimum_value,
    (s.seqmax)::information_schema.character_data AS maximum_value,
    (s.seqincrement)::information_schema.character_data AS increment,
    (
        CASE
            WHEN s.seqcycle THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS cycle_option
   FROM pg_namespace nc,
    pg_class c,
    pg_sequence s
  WHERE ((c.relnamespace = nc.oid) AND (c.relkind = 'S'::"char") AND (NOT (EXISTS ( SELECT 1
           FROM pg_depend
          WHERE ((pg_depend.classid = ('pg_class'::regclass)::oid) AND (pg_depend.objid = c.oid) AND (pg_depend.deptype = 'i'::"char"))))) AND (NOT pg_is_other_temp_schema(nc.oid)) AND (c.oid = s.seqrelid) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_sequence_privilege(c.oid, 'SELECT, UPDATE, USAGE'::text)));

CREATE TABLE sql_features (
    feature_id information_schema.character_data,
    feature_name information_schema.character_data,
    sub_feature_id information_schema.character_data,
    sub_feature_name information_schema.character_data,
    is_supported information_schema.yes_or_no,
    is_verified_by information_schema.character_data,
    comments information_schema.character_data
);

CREATE TABLE sql_implementation_info (
    implementation_info_id information_schema.character_data,
    implementation_info_name information_schema.character_data,
    integer_value information_schema.cardinal_number,
    character_value information_schema.character_data,
    comments information_schema.character_data
);

CREATE TABLE sql_parts (
    feature_id information_schema.character_data,
    feature_name information_schema.character_data,
    is_supported information_schema.yes_or_no,
    is_verified_by information_schema.character_data,
    comments information_schema.character_data
);

CREATE TABLE sql_sizing (
    sizing_id information_schema.cardinal_number,
    sizing_name information_schema.character_data,
    supported_value information_schema.cardinal_number,
    comments information_schema.character_data
);

CREATE VIEW table_constraints AS
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (nc.nspname)::information_schema.sql_identifier AS constraint_schema,
    (c.conname)::information_schema.sql_identifier AS constraint_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nr.nspname)::information_schema.sql_identifier AS table_schema,
    (r.relname)::information_schema.sql_identifier AS table_name,
    (
        CASE c.contype
            WHEN 'c'::"char" THEN 'CHECK'::text
            WHEN 'f'::"char" THEN 'FOREIGN KEY'::text
            WHEN 'p'::"char" THEN 'PRIMARY KEY'::text
            WHEN 'u'::"char" THEN 'UNIQUE'::text
            ELSE NULL::text
        END)::information_schema.character_data AS constraint_type,
    (
        CASE
            WHEN c.condeferrable THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_deferrable,
    (
        CASE
            WHEN c.condeferred THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS initially_deferred,
    ('YES'::character varying)::information_schema.yes_or_no AS enforced,
    (
        CASE
            WHEN (c.contype = 'u'::"char") THEN
            CASE
                WHEN ( SELECT (NOT pg_index.indnullsnotdistinct)
                   FROM pg_index
                  WHERE (pg_index.indexrelid = c.conindid)) THEN 'YES'::text
                ELSE 'NO'::text
            END
            ELSE NULL::text
        END)::information_schema.yes_or_no AS nulls_distinct
   FROM pg_namespace nc,
    pg_namespace nr,
    pg_constraint c,
    pg_class r
  WHERE ((nc.oid = c.connamespace) AND (nr.oid = r.relnamespace) AND (c.conrelid = r.oid) AND (c.contype <> ALL (ARRAY['t'::"char", 'x'::"char"])) AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (NOT pg_is_other_temp_schema(nr.oid)) AND (pg_has_role(r.relowner, 'USAGE'::text) OR has_table_privilege(r.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(r.oid, 'INSERT, UPDATE, REFERENCES'::text)))
UNION ALL
 SELECT (current_database())::information_schema.sql_identifier AS constraint_catalog,
    (nr.nspname)::information_schema.sql_identifier AS constraint_schema,
    (((((((nr.oid)::text || '_'::text) || (r.oid)::text) || '_'::text) || (a.attnum)::text) || '_not_null'::text))::information_schema.sql_identifier AS constraint_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nr.nspname)::information_schema.sql_identifier AS table_schema,
    (r.relname)::information_schema.sql_identifier AS table_name,
    ('CHECK'::character varying)::information_schema.character_data AS constraint_type,
    ('NO'::character varying)::information_schema.yes_or_no AS is_deferrable,
    ('NO'::character varying)::information_schema.yes_or_no AS initially_deferred,
    ('YES'::character varying)::information_schema.yes_or_no AS enforced,
    (NULL::character varying)::information_schema.yes_or_no AS nulls_distinct
   FROM pg_namespace nr,
    pg_class r,
    pg_attribute a
  WHERE ((nr.oid = r.relnamespace) AND (r.oid = a.attrelid) AND a.attnotnull AND (a.attnum > 0) AND (NOT a.attisdropped) AND (r.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (NOT pg_is_other_temp_schema(nr.oid)) AND (pg_has_role(r.relowner, 'USAGE'::text) OR has_table_privilege(r.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(r.oid, 'INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW table_privileges AS
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (c.prtype)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, c.relowner, 'USAGE'::text) OR c.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable,
    (
        CASE
            WHEN (c.prtype = 'SELECT'::text) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS with_hierarchy
   FROM ( SELECT pg_class.oid,
            pg_class.relname,
            pg_class.relnamespace,
            pg_class.relkind,
            pg_class.relowner,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).is_grantable AS is_grantable
           FROM pg_class) c(oid, relname, relnamespace, relkind, relowner, grantor, grantee, prtype, grantable),
    pg_namespace nc,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((c.relnamespace = nc.oid) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (c.grantee = grantee.oid) AND (c.grantor = u_grantor.oid) AND (c.prtype = ANY (ARRAY['INSERT'::text, 'SELECT'::text, 'UPDATE'::text, 'DELETE'::text, 'TRUNCATE'::text, 'REFERENCES'::text, 'TRIGGER'::text])) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)));

CREATE VIEW role_table_grants AS
 SELECT table_privileges.grantor,
    table_privileges.grantee,
    table_privileges.table_catalog,
    table_privileges.table_schema,
    table_privileges.table_name,
    table_privileges.privilege_type,
    table_privileges.is_grantable,
    table_privileges.with_hierarchy
   FROM information_schema.table_privileges
  WHERE (((table_privileges.grantor)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)) OR ((table_privileges.grantee)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)));

CREATE VIEW tables AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (
        CASE
            WHEN (nc.oid = pg_my_temp_schema()) THEN 'LOCAL TEMPORARY'::text
            WHEN (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) THEN 'BASE TABLE'::text
            WHEN (c.relkind = 'v'::"char") THEN 'VIEW'::text
            WHEN (c.relkind = 'f'::"char") THEN 'FOREIGN'::text
            ELSE NULL::text
        END)::information_schema.character_data AS table_type,
    (NULL::name)::information_schema.sql_identifier AS self_referencing_column_name,
    (NULL::character varying)::information_schema.character_data AS reference_generation,
    (
        CASE
            WHEN (t.typname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS user_defined_type_catalog,
    (nt.nspname)::information_schema.sql_identifier AS user_defined_type_schema,
    (t.typname)::information_schema.sql_identifier AS user_defined_type_name,
    (
        CASE
            WHEN ((c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) OR ((c.relkind = ANY (ARRAY['v'::"char", 'f'::"char"])) AND ((pg_relation_is_updatable((c.oid)::regclass, false) & 8) = 8))) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_insertable_into,
    (
        CASE
            WHEN (t.typname IS NOT NULL) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_typed,
    (NULL::character varying)::information_schema.character_data AS commit_action
   FROM ((pg_namespace nc
     JOIN pg_class c ON ((nc.oid = c.relnamespace)))
     LEFT JOIN (pg_type t
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid))) ON ((c.reloftype = t.oid)))
  WHERE ((c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (NOT pg_is_other_temp_schema(nc.oid)) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW transforms AS
 SELECT (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nt.nspname)::information_schema.sql_identifier AS udt_schema,
    (t.typname)::information_schema.sql_identifier AS udt_name,
    (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (l.lanname)::information_schema.sql_identifier AS group_name,
    ('FROM SQL'::character varying)::information_schema.character_data AS transform_type
   FROM (((((pg_type t
     JOIN pg_transform x ON ((t.oid = x.trftype)))
     JOIN pg_language l ON ((x.trflang = l.oid)))
     JOIN pg_proc p ON (((x.trffromsql)::oid = p.oid)))
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid)))
     JOIN pg_namespace np ON ((p.pronamespace = np.oid)))
UNION
 SELECT (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nt.nspname)::information_schema.sql_identifier AS udt_schema,
    (t.typname)::information_schema.sql_identifier AS udt_name,
    (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name,
    (l.lanname)::information_schema.sql_identifier AS group_name,
    ('TO SQL'::character varying)::information_schema.character_data AS transform_type
   FROM (((((pg_type t
     JOIN pg_transform x ON ((t.oid = x.trftype)))
     JOIN pg_language l ON ((x.trflang = l.oid)))
     JOIN pg_proc p ON (((x.trftosql)::oid = p.oid)))
     JOIN pg_namespace nt ON ((t.typnamespace = nt.oid)))
     JOIN pg_namespace np ON ((p.pronamespace = np.oid)))
  ORDER BY 1, 2, 3, 7, 8;

CREATE VIEW triggered_update_columns AS
 SELECT (current_database())::information_schema.sql_identifier AS trigger_catalog,
    (n.nspname)::information_schema.sql_identifier AS trigger_schema,
    (t.tgname)::information_schema.sql_identifier AS trigger_name,
    (current_database())::information_schema.sql_identifier AS event_object_catalog,
    (n.nspname)::information_schema.sql_identifier AS event_object_schema,
    (c.relname)::information_schema.sql_identifier AS event_object_table,
    (a.attname)::information_schema.sql_identifier AS event_object_column
   FROM pg_namespace n,
    pg_class c,
    pg_trigger t,
    ( SELECT ta0.tgoid,
            (ta0.tgat).x AS tgattnum,
            (ta0.tgat).n AS tgattpos
           FROM ( SELECT pg_trigger.oid AS tgoid,
                    information_schema._pg_expandarray(pg_trigger.tgattr) AS tgat
                   FROM pg_trigger) ta0) ta,
    pg_attribute a
  WHERE ((n.oid = c.relnamespace) AND (c.oid = t.tgrelid) AND (t.oid = ta.tgoid) AND ((a.attrelid = t.tgrelid) AND (a.attnum = ta.tgattnum)) AND (NOT t.tgisinternal) AND (NOT pg_is_other_temp_schema(n.oid)) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_column_privilege(c.oid, a.attnum, 'INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW triggers AS
 SELECT (current_database())::information_schema.sql_identifier AS trigger_catalog,
    (n.nspname)::information_schema.sql_identifier AS trigger_schema,
    (t.tgname)::information_schema.sql_identifier AS trigger_name,
    (em.text)::information_schema.character_data AS event_manipulation,
    (current_database())::information_schema.sql_identifier AS event_object_catalog,
    (n.nspname)::information_schema.sql_identifier AS event_object_schema,
    (c.relname)::information_schema.sql_identifier AS event_object_table,
    (rank() OVER (PARTITION BY (n.nspname)::information_schema.sql_identifier, (c.relname)::information_schema.sql_identifier, em.num, ((t.tgtype)::integer & 1), ((t.tgtype)::integer & 66) ORDER BY t.tgname))::information_schema.cardinal_number AS action_order,
    (
        CASE
            WHEN pg_has_role(c.relowner, 'USAGE'::text) THEN (regexp_match(pg_get_triggerdef(t.oid), '.{35,} WHEN \((.+)\) EXECUTE FUNCTION'::text))[1]
            ELSE NULL::text
        END)::information_schema.character_data AS action_condition,
    (SUBSTRING(pg_get_triggerdef(t.oid) FROM (POSITION(('EXECUTE FUNCTION'::text) IN (SUBSTRING(pg_get_triggerdef(t.oid) FROM 48))) + 47)))::information_schema.character_data AS action_statement,
    (
        CASE ((t.tgtype)::integer & 1)
            WHEN 1 THEN 'ROW'::text
            ELSE 'STATEMENT'::text
        END)::information_schema.character_data AS action_orientation,
    (
        CASE ((t.tgtype)::integer & 66)
            WHEN 2 THEN 'BEFORE'::text
            WHEN 64 THEN 'INSTEAD OF'::text
            ELSE 'AFTER'::text
        END)::information_schema.character_data AS action_timing,
    (t.tgoldtable)::information_schema.sql_identifier AS action_reference_old_table,
    (t.tgnewtable)::information_schema.sql_identifier AS action_reference_new_table,
    (NULL::name)::information_schema.sql_identifier AS action_reference_old_row,
    (NULL::name)::information_schema.sql_identifier AS action_reference_new_row,
    (NULL::timestamp with time zone)::information_schema.time_stamp AS created
   FROM pg_namespace n,
    pg_class c,
    pg_trigger t,
    ( VALUES (4,'INSERT'::text), (8,'DELETE'::text), (16,'UPDATE'::text)) em(num, text)
  WHERE ((n.oid = c.relnamespace) AND (c.oid = t.tgrelid) AND (((t.tgtype)::integer & em.num) <> 0) AND (NOT t.tgisinternal) AND (NOT pg_is_other_temp_schema(n.oid)) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW udt_privileges AS
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS udt_catalog,
    (n.nspname)::information_schema.sql_identifier AS udt_schema,
    (t.typname)::information_schema.sql_identifier AS udt_name,
    ('TYPE USAGE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, t.typowner, 'USAGE'::text) OR t.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_type.oid,
            pg_type.typname,
            pg_type.typnamespace,
            pg_type.typtype,
            pg_type.typowner,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).is_grantable AS is_grantable
           FROM pg_type) t(oid, typname, typnamespace, typtype, typowner, grantor, grantee, prtype, grantable),
    pg_namespace n,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((t.typnamespace = n.oid) AND (t.typtype = 'c'::"char") AND (t.grantee = grantee.oid) AND (t.grantor = u_grantor.oid) AND (t.prtype = 'USAGE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)));

CREATE VIEW role_udt_grants AS
 SELECT udt_privileges.grantor,
    udt_privileges.grantee,
    udt_privileges.udt_catalog,
    udt_privileges.udt_schema,
    udt_privileges.udt_name,
    udt_privileges.privilege_type,
    udt_privileges.is_grantable
   FROM information_schema.udt_privileges
  WHERE (((udt_privileges.grantor)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)) OR ((udt_privileges.grantee)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)));

CREATE VIEW usage_privileges AS
 SELECT (u.rolname)::information_schema.sql_identifier AS grantor,
    ('PUBLIC'::name)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS object_catalog,
    (n.nspname)::information_schema.sql_identifier AS object_schema,
    (c.collname)::information_schema.sql_identifier AS object_name,
    ('COLLATION'::character varying)::information_schema.character_data AS object_type,
    ('USAGE'::character varying)::information_schema.character_data AS privilege_type,
    ('NO'::character varying)::information_schema.yes_or_no AS is_grantable
   FROM pg_authid u,
    pg_namespace n,
    pg_collation c
  WHERE ((u.oid = c.collowner) AND (c.collnamespace = n.oid) AND (c.collencoding = ANY (ARRAY['-1'::integer, ( SELECT pg_database.encoding
           FROM pg_database
          WHERE (pg_database.datname = current_database()))])))
UNION ALL
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS object_catalog,
    (n.nspname)::information_schema.sql_identifier AS object_schema,
    (t.typname)::information_schema.sql_identifier AS object_name,
    ('DOMAIN'::character varying)::information_schema.character_data AS object_type,
    ('USAGE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, t.typowner, 'USAGE'::text) OR t.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_type.oid,
            pg_type.typname,
            pg_type.typnamespace,
            pg_type.typtype,
            pg_type.typowner,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_type.typacl, acldefault('T'::"char", pg_type.typowner)))).is_grantable AS is_grantable
           FROM pg_type) t(oid, typname, typnamespace, typtype, typowner, grantor, grantee, prtype, grantable),
    pg_namespace n,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((t.typnamespace = n.oid) AND (t.typtype = 'd'::"char") AND (t.grantee = grantee.oid) AND (t.grantor = u_grantor.oid) AND (t.prtype = 'USAGE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)))
UNION ALL
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS object_catalog,
    (''::name)::information_schema.sql_identifier AS object_schema,
    (fdw.fdwname)::information_schema.sql_identifier AS object_name,
    ('FOREIGN DATA WRAPPER'::character varying)::information_schema.character_data AS object_type,
    ('USAGE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, fdw.fdwowner, 'USAGE'::text) OR fdw.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_foreign_data_wrapper.fdwname,
            pg_foreign_data_wrapper.fdwowner,
            (aclexplode(COALESCE(pg_foreign_data_wrapper.fdwacl, acldefault('F'::"char", pg_foreign_data_wrapper.fdwowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_foreign_data_wrapper.fdwacl, acldefault('F'::"char", pg_foreign_data_wrapper.fdwowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_foreign_data_wrapper.fdwacl, acldefault('F'::"char", pg_foreign_data_wrapper.fdwowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_foreign_data_wrapper.fdwacl, acldefault('F'::"char", pg_foreign_data_wrapper.fdwowner)))).is_grantable AS is_grantable
           FROM pg_foreign_data_wrapper) fdw(fdwname, fdwowner, grantor, grantee, prtype, grantable),
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((u_grantor.oid = fdw.grantor) AND (grantee.oid = fdw.grantee) AND (fdw.prtype = 'USAGE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)))
UNION ALL
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS object_catalog,
    (''::name)::information_schema.sql_identifier AS object_schema,
    (srv.srvname)::information_schema.sql_identifier AS object_name,
    ('FOREIGN SERVER'::character varying)::information_schema.character_data AS object_type,
    ('USAGE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, srv.srvowner, 'USAGE'::text) OR srv.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_foreign_server.srvname,
            pg_foreign_server.srvowner,
            (aclexplode(COALESCE(pg_foreign_server.srvacl, acldefault('S'::"char", pg_foreign_server.srvowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_foreign_server.srvacl, acldefault('S'::"char", pg_foreign_server.srvowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_foreign_server.srvacl, acldefault('S'::"char", pg_foreign_server.srvowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_foreign_server.srvacl, acldefault('S'::"char", pg_foreign_server.srvowner)))).is_grantable AS is_grantable
           FROM pg_foreign_server) srv(srvname, srvowner, grantor, grantee, prtype, grantable),
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((u_grantor.oid = srv.grantor) AND (grantee.oid = srv.grantee) AND (srv.prtype = 'USAGE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)))
UNION ALL
 SELECT (u_grantor.rolname)::information_schema.sql_identifier AS grantor,
    (grantee.rolname)::information_schema.sql_identifier AS grantee,
    (current_database())::information_schema.sql_identifier AS object_catalog,
    (n.nspname)::information_schema.sql_identifier AS object_schema,
    (c.relname)::information_schema.sql_identifier AS object_name,
    ('SEQUENCE'::character varying)::information_schema.character_data AS object_type,
    ('USAGE'::character varying)::information_schema.character_data AS privilege_type,
    (
        CASE
            WHEN (pg_has_role(grantee.oid, c.relowner, 'USAGE'::text) OR c.grantable) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_grantable
   FROM ( SELECT pg_class.oid,
            pg_class.relname,
            pg_class.relnamespace,
            pg_class.relkind,
            pg_class.relowner,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantor AS grantor,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).grantee AS grantee,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).privilege_type AS privilege_type,
            (aclexplode(COALESCE(pg_class.relacl, acldefault('r'::"char", pg_class.relowner)))).is_grantable AS is_grantable
           FROM pg_class) c(oid, relname, relnamespace, relkind, relowner, grantor, grantee, prtype, grantable),
    pg_namespace n,
    pg_authid u_grantor,
    ( SELECT pg_authid.oid,
            pg_authid.rolname
           FROM pg_authid
        UNION ALL
         SELECT (0)::oid AS oid,
            'PUBLIC') grantee(oid, rolname)
  WHERE ((c.relnamespace = n.oid) AND (c.relkind = 'S'::"char") AND (c.grantee = grantee.oid) AND (c.grantor = u_grantor.oid) AND (c.prtype = 'USAGE'::text) AND (pg_has_role(u_grantor.oid, 'USAGE'::text) OR pg_has_role(grantee.oid, 'USAGE'::text) OR (grantee.rolname = 'PUBLIC'::name)));

CREATE VIEW role_usage_grants AS
 SELECT usage_privileges.grantor,
    usage_privileges.grantee,
    usage_privileges.object_catalog,
    usage_privileges.object_schema,
    usage_privileges.object_name,
    usage_privileges.object_type,
    usage_privileges.privilege_type,
    usage_privileges.is_grantable
   FROM information_schema.usage_privileges
  WHERE (((usage_privileges.grantor)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)) OR ((usage_privileges.grantee)::name IN ( SELECT enabled_roles.role_name
           FROM information_schema.enabled_roles)));

CREATE VIEW user_defined_types AS
 SELECT (current_database())::information_schema.sql_identifier AS user_defined_type_catalog,
    (n.nspname)::information_schema.sql_identifier AS user_defined_type_schema,
    (c.relname)::information_schema.sql_identifier AS user_defined_type_name,
    ('STRUCTURED'::character varying)::information_schema.character_data AS user_defined_type_category,
    ('YES'::character varying)::information_schema.yes_or_no AS is_instantiable,
    (NULL::character varying)::information_schema.yes_or_no AS is_final,
    (NULL::character varying)::information_schema.character_data AS ordering_form,
    (NULL::character varying)::information_schema.character_data AS ordering_category,
    (NULL::name)::information_schema.sql_identifier AS ordering_routine_catalog,
    (NULL::name)::information_schema.sql_identifier AS ordering_routine_schema,
    (NULL::name)::information_schema.sql_identifier AS ordering_routine_name,
    (NULL::character varying)::information_schema.character_data AS reference_type,
    (NULL::character varying)::information_schema.character_data AS data_type,
    (NULL::integer)::information_schema.cardinal_number AS character_maximum_length,
    (NULL::integer)::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (NULL::name)::information_schema.sql_identifier AS collation_catalog,
    (NULL::name)::information_schema.sql_identifier AS collation_schema,
    (NULL::name)::information_schema.sql_identifier AS collation_name,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision_radix,
    (NULL::integer)::information_schema.cardinal_number AS numeric_scale,
    (NULL::integer)::information_schema.cardinal_number AS datetime_precision,
    (NULL::character varying)::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (NULL::name)::information_schema.sql_identifier AS source_dtd_identifier,
    (NULL::name)::information_schema.sql_identifier AS ref_dtd_identifier
   FROM pg_namespace n,
    pg_class c,
    pg_type t
  WHERE ((n.oid = c.relnamespace) AND (t.typrelid = c.oid) AND (c.relkind = 'c'::"char") AND (pg_has_role(t.typowner, 'USAGE'::text) OR has_type_privilege(t.oid, 'USAGE'::text)));

CREATE VIEW view_column_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS view_catalog,
    (nv.nspname)::information_schema.sql_identifier AS view_schema,
    (v.relname)::information_schema.sql_identifier AS view_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nt.nspname)::information_schema.sql_identifier AS table_schema,
    (t.relname)::information_schema.sql_identifier AS table_name,
    (a.attname)::information_schema.sql_identifier AS column_name
   FROM pg_namespace nv,
    pg_class v,
    pg_depend dv,
    pg_depend dt,
    pg_class t,
    pg_namespace nt,
    pg_attribute a
  WHERE ((nv.oid = v.relnamespace) AND (v.relkind = 'v'::"char") AND (v.oid = dv.refobjid) AND (dv.refclassid = ('pg_class'::regclass)::oid) AND (dv.classid = ('pg_rewrite'::regclass)::oid) AND (dv.deptype = 'i'::"char") AND (dv.objid = dt.objid) AND (dv.refobjid <> dt.refobjid) AND (dt.classid = ('pg_rewrite'::regclass)::oid) AND (dt.refclassid = ('pg_class'::regclass)::oid) AND (dt.refobjid = t.oid) AND (t.relnamespace = nt.oid) AND (t.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND (t.oid = a.attrelid) AND (dt.refobjsubid = a.attnum) AND pg_has_role(t.relowner, 'USAGE'::text));

CREATE VIEW view_routine_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS table_catalog,
    (nv.nspname)::information_schema.sql_identifier AS table_schema,
    (v.relname)::information_schema.sql_identifier AS table_name,
    (current_database())::information_schema.sql_identifier AS specific_catalog,
    (np.nspname)::information_schema.sql_identifier AS specific_schema,
    (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS specific_name
   FROM pg_namespace nv,
    pg_class v,
    pg_depend dv,
    pg_depend dp,
    pg_proc p,
    pg_namespace np
  WHERE ((nv.oid = v.relnamespace) AND (v.relkind = 'v'::"char") AND (v.oid = dv.refobjid) AND (dv.refclassid = ('pg_class'::regclass)::oid) AND (dv.classid = ('pg_rewrite'::regclass)::oid) AND (dv.deptype = 'i'::"char") AND (dv.objid = dp.objid) AND (dp.classid = ('pg_rewrite'::regclass)::oid) AND (dp.refclassid = ('pg_proc'::regclass)::oid) AND (dp.refobjid = p.oid) AND (p.pronamespace = np.oid) AND pg_has_role(p.proowner, 'USAGE'::text));

CREATE VIEW view_table_usage AS
 SELECT DISTINCT (current_database())::information_schema.sql_identifier AS view_catalog,
    (nv.nspname)::information_schema.sql_identifier AS view_schema,
    (v.relname)::information_schema.sql_identifier AS view_name,
    (current_database())::information_schema.sql_identifier AS table_catalog,
    (nt.nspname)::information_schema.sql_identifier AS table_schema,
    (t.relname)::information_schema.sql_identifier AS table_name
   FROM pg_namespace nv,
    pg_class v,
    pg_depend dv,
    pg_depend dt,
    pg_class t,
    pg_namespace nt
  WHERE ((nv.oid = v.relnamespace) AND (v.relkind = 'v'::"char") AND (v.oid = dv.refobjid) AND (dv.refclassid = ('pg_class'::regclass)::oid) AND (dv.classid = ('pg_rewrite'::regclass)::oid) AND (dv.deptype = 'i'::"char") AND (dv.objid = dt.objid) AND (dv.refobjid <> dt.refobjid) AND (dt.classid = ('pg_rewrite'::regclass)::oid) AND (dt.refclassid = ('pg_class'::regclass)::oid) AND (dt.refobjid = t.oid) AND (t.relnamespace = nt.oid) AND (t.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char"])) AND pg_has_role(t.relowner, 'USAGE'::text));

CREATE VIEW views AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (nc.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (
        CASE
            WHEN pg_has_role(c.relowner, 'USAGE'::text) THEN pg_get_viewdef(c.oid)
            ELSE NULL::text
        END)::information_schema.character_data AS view_definition,
    (
        CASE
            WHEN ('check_option=cascaded'::text = ANY (c.reloptions)) THEN 'CASCADED'::text
            WHEN ('check_option=local'::text = ANY (c.reloptions)) THEN 'LOCAL'::text
            ELSE 'NONE'::text
        END)::information_schema.character_data AS check_option,
    (
        CASE
            WHEN ((pg_relation_is_updatable((c.oid)::regclass, false) & 20) = 20) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_updatable,
    (
        CASE
            WHEN ((pg_relation_is_updatable((c.oid)::regclass, false) & 8) = 8) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_insertable_into,
    (
        CASE
            WHEN (EXISTS ( SELECT 1
               FROM pg_trigger
              WHERE ((pg_trigger.tgrelid = c.oid) AND (((pg_trigger.tgtype)::integer & 81) = 81)))) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_trigger_updatable,
    (
        CASE
            WHEN (EXISTS ( SELECT 1
               FROM pg_trigger
              WHERE ((pg_trigger.tgrelid = c.oid) AND (((pg_trigger.tgtype)::integer & 73) = 73)))) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_trigger_deletable,
    (
        CASE
            WHEN (EXISTS ( SELECT 1
               FROM pg_trigger
              WHERE ((pg_trigger.tgrelid = c.oid) AND (((pg_trigger.tgtype)::integer & 69) = 69)))) THEN 'YES'::text
            ELSE 'NO'::text
        END)::information_schema.yes_or_no AS is_trigger_insertable_into
   FROM pg_namespace nc,
    pg_class c
  WHERE ((c.relnamespace = nc.oid) AND (c.relkind = 'v'::"char") AND (NOT pg_is_other_temp_schema(nc.oid)) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'::text)));

CREATE VIEW data_type_privileges AS
 SELECT (current_database())::information_schema.sql_identifier AS object_catalog,
    x.objschema AS object_schema,
    x.objname AS object_name,
    (x.objtype)::information_schema.character_data AS object_type,
    x.objdtdid AS dtd_identifier
   FROM ( SELECT attributes.udt_schema,
            attributes.udt_name,
            'USER-DEFINED TYPE'::text AS text,
            attributes.dtd_identifier
           FROM information_schema.attributes
        UNION ALL
         SELECT columns.table_schema,
            columns.table_name,
            'TABLE'::text AS text,
            columns.dtd_identifier
           FROM information_schema.columns
        UNION ALL
         SELECT domains.domain_schema,
            domains.domain_name,
            'DOMAIN'::text AS text,
            domains.dtd_identifier
           FROM information_schema.domains
        UNION ALL
         SELECT parameters.specific_schema,
            parameters.specific_name,
            'ROUTINE'::text AS text,
            parameters.dtd_identifier
           FROM information_schema.parameters
        UNION ALL
         SELECT routines.specific_schema,
            routines.specific_name,
            'ROUTINE'::text AS text,
            routines.dtd_identifier
           FROM information_schema.routines) x(objschema, objname, objtype, objdtdid);

CREATE VIEW element_types AS
 SELECT (current_database())::information_schema.sql_identifier AS object_catalog,
    (n.nspname)::information_schema.sql_identifier AS object_schema,
    x.objname AS object_name,
    (x.objtype)::information_schema.character_data AS object_type,
    (x.objdtdid)::information_schema.sql_identifier AS collection_type_identifier,
    (
        CASE
            WHEN (nbt.nspname = 'pg_catalog'::name) THEN format_type(bt.oid, NULL::integer)
            ELSE 'USER-DEFINED'::text
        END)::information_schema.character_data AS data_type,
    (NULL::integer)::information_schema.cardinal_number AS character_maximum_length,
    (NULL::integer)::information_schema.cardinal_number AS character_octet_length,
    (NULL::name)::information_schema.sql_identifier AS character_set_catalog,
    (NULL::name)::information_schema.sql_identifier AS character_set_schema,
    (NULL::name)::information_schema.sql_identifier AS character_set_name,
    (
        CASE
            WHEN (nco.nspname IS NOT NULL) THEN current_database()
            ELSE NULL::name
        END)::information_schema.sql_identifier AS collation_catalog,
    (nco.nspname)::information_schema.sql_identifier AS collation_schema,
    (co.collname)::information_schema.sql_identifier AS collation_name,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision,
    (NULL::integer)::information_schema.cardinal_number AS numeric_precision_radix,
    (NULL::integer)::information_schema.cardinal_number AS numeric_scale,
    (NULL::integer)::information_schema.cardinal_number AS datetime_precision,
    (NULL::character varying)::information_schema.character_data AS interval_type,
    (NULL::integer)::information_schema.cardinal_number AS interval_precision,
    (NULL::character varying)::information_schema.character_data AS domain_default,
    (current_database())::information_schema.sql_identifier AS udt_catalog,
    (nbt.nspname)::information_schema.sql_identifier AS udt_schema,
    (bt.typname)::information_schema.sql_identifier AS udt_name,
    (NULL::name)::information_schema.sql_identifier AS scope_catalog,
    (NULL::name)::information_schema.sql_identifier AS scope_schema,
    (NULL::name)::information_schema.sql_identifier AS scope_name,
    (NULL::integer)::information_schema.cardinal_number AS maximum_cardinality,
    (('a'::text || (x.objdtdid)::text))::information_schema.sql_identifier AS dtd_identifier
   FROM pg_namespace n,
    pg_type at,
    pg_namespace nbt,
    pg_type bt,
    (( SELECT c.relnamespace,
            (c.relname)::information_schema.sql_identifier AS relname,
                CASE
                    WHEN (c.relkind = 'c'::"char") THEN 'USER-DEFINED TYPE'::text
                    ELSE 'TABLE'::text
                END AS "case",
            a.attnum,
            a.atttypid,
            a.attcollation
           FROM pg_class c,
            pg_attribute a
          WHERE ((c.oid = a.attrelid) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'c'::"char", 'p'::"char"])) AND (a.attnum > 0) AND (NOT a.attisdropped))
        UNION ALL
         SELECT t.typnamespace,
            (t.typname)::information_schema.sql_identifier AS typname,
            'DOMAIN'::text AS text,
            1,
            t.typbasetype,
            t.typcollation
           FROM pg_type t
          WHERE (t.typtype = 'd'::"char")
        UNION ALL
         SELECT ss.pronamespace,
            (nameconcatoid(ss.proname, ss.oid))::information_schema.sql_identifier AS nameconcatoid,
            'ROUTINE'::text AS text,
            (ss.x).n AS n,
            (ss.x).x AS x,
            0
           FROM ( SELECT p.pronamespace,
                    p.proname,
                    p.oid,
                    information_schema._pg_expandarray(COALESCE(p.proallargtypes, (p.proargtypes)::oid[])) AS x
                   FROM pg_proc p) ss
        UNION ALL
         SELECT p.pronamespace,
            (nameconcatoid(p.proname, p.oid))::information_schema.sql_identifier AS nameconcatoid,
            'ROUTINE'::text AS text,
            0,
            p.prorettype,
            0
           FROM pg_proc p) x(objschema, objname, objtype, objdtdid, objtypeid, objcollation)
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON ((co.collnamespace = nco.oid))) ON (((x.objcollation = co.oid) AND ((nco.nspname <> 'pg_catalog'::name) OR (co.collname <> 'default'::name)))))
  WHERE ((n.oid = x.objschema) AND (at.oid = x.objtypeid) AND ((at.typelem <> (0)::oid) AND (at.typlen = '-1'::integer)) AND (at.typelem = bt.oid) AND (nbt.oid = bt.typnamespace) AND ((n.nspname, (x.objname)::name, x.objtype, ((x.objdtdid)::information_schema.sql_identifier)::name) IN ( SELECT data_type_privileges.object_schema,
            data_type_privileges.object_name,
            data_type_privileges.object_type,
            data_type_privileges.dtd_identifier
           FROM information_schema.data_type_privileges)));

CREATE VIEW _pg_foreign_table_columns AS
 SELECT n.nspname,
    c.relname,
    a.attname,
    a.attfdwoptions
   FROM pg_foreign_table t,
    pg_authid u,
    pg_namespace n,
    pg_class c,
    pg_attribute a
  WHERE ((u.oid = c.relowner) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'::text)) AND (n.oid = c.relnamespace) AND (c.oid = t.ftrelid) AND (c.relkind = 'f'::"char") AND (a.attrelid = c.oid) AND (a.attnum > 0));

CREATE VIEW column_options AS
 SELECT (current_database())::information_schema.sql_identifier AS table_catalog,
    (c.nspname)::information_schema.sql_identifier AS table_schema,
    (c.relname)::information_schema.sql_identifier AS table_name,
    (c.attname)::information_schema.sql_identifier AS column_name,
    ((pg_options_to_table(c.attfdwoptions)).option_name)::information_schema.sql_identifier AS option_name,
    ((pg_options_to_table(c.attfdwoptions)).option_value)::information_schema.character_data AS option_value
   FROM information_schema._pg_foreign_table_columns c;

CREATE VIEW _pg_foreign_data_wrappers AS
 SELECT w.oid,
    w.fdwowner,
    w.fdwoptions,
    (current_database())::information_schema.sql_identifier AS foreign_data_wrapper_catalog,
    (w.fdwname)::information_schema.sql_identifier AS foreign_data_wrapper_name,
    (u.rolname)::information_schema.sql_identifier AS authorization_identifier,
    ('c'::character varying)::information_schema.character_data AS foreign_data_wrapper_language
   FROM pg_foreign_data_wrapper w,
    pg_authid u
  WHERE ((u.oid = w.fdwowner) AND (pg_has_role(w.fdwowner, 'USAGE'::text) OR has_foreign_data_wrapper_privilege(w.oid, 'USAGE'::text)));

CREATE VIEW foreign_data_wrapper_options AS
 SELECT w.foreign_data_wrapper_catalog,
    w.foreign_data_wrapper_name,
    ((pg_options_to_table(w.fdwoptions)).option_name)::information_schema.sql_identifier AS option_name,
    ((pg_options_to_table(w.fdwoptions)).option_value)::information_schema.character_data AS option_value
   FROM information_schema._pg_foreign_data_wrappers w;

CREATE VIEW foreign_data_wrappers AS
 SELECT w.foreign_data_wrapper_catalog,
    w.foreign_data_wrapper_name,
    w.authorization_identifier,
    (NULL::character varying)::information_schema.character_data AS library_name,
    w.foreign_data_wrapper_language
   FROM information_schema._pg_foreign_data_wrappers w;

CREATE VIEW _pg_foreign_servers AS
 SELECT s.oid,
    s.srvoptions,
    (current_database())::information_schema.sql_identifier AS foreign_server_catalog,
    (s.srvname)::information_schema.sql_identifier AS foreign_server_name,
    (current_database())::information_schema.sql_identifier AS foreign_data_wrapper_catalog,
    (w.fdwname)::information_schema.sql_identifier AS foreign_data_wrapper_name,
    (s.srvtype)::information_schema.character_data AS foreign_server_type,
    (s.srvversion)::information_schema.character_data AS foreign_server_version,
    (u.rolname)::information_schema.sql_identifier AS authorization_identifier
   FROM pg_foreign_server s,
    pg_foreign_data_wrapper w,
    pg_authid u
  WHERE ((w.oid = s.srvfdw) AND (u.oid = s.srvowner) AND (pg_has_role(s.srvowner, 'USAGE'::text) OR has_server_privilege(s.oid, 'USAGE'::text)));

CREATE VIEW foreign_server_options AS
 SELECT s.foreign_server_catalog,
    s.foreign_server_name,
    ((pg_options_to_table(s.srvoptions)).option_name)::information_schema.sql_identifier AS option_name,
    ((pg_options_to_table(s.srvoptions)).option_value)::information_schema.character_data AS option_value
   FROM information_schema._pg_foreign_servers s;

CREATE VIEW foreign_servers AS
 SELECT _pg_foreign_servers.foreign_server_catalog,
    _pg_foreign_servers.foreign_server_name,
    _pg_foreign_servers.foreign_data_wrapper_catalog,
    _pg_foreign_servers.foreign_data_wrapper_name,
    _pg_foreign_servers.foreign_server_type,
    _pg_foreign_servers.foreign_server_version,
    _pg_foreign_servers.authorization_identifier
   FROM information_schema._pg_foreign_servers;

CREATE VIEW _pg_foreign_tables AS
 SELECT (current_database())::information_schema.sql_identifier AS foreign_table_catalog,
    (n.nspname)::information_schema.sql_identifier AS foreign_table_schema,
    (c.relname)::information_schema.sql_identifier AS foreign_table_name,
    t.ftoptions,
    (current_database())::information_schema.sql_identifier AS foreign_server_catalog,
    (s.srvname)::information_schema.sql_identifier AS foreign_server_name,
    (u.rolname)::information_schema.sql_identifier AS authorization_identifier
   FROM pg_foreign_table t,
    pg_foreign_server s,
    pg_foreign_data_wrapper w,
    pg_authid u,
    pg_namespace n,
    pg_class c
  WHERE ((w.oid = s.srvfdw) AND (u.oid = c.relowner) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'::text)) AND (n.oid = c.relnamespace) AND (c.oid = t.ftrelid) AND (c.relkind = 'f'::"char") AND (s.oid = t.ftserver));

CREATE VIEW foreign_table_options AS
 SELECT t.foreign_table_catalog,
    t.foreign_table_schema,
    t.foreign_table_name,
    ((pg_options_to_table(t.ftoptions)).option_name)::information_schema.sql_identifier AS option_name,
    ((pg_options_to_table(t.ftoptions)).option_value)::information_schema.character_data AS option_value
   FROM information_schema._pg_foreign_tables t;

CREATE VIEW foreign_tables AS
 SELECT _pg_foreign_tables.foreign_table_catalog,
    _pg_foreign_tables.foreign_table_schema,
    _pg_foreign_tables.foreign_table_name,
    _pg_foreign_tables.foreign_server_catalog,
    _pg_foreign_tables.foreign_server_name
   FROM information_schema._pg_foreign_tables;

CREATE VIEW _pg_user_mappings AS
 SELECT um.oid,
    um.umoptions,
    um.umuser,
    (COALESCE(u.rolname, 'PUBLIC'::name))::information_schema.sql_identifier AS authorization_identifier,
    s.foreign_server_catalog,
    s.foreign_server_name,
    s.authorization_identifier AS srvowner
   FROM (pg_user_mapping um
     LEFT JOIN pg_authid u ON ((u.oid = um.umuser))),
    information_schema._pg_foreign_servers s
  WHERE (s.oid = um.umserver);

CREATE VIEW user_mapping_options AS
 SELECT um.authorization_identifier,
    um.foreign_server_catalog,
    um.foreign_server_name,
    (opts.option_name)::information_schema.sql_identifier AS option_name,
    (
        CASE
            WHEN (((um.umuser <> (0)::oid) AND ((um.authorization_identifier)::name = CURRENT_USER)) OR ((um.umuser = (0)::oid) AND pg_has_role((um.srvowner)::name, 'USAGE'::text)) OR ( SELECT pg_authid.rolsuper
               FROM pg_authid
              WHERE (pg_authid.rolname = CURRENT_USER))) THEN opts.option_value
            ELSE NULL::text
        END)::information_schema.character_data AS option_value
   FROM information_schema._pg_user_mappings um,
    LATERAL pg_options_to_table(um.umoptions) opts(option_name, option_value);

CREATE VIEW user_mappings AS
 SELECT _pg_user_mappings.authorization_identifier,
    _pg_user_mappings.foreign_server_catalog,
    _pg_user_mappings.foreign_server_name
   FROM information_schema._pg_user_mappings;

GRANT SELECT ON information_schema_catalog_name TO PUBLIC;
GRANT SELECT ON applicable_roles TO PUBLIC;
GRANT SELECT ON administrable_role_authorizations TO PUBLIC;
GRANT SELECT ON attributes TO PUBLIC;
GRANT SELECT ON character_sets TO PUBLIC;
GRANT SELECT ON check_constraint_routine_usage TO PUBLIC;
GRANT SELECT ON check_constraints TO PUBLIC;
GRANT SELECT ON collations TO PUBLIC;
GRANT SELECT ON collation_character_set_applicability TO PUBLIC;
GRANT SELECT ON column_column_usage TO PUBLIC;
GRANT SELECT ON column_domain_usage TO PUBLIC;
GRANT SELECT ON column_privileges TO PUBLIC;
GRANT SELECT ON column_udt_usage TO PUBLIC;
GRANT SELECT ON columns TO PUBLIC;
GRANT SELECT ON constraint_column_usage TO PUBLIC;
GRANT SELECT ON constraint_table_usage TO PUBLIC;
GRANT SELECT ON domain_constraints TO PUBLIC;
GRANT SELECT ON domain_udt_usage TO PUBLIC;
GRANT SELECT ON domains TO PUBLIC;
GRANT SELECT ON enabled_roles TO PUBLIC;
GRANT SELECT ON key_column_usage TO PUBLIC;
GRANT SELECT ON parameters TO PUBLIC;
GRANT SELECT ON referential_constraints TO PUBLIC;
GRANT SELECT ON role_column_grants TO PUBLIC;
GRANT SELECT ON routine_column_usage TO PUBLIC;
GRANT SELECT ON routine_privileges TO PUBLIC;
GRANT SELECT ON role_routine_grants TO PUBLIC;
GRANT SELECT ON routine_routine_usage TO PUBLIC;
GRANT SELECT ON routine_sequence_usage TO PUBLIC;
GRANT SELECT ON routine_table_usage TO PUBLIC;
GRANT SELECT ON routines TO PUBLIC;
GRANT SELECT ON schemata TO PUBLIC;
GRANT SELECT ON sequences TO PUBLIC;
GRANT SELECT ON sql_features TO PUBLIC;
GRANT SELECT ON sql_implementation_info TO PUBLIC;
GRANT SELECT ON sql_sizing TO PUBLIC;
GRANT SELECT ON table_constraints TO PUBLIC;
GRANT SELECT ON table_privileges TO PUBLIC;
GRANT SELECT ON role_table_grants TO PUBLIC;
GRANT SELECT ON tables TO PUBLIC;
GRANT SELECT ON triggered_update_columns TO PUBLIC;
GRANT SELECT ON triggers TO PUBLIC;
GRANT SELECT ON udt_privileges TO PUBLIC;
GRANT SELECT ON role_udt_grants TO PUBLIC;
GRANT SELECT ON usage_privileges TO PUBLIC;
GRANT SELECT ON role_usage_grants TO PUBLIC;
GRANT SELECT ON user_defined_types TO PUBLIC;
GRANT SELECT ON view_column_usage TO PUBLIC;
GRANT SELECT ON view_routine_usage TO PUBLIC;
GRANT SELECT ON view_table_usage TO PUBLIC;
GRANT SELECT ON views TO PUBLIC;
GRANT SELECT ON data_type_privileges TO PUBLIC;
GRANT SELECT ON element_types TO PUBLIC;
GRANT SELECT ON column_options TO PUBLIC;
GRANT SELECT ON foreign_data_wrapper_options TO PUBLIC;
GRANT SELECT ON foreign_data_wrappers TO PUBLIC;
GRANT SELECT ON foreign_server_options TO PUBLIC;
GRANT SELECT ON foreign_servers TO PUBLIC;
GRANT SELECT ON foreign_table_options TO PUBLIC;
GRANT SELECT ON foreign_tables TO PUBLIC;
GRANT SELECT ON user_mapping_options TO PUBLIC;
GRANT SELECT ON user_mappings TO PUBLIC;

INSERT INTO sql_features VALUES ('B011', 'Embedded Ada', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B012', 'Embedded C', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('B013', 'Embedded COBOL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B014', 'Embedded Fortran', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B015', 'Embedded MUMPS', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B016', 'Embedded Pascal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B017', 'Embedded PL/I', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B021', 'Direct SQL', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('B031', 'Basic dynamic SQL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B032', 'Extended dynamic SQL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B032', 'Extended dynamic SQL', '01', '<describe input statement>', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B033', 'Untyped SQL-invoked function arguments', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B034', 'Dynamic specification of cursor attributes', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B035', 'Non-extended descriptor names', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B041', 'Extensions to embedded SQL exception declarations', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B051', 'Enhanced execution rights', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B111', 'Module language Ada', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B112', 'Module language C', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B113', 'Module language COBOL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B114', 'Module language Fortran', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B115', 'Module language MUMPS', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B116', 'Module language Pascal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B117', 'Module language PL/I', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B121', 'Routine language Ada', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B122', 'Routine language C', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B123', 'Routine language COBOL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B124', 'Routine language Fortran', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B125', 'Routine language MUMPS', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B126', 'Routine language Pascal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B127', 'Routine language PL/I', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B128', 'Routine language SQL', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('B200', 'Polymorphic table functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B201', 'More than one PTF generic table parameter', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B202', 'PTF Copartitioning', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B203', 'More than one copartition specification', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B204', 'PRUNE WHEN EMPTY', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B205', 'Pass-through columns', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B206', 'PTF descriptor parameters', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B207', 'Cross products of partitionings', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B208', 'PTF component procedure interface', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B209', 'PTF extended names', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B211', 'Module language Ada: VARCHAR and NUMERIC support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('B221', 'Routine language Ada: VARCHAR and NUMERIC support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '01', 'INTEGER and SMALLINT data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '02', 'REAL, DOUBLE PRECISION, and FLOAT data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '03', 'DECIMAL and NUMERIC data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '04', 'Arithmetic operators', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '05', 'Numeric comparison', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E011', 'Numeric data types', '06', 'Implicit casting among the numeric data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character data types', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '01', 'CHARACTER data type', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '02', 'CHARACTER VARYING data type', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '03', 'Character literals', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '04', 'CHARACTER_LENGTH function', 'YES', NULL, 'trims trailing spaces from CHARACTER values before counting');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '05', 'OCTET_LENGTH function', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '06', 'SUBSTRING function', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '07', 'Character concatenation', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '08', 'UPPER and LOWER functions', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '09', 'TRIM function', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '10', 'Implicit casting among the character string types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '11', 'POSITION function', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E021', 'Character string types', '12', 'Character comparison', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E031', 'Identifiers', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E031', 'Identifiers', '01', 'Delimited identifiers', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E031', 'Identifiers', '02', 'Lower case identifiers', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E031', 'Identifiers', '03', 'Trailing underscore', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '01', 'SELECT DISTINCT', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '02', 'GROUP BY clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '04', 'GROUP BY can contain columns not in <select list>', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '05', 'Select list items can be renamed', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '06', 'HAVING clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '07', 'Qualified * in select list', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '08', 'Correlation names in the FROM clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E051', 'Basic query specification', '09', 'Rename columns in the FROM clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '01', 'Comparison predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '02', 'BETWEEN predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '03', 'IN predicate with list of values', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '04', 'LIKE predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '05', 'LIKE predicate ESCAPE clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '06', 'NULL predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '07', 'Quantified comparison predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '08', 'EXISTS predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '09', 'Subqueries in comparison predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '11', 'Subqueries in IN predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '12', 'Subqueries in quantified comparison predicate', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '13', 'Correlated subqueries', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E061', 'Basic predicates and search conditions', '14', 'Search condition', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '01', 'UNION DISTINCT table operator', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '02', 'UNION ALL table operator', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '03', 'EXCEPT DISTINCT table operator', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '05', 'Columns combined via table operators need not have exactly the same data type', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E071', 'Basic query expressions', '06', 'Table operators in subqueries', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '01', 'SELECT privilege', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '02', 'DELETE privilege', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '03', 'INSERT privilege at the table level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '04', 'UPDATE privilege at the table level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '05', 'UPDATE privilege at the column level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '06', 'REFERENCES privilege at the table level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '07', 'REFERENCES privilege at the column level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '08', 'WITH GRANT OPTION', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '09', 'USAGE privilege', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E081', 'Basic Privileges', '10', 'EXECUTE privilege', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '01', 'AVG', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '02', 'COUNT', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '03', 'MAX', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '04', 'MIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '05', 'SUM', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '06', 'ALL quantifier', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E091', 'Set functions', '07', 'DISTINCT quantifier', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E101', 'Basic data manipulation', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E101', 'Basic data manipulation', '01', 'INSERT statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E101', 'Basic data manipulation', '03', 'Searched UPDATE statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E101', 'Basic data manipulation', '04', 'Searched DELETE statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E111', 'Single row SELECT statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '01', 'DECLARE CURSOR', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '02', 'ORDER BY columns need not be in select list', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '03', 'Value expressions in ORDER BY clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '04', 'OPEN statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '06', 'Positioned UPDATE statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '07', 'Positioned DELETE statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '08', 'CLOSE statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '10', 'FETCH statement implicit NEXT', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E121', 'Basic cursor support', '17', 'WITH HOLD cursors', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E131', 'Null value support (nulls in lieu of values)', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '01', 'NOT NULL constraints', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '02', 'UNIQUE constraints of NOT NULL columns', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '03', 'PRIMARY KEY constraints', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '04', 'Basic FOREIGN KEY constraint with the NO ACTION default for both referential delete action and referential update action', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '06', 'CHECK constraints', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '07', 'Column defaults', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '08', 'NOT NULL inferred on PRIMARY KEY', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E141', 'Basic integrity constraints', '10', 'Names in a foreign key can be specified in any order', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E151', 'Transaction support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E151', 'Transaction support', '01', 'COMMIT statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E151', 'Transaction support', '02', 'ROLLBACK statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E152', 'Basic SET TRANSACTION statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E152', 'Basic SET TRANSACTION statement', '01', 'SET TRANSACTION statement: ISOLATION LEVEL SERIALIZABLE clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E152', 'Basic SET TRANSACTION statement', '02', 'SET TRANSACTION statement: READ ONLY and READ WRITE clauses', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E153', 'Updatable queries with subqueries', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E161', 'SQL comments using leading double minus', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E171', 'SQLSTATE support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('E182', 'Host language binding', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '01', 'COLUMNS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '02', 'TABLES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '03', 'VIEWS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '04', 'TABLE_CONSTRAINTS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '05', 'REFERENTIAL_CONSTRAINTS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F021', 'Basic information schema', '06', 'CHECK_CONSTRAINTS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '01', 'CREATE TABLE statement to create persistent base tables', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '02', 'CREATE VIEW statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '03', 'GRANT statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '04', 'ALTER TABLE statement: ADD COLUMN clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '13', 'DROP TABLE statement: RESTRICT clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '16', 'DROP VIEW statement: RESTRICT clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F031', 'Basic schema manipulation', '19', 'REVOKE statement: RESTRICT clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F032', 'CASCADE drop behavior', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F033', 'ALTER TABLE statement: DROP COLUMN clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F034', 'Extended REVOKE statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F034', 'Extended REVOKE statement', '01', 'REVOKE statement performed by other than the owner of a schema object', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F034', 'Extended REVOKE statement', '02', 'REVOKE statement: GRANT OPTION FOR clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F034', 'Extended REVOKE statement', '03', 'REVOKE statement to revoke a privilege that the grantee has WITH GRANT OPTION', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '01', 'Inner join (but not necessarily the INNER keyword)', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '02', 'INNER keyword', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '03', 'LEFT OUTER JOIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '04', 'RIGHT OUTER JOIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '05', 'Outer joins can be nested', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '07', 'The inner table in a left or right outer join can also be used in an inner join', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F041', 'Basic joined table', '08', 'All comparison operators are supported (rather than just =)', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '01', 'DATE data type (including support of DATE literal)', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '02', 'TIME data type (including support of TIME literal) with fractional seconds precision of at least 0', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '03', 'TIMESTAMP data type (including support of TIMESTAMP literal) with fractional seconds precision of at least 0 and 6', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '04', 'Comparison predicate on DATE, TIME, and TIMESTAMP data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '05', 'Explicit CAST between datetime types and character string types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '06', 'CURRENT_DATE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '07', 'LOCALTIME', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F051', 'Basic date and time', '08', 'LOCALTIMESTAMP', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F052', 'Intervals and datetime arithmetic', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F053', 'OVERLAPS predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F054', 'TIMESTAMP in DATE type precedence list', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F081', 'UNION and EXCEPT in views', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F111', 'Isolation levels other than SERIALIZABLE', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F111', 'Isolation levels other than SERIALIZABLE', '01', 'READ UNCOMMITTED isolation level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F111', 'Isolation levels other than SERIALIZABLE', '02', 'READ COMMITTED isolation level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F111', 'Isolation levels other than SERIALIZABLE', '03', 'REPEATABLE READ isolation level', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F121', 'Basic diagnostics management', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F121', 'Basic diagnostics management', '01', 'GET DIAGNOSTICS statement', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F121', 'Basic diagnostics management', '02', 'SET TRANSACTION statement: DIAGNOSTICS SIZE clause', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F122', 'Enhanced diagnostics management', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F123', 'All diagnostics', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '01', 'WHERE, GROUP BY, and HAVING clauses supported in queries with grouped views', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '02', 'Multiple tables supported in queries with grouped views', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '03', 'Set functions supported in queries with grouped views', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '04', 'Subqueries with GROUP BY and HAVING clauses and grouped views', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F131', 'Grouped operations', '05', 'Single row SELECT with GROUP BY and HAVING clauses and grouped views', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F171', 'Multiple schemas per user', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F181', 'Multiple module support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F191', 'Referential delete actions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F200', 'TRUNCATE TABLE statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F201', 'CAST function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F202', 'TRUNCATE TABLE: identity column restart option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F221', 'Explicit defaults', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F222', 'INSERT statement: DEFAULT VALUES clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F231', 'Privilege tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F231', 'Privilege tables', '01', 'TABLE_PRIVILEGES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F231', 'Privilege tables', '02', 'COLUMN_PRIVILEGES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F231', 'Privilege tables', '03', 'USAGE_PRIVILEGES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F251', 'Domain support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F261', 'CASE expression', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F261', 'CASE expression', '01', 'Simple CASE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F261', 'CASE expression', '02', 'Searched CASE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F261', 'CASE expression', '03', 'NULLIF', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F261', 'CASE expression', '04', 'COALESCE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F262', 'Extended CASE expression', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F263', 'Comma-separated predicates in simple CASE expression', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F271', 'Compound character literals', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F281', 'LIKE enhancements', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F291', 'UNIQUE predicate', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F292', 'UNIQUE null treatment', '', '', 'YES', NULL, 'SQL:202x draft');
INSERT INTO sql_features VALUES ('F301', 'CORRESPONDING in query expressions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F302', 'INTERSECT table operator', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F302', 'INTERSECT table operator', '01', 'INTERSECT DISTINCT table operator', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F302', 'INTERSECT table operator', '02', 'INTERSECT ALL table operator', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F304', 'EXCEPT ALL table operator', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '01', 'CREATE SCHEMA', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '02', 'CREATE TABLE for persistent base tables', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '03', 'CREATE VIEW', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '04', 'CREATE VIEW: WITH CHECK OPTION', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F311', 'Schema definition statement', '05', 'GRANT statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F312', 'MERGE statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F313', 'Enhanced MERGE statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F314', 'MERGE statement with DELETE branch', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F321', 'User authorization', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F341', 'Usage tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F361', 'Subprogram support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F381', 'Extended schema manipulation', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F381', 'Extended schema manipulation', '01', 'ALTER TABLE statement: ALTER COLUMN clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F381', 'Extended schema manipulation', '02', 'ALTER TABLE statement: ADD CONSTRAINT clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F381', 'Extended schema manipulation', '03', 'ALTER TABLE statement: DROP CONSTRAINT clause', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F382', 'Alter column data type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F383', 'Set column not null clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F384', 'Drop identity property clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F385', 'Drop column generation expression clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F386', 'Set identity column generation clause', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F391', 'Long identifiers', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F392', 'Unicode escapes in identifiers', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F393', 'Unicode escapes in literals', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F394', 'Optional normal form specification', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F401', 'Extended joined table', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F401', 'Extended joined table', '01', 'NATURAL JOIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F401', 'Extended joined table', '02', 'FULL OUTER JOIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F401', 'Extended joined table', '04', 'CROSS JOIN', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F402', 'Named column joins for LOBs, arrays, and multisets', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F403', 'Partitioned joined tables', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F404', 'Range variable for common column names', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F411', 'Time zone specification', '', '', 'YES', NULL, 'differences regarding literal interpretation');
INSERT INTO sql_features VALUES ('F421', 'National character', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '01', 'FETCH with explicit NEXT', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '02', 'FETCH FIRST', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '03', 'FETCH LAST', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '04', 'FETCH PRIOR', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '05', 'FETCH ABSOLUTE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F431', 'Read-only scrollable cursors', '06', 'FETCH RELATIVE', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F441', 'Extended set function support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F442', 'Mixed column references in set functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F451', 'Character set definition', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F461', 'Named character sets', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F471', 'Scalar subquery values', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F481', 'Expanded NULL predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F491', 'Constraint management', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F492', 'Optional table constraint enforcement', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F501', 'Features and conformance views', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F501', 'Features and conformance views', '01', 'SQL_FEATURES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F501', 'Features and conformance views', '02', 'SQL_SIZING view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F502', 'Enhanced documentation tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F521', 'Assertions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F531', 'Temporary tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F555', 'Enhanced seconds precision', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F561', 'Full value expressions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F571', 'Truth value tests', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F591', 'Derived tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F611', 'Indicator data types', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F641', 'Row and table constructors', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F651', 'Catalog name qualifiers', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F661', 'Simple tables', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F671', 'Subqueries in CHECK', '', '', 'NO', NULL, 'intentionally omitted');
INSERT INTO sql_features VALUES ('F672', 'Retrospective check constraints', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F673', 'Reads SQL-data routine invocations in CHECK constraints', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F690', 'Collation support', '', '', 'YES', NULL, 'but no character set support');
INSERT INTO sql_features VALUES ('F692', 'Extended collation support', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F693', 'SQL-session and client module collations', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F695', 'Translation support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F696', 'Additional translation documentation', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F701', 'Referential update actions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F711', 'ALTER domain', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F721', 'Deferrable constraints', '', '', 'NO', NULL, 'foreign and unique keys only');
INSERT INTO sql_features VALUES ('F731', 'INSERT column privileges', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F741', 'Referential MATCH types', '', '', 'NO', NULL, 'no partial match yet');
INSERT INTO sql_features VALUES ('F751', 'View CHECK enhancements', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F761', 'Session management', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F762', 'CURRENT_CATALOG', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F763', 'CURRENT_SCHEMA', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F771', 'Connection management', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F781', 'Self-referencing operations', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F791', 'Insensitive cursors', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F801', 'Full set function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F812', 'Basic flagging', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F813', 'Extended flagging', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F821', 'Local table references', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F831', 'Full cursor update', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F831', 'Full cursor update', '01', 'Updatable scrollable cursors', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F831', 'Full cursor update', '02', 'Updatable ordered cursors', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F841', 'LIKE_REGEX predicate', '', '', 'NO', NULL, 'consider regexp_like()');
INSERT INTO sql_features VALUES ('F842', 'OCCURRENCES_REGEX function', '', '', 'NO', NULL, 'consider regexp_matches()');
INSERT INTO sql_features VALUES ('F843', 'POSITION_REGEX function', '', '', 'NO', NULL, 'consider regexp_instr()');
INSERT INTO sql_features VALUES ('F844', 'SUBSTRING_REGEX function', '', '', 'NO', NULL, 'consider regexp_substr()');
INSERT INTO sql_features VALUES ('F845', 'TRANSLATE_REGEX function', '', '', 'NO', NULL, 'consider regexp_replace()');
INSERT INTO sql_features VALUES ('F846', 'Octet support in regular expression operators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F847', 'Nonconstant regular expressions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F850', 'Top-level <order by clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F851', '<order by clause> in subqueries', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F852', 'Top-level <order by clause> in views', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F855', 'Nested <order by clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F856', 'Nested <fetch first clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F857', 'Top-level <fetch first clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F858', '<fetch first clause> in subqueries', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F859', 'Top-level <fetch first clause> in views', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F860', '<fetch first row count> in <fetch first clause>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F861', 'Top-level <result offset clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F862', '<result offset clause> in subqueries', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F863', 'Nested <result offset clause> in <query expression>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F864', 'Top-level <result offset clause> in views', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F865', '<offset row count> in <result offset clause>', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('F866', 'FETCH FIRST clause: PERCENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('F867', 'FETCH FIRST clause: WITH TIES option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('R010', 'Row pattern recognition: FROM clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('R020', 'Row pattern recognition: WINDOW clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('R030', 'Row pattern recognition: full aggregate support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S011', 'Distinct data types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S011', 'Distinct data types', '01', 'USER_DEFINED_TYPES view', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S023', 'Basic structured types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S024', 'Enhanced structured types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S025', 'Final structured types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S026', 'Self-referencing structured types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S027', 'Create method by specific method name', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S028', 'Permutable UDT options list', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S041', 'Basic reference types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S043', 'Enhanced reference types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S051', 'Create table of type', '', '', 'NO', NULL, 'partially supported');
INSERT INTO sql_features VALUES ('S071', 'SQL paths in function and type name resolution', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S081', 'Subtables', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S091', 'Basic array support', '', '', 'NO', NULL, 'partially supported');
INSERT INTO sql_features VALUES ('S091', 'Basic array support', '01', 'Arrays of built-in data types', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S091', 'Basic array support', '02', 'Arrays of distinct types', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S091', 'Basic array support', '03', 'Array expressions', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S092', 'Arrays of user-defined types', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S094', 'Arrays of reference types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S095', 'Array constructors by query', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S096', 'Optional array bounds', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S097', 'Array element assignment', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S098', 'ARRAY_AGG', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S111', 'ONLY in query expressions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S151', 'Type predicate', '', '', 'NO', NULL, 'see pg_typeof()');
INSERT INTO sql_features VALUES ('S161', 'Subtype treatment', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S162', 'Subtype treatment for references', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S201', 'SQL-invoked routines on arrays', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S201', 'SQL-invoked routines on arrays', '01', 'Array parameters', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S201', 'SQL-invoked routines on arrays', '02', 'Array as result type of functions', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S202', 'SQL-invoked routines on multisets', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S211', 'User-defined cast functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S231', 'Structured type locators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S232', 'Array locators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S233', 'Multiset locators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S241', 'Transform functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S242', 'Alter transform statement', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S251', 'User-defined orderings', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S261', 'Specific type method', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S271', 'Basic multiset support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S272', 'Multisets of user-defined types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S274', 'Multisets of reference types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S275', 'Advanced multiset support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S281', 'Nested collection types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S291', 'Unique constraint on entire row', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S301', 'Enhanced UNNEST', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('S401', 'Distinct types based on array types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S402', 'Distinct types based on distinct types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S403', 'ARRAY_MAX_CARDINALITY', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('S404', 'TRIM_ARRAY', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T011', 'Timestamp in Information Schema', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T021', 'BINARY and VARBINARY data types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T022', 'Advanced support for BINARY and VARBINARY data types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T023', 'Compound binary literal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T024', 'Spaces in binary literals', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T031', 'BOOLEAN data type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '01', 'BLOB data type', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '02', 'CLOB data type', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '03', 'POSITION, LENGTH, LOWER, TRIM, UPPER, and SUBSTRING functions for LOB data types', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '04', 'Concatenation of LOB data types', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T041', 'Basic LOB data type support', '05', 'LOB locator: non-holdable', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T042', 'Extended LOB data type support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T043', 'Multiplier T', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T044', 'Multiplier P', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T051', 'Row types', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T053', 'Explicit aliases for all-fields reference', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T061', 'UCS support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T071', 'BIGINT data type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T076', 'DECFLOAT data type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T101', 'Enhanced nullability determination', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T111', 'Updatable joins, unions, and columns', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T121', 'WITH (excluding RECURSIVE) in query expression', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T122', 'WITH (excluding RECURSIVE) in subquery', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T131', 'Recursive query', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T132', 'Recursive query in subquery', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T133', 'Enhanced cycle mark values', '', '', 'YES', NULL, 'SQL:202x draft');
INSERT INTO sql_features VALUES ('T141', 'SIMILAR predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T151', 'DISTINCT predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T152', 'DISTINCT predicate with negation', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T171', 'LIKE clause in table definition', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T172', 'AS subquery clause in table definition', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T173', 'Extended LIKE clause in table definition', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T174', 'Identity columns', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T175', 'Generated columns', '', '', 'NO', NULL, 'mostly supported');
INSERT INTO sql_features VALUES ('T176', 'Sequence generator support', '', '', 'NO', NULL, 'supported except for NEXT VALUE FOR');
INSERT INTO sql_features VALUES ('T177', 'Sequence generator support: simple restart option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T178', 'Identity columns:  simple restart option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T180', 'System-versioned tables', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T181', 'Application-time period tables', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T191', 'Referential action RESTRICT', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T201', 'Comparable data types for referential constraints', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '01', 'Triggers activated on UPDATE, INSERT, or DELETE of one base table', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '02', 'BEFORE triggers', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '03', 'AFTER triggers', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '04', 'FOR EACH ROW triggers', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '05', 'Ability to specify a search condition that must be true before the trigger is invoked', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '06', 'Support for run-time rules for the interaction of triggers and constraints', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '07', 'TRIGGER privilege', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T211', 'Basic trigger capability', '08', 'Multiple triggers for the same event are executed in the order in which they were created in the catalog', 'NO', NULL, 'intentionally omitted');
INSERT INTO sql_features VALUES ('T212', 'Enhanced trigger capability', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T213', 'INSTEAD OF triggers', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T231', 'Sensitive cursors', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T241', 'START TRANSACTION statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T251', 'SET TRANSACTION statement: LOCAL option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T261', 'Chained transactions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T271', 'Savepoints', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T272', 'Enhanced savepoint management', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T281', 'SELECT privilege with column granularity', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T285', 'Enhanced derived column names', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T301', 'Functional dependencies', '', '', 'NO', NULL, 'partially supported');
INSERT INTO sql_features VALUES ('T312', 'OVERLAY function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '', '', 'NO', NULL, 'partially supported');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '01', 'User-defined functions with no overloading', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '02', 'User-defined stored procedures with no overloading', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '03', 'Function invocation', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '04', 'CALL statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '05', 'RETURN statement', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '06', 'ROUTINES view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T321', 'Basic SQL-invoked routines', '07', 'PARAMETERS view', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T322', 'Declared data type attributes', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T323', 'Explicit security for external routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T324', 'Explicit security for SQL routines', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T325', 'Qualified SQL parameter references', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T326', 'Table functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T331', 'Basic roles', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T332', 'Extended roles', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T341', 'Overloading of SQL-invoked functions and procedures', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T351', 'Bracketed SQL comments (/*...*/ comments)', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T431', 'Extended grouping capabilities', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T432', 'Nested and concatenated GROUPING SETS', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T433', 'Multiargument GROUPING function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T434', 'GROUP BY DISTINCT', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T441', 'ABS and MOD functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T461', 'Symmetric BETWEEN predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T471', 'Result sets return value', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T472', 'DESCRIBE CURSOR', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T491', 'LATERAL derived table', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T495', 'Combined data change and retrieval', '', '', 'NO', NULL, 'different syntax');
INSERT INTO sql_features VALUES ('T501', 'Enhanced EXISTS predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T502', 'Period predicates', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T511', 'Transaction counts', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T521', 'Named arguments in CALL statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T522', 'Default values for IN parameters of SQL-invoked procedures', '', '', 'NO', NULL, 'supported except DEFAULT key word in invocation');
INSERT INTO sql_features VALUES ('T523', 'Default values for INOUT parameters of SQL-invoked procedures', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T524', 'Named arguments in routine invocations other than a CALL statement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T525', 'Default values for parameters of SQL-invoked functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T551', 'Optional key words for default syntax', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T561', 'Holdable locators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T571', 'Array-returning external SQL-invoked functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T572', 'Multiset-returning external SQL-invoked functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T581', 'Regular expression substring function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T591', 'UNIQUE constraints of possibly null columns', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T601', 'Local cursor references', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T611', 'Elementary OLAP operations', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T612', 'Advanced OLAP operations', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T613', 'Sampling', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T614', 'NTILE function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T615', 'LEAD and LAG functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T616', 'Null treatment option for LEAD and LAG functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T617', 'FIRST_VALUE and LAST_VALUE function', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T618', 'NTH_VALUE function', '', '', 'NO', NULL, 'function exists, but some options missing');
INSERT INTO sql_features VALUES ('T619', 'Nested window functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T620', 'WINDOW clause: GROUPS option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T621', 'Enhanced numeric functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T622', 'Trigonometric functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T623', 'General logarithm functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T624', 'Common logarithm functions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T625', 'LISTAGG', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T631', 'IN predicate with one list element', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T641', 'Multiple column assignment', '', '', 'NO', NULL, 'only some syntax variants supported');
INSERT INTO sql_features VALUES ('T651', 'SQL-schema statements in SQL routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T652', 'SQL-dynamic statements in SQL routines', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T653', 'SQL-schema statements in external routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T654', 'SQL-dynamic statements in external routines', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T655', 'Cyclically dependent routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T811', 'Basic SQL/JSON constructor functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T812', 'SQL/JSON: JSON_OBJECTAGG', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T813', 'SQL/JSON: JSON_ARRAYAGG with ORDER BY', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T814', 'Colon in JSON_OBJECT or JSON_OBJECTAGG', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T821', 'Basic SQL/JSON query operators', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T822', 'SQL/JSON: IS JSON WITH UNIQUE KEYS predicate', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T823', 'SQL/JSON: PASSING clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T824', 'JSON_TABLE: specific PLAN clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T825', 'SQL/JSON: ON EMPTY and ON ERROR clauses', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T826', 'General value expression in ON ERROR or ON EMPTY clauses', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T827', 'JSON_TABLE: sibling NESTED COLUMNS clauses', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T828', 'JSON_QUERY', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T829', 'JSON_QUERY: array wrapper options', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T830', 'Enforcing unique keys in SQL/JSON constructor functions', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T831', 'SQL/JSON path language: strict mode', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T832', 'SQL/JSON path language: item method', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T833', 'SQL/JSON path language: multiple subscripts', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T834', 'SQL/JSON path language: wildcard member accessor', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T835', 'SQL/JSON path language: filter expressions', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T836', 'SQL/JSON path language: starts with predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T837', 'SQL/JSON path language: regex_like predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('T838', 'JSON_TABLE: PLAN DEFAULT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('T839', 'Formatted cast of datetimes to/from character strings', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M001', 'Datalinks', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M002', 'Datalinks via SQL/CLI', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M003', 'Datalinks via Embedded SQL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M004', 'Foreign data support', '', '', 'NO', NULL, 'partially supported');
INSERT INTO sql_features VALUES ('M005', 'Foreign schema support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M006', 'GetSQLString routine', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M007', 'TransmitRequest', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M009', 'GetOpts and GetStatistics routines', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M010', 'Foreign data wrapper support', '', '', 'NO', NULL, 'different API');
INSERT INTO sql_features VALUES ('M011', 'Datalinks via Ada', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M012', 'Datalinks via C', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M013', 'Datalinks via COBOL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M014', 'Datalinks via Fortran', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M015', 'Datalinks via M', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M016', 'Datalinks via Pascal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M017', 'Datalinks via PL/I', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M018', 'Foreign data wrapper interface routines in Ada', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M019', 'Foreign data wrapper interface routines in C', '', '', 'NO', NULL, 'different API');
INSERT INTO sql_features VALUES ('M020', 'Foreign data wrapper interface routines in COBOL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M021', 'Foreign data wrapper interface routines in Fortran', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M022', 'Foreign data wrapper interface routines in MUMPS', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M023', 'Foreign data wrapper interface routines in Pascal', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M024', 'Foreign data wrapper interface routines in PL/I', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M030', 'SQL-server foreign data support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('M031', 'Foreign data wrapper general routines', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X010', 'XML type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X011', 'Arrays of XML type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X012', 'Multisets of XML type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X013', 'Distinct types of XML type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X014', 'Attributes of XML type', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X015', 'Fields of XML type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X016', 'Persistent XML values', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X020', 'XMLConcat', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X025', 'XMLCast', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X030', 'XMLDocument', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X031', 'XMLElement', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X032', 'XMLForest', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X034', 'XMLAgg', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X035', 'XMLAgg: ORDER BY option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X036', 'XMLComment', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X037', 'XMLPI', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X038', 'XMLText', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X040', 'Basic table mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X041', 'Basic table mapping: nulls absent', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X042', 'Basic table mapping: null as nil', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X043', 'Basic table mapping: table as forest', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X044', 'Basic table mapping: table as element', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X045', 'Basic table mapping: with target namespace', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X046', 'Basic table mapping: data mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X047', 'Basic table mapping: metadata mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X048', 'Basic table mapping: base64 encoding of binary strings', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X049', 'Basic table mapping: hex encoding of binary strings', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X050', 'Advanced table mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X051', 'Advanced table mapping: nulls absent', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X052', 'Advanced table mapping: null as nil', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X053', 'Advanced table mapping: table as forest', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X054', 'Advanced table mapping: table as element', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X055', 'Advanced table mapping: with target namespace', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X056', 'Advanced table mapping: data mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X057', 'Advanced table mapping: metadata mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X058', 'Advanced table mapping: base64 encoding of binary strings', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X059', 'Advanced table mapping: hex encoding of binary strings', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X060', 'XMLParse: character string input and CONTENT option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X061', 'XMLParse: character string input and DOCUMENT option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X065', 'XMLParse: BLOB input and CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X066', 'XMLParse: BLOB input and DOCUMENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X068', 'XMLSerialize: BOM', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X069', 'XMLSerialize: INDENT', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X070', 'XMLSerialize: character string serialization and CONTENT option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X071', 'XMLSerialize: character string serialization and DOCUMENT option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X072', 'XMLSerialize: character string serialization', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X073', 'XMLSerialize: BLOB serialization and CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X074', 'XMLSerialize: BLOB serialization and DOCUMENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X075', 'XMLSerialize: BLOB serialization', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X076', 'XMLSerialize: VERSION', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X077', 'XMLSerialize: explicit ENCODING option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X078', 'XMLSerialize: explicit XML declaration', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X080', 'Namespaces in XML publishing', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X081', 'Query-level XML namespace declarations', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X082', 'XML namespace declarations in DML', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X083', 'XML namespace declarations in DDL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X084', 'XML namespace declarations in compound statements', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X085', 'Predefined namespace prefixes', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X086', 'XML namespace declarations in XMLTable', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X090', 'XML document predicate', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X091', 'XML content predicate', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X096', 'XMLExists', '', '', 'NO', NULL, 'XPath 1.0 only');
INSERT INTO sql_features VALUES ('X100', 'Host language support for XML: CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X101', 'Host language support for XML: DOCUMENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X110', 'Host language support for XML: VARCHAR mapping', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X111', 'Host language support for XML: CLOB mapping', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X112', 'Host language support for XML: BLOB mapping', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X113', 'Host language support for XML: STRIP WHITESPACE option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X114', 'Host language support for XML: PRESERVE WHITESPACE option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X120', 'XML parameters in SQL routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X121', 'XML parameters in external routines', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X131', 'Query-level XMLBINARY clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X132', 'XMLBINARY clause in DML', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X133', 'XMLBINARY clause in DDL', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X134', 'XMLBINARY clause in compound statements', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X135', 'XMLBINARY clause in subqueries', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X141', 'IS VALID predicate: data-driven case', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X142', 'IS VALID predicate: ACCORDING TO clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X143', 'IS VALID predicate: ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X144', 'IS VALID predicate: schema location', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X145', 'IS VALID predicate outside check constraints', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X151', 'IS VALID predicate with DOCUMENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X152', 'IS VALID predicate with CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X153', 'IS VALID predicate with SEQUENCE option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X155', 'IS VALID predicate: NAMESPACE without ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X157', 'IS VALID predicate: NO NAMESPACE with ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X160', 'Basic Information Schema for registered XML Schemas', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X161', 'Advanced Information Schema for registered XML Schemas', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X170', 'XML null handling options', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X171', 'NIL ON NO CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X181', 'XML(DOCUMENT(UNTYPED)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X182', 'XML(DOCUMENT(ANY)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X190', 'XML(SEQUENCE) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X191', 'XML(DOCUMENT(XMLSCHEMA)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X192', 'XML(CONTENT(XMLSCHEMA)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X200', 'XMLQuery', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X201', 'XMLQuery: RETURNING CONTENT', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X202', 'XMLQuery: RETURNING SEQUENCE', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X203', 'XMLQuery: passing a context item', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X204', 'XMLQuery: initializing an XQuery variable', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X205', 'XMLQuery: EMPTY ON EMPTY option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X206', 'XMLQuery: NULL ON EMPTY option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X211', 'XML 1.1 support', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X221', 'XML passing mechanism BY VALUE', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X222', 'XML passing mechanism BY REF', '', '', 'NO', NULL, 'parser accepts BY REF but ignores it; passing is always BY VALUE');
INSERT INTO sql_features VALUES ('X231', 'XML(CONTENT(UNTYPED)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X232', 'XML(CONTENT(ANY)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X241', 'RETURNING CONTENT in XML publishing', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X242', 'RETURNING SEQUENCE in XML publishing', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X251', 'Persistent XML values of XML(DOCUMENT(UNTYPED)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X252', 'Persistent XML values of XML(DOCUMENT(ANY)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X253', 'Persistent XML values of XML(CONTENT(UNTYPED)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X254', 'Persistent XML values of XML(CONTENT(ANY)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X255', 'Persistent XML values of XML(SEQUENCE) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X256', 'Persistent XML values of XML(DOCUMENT(XMLSCHEMA)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X257', 'Persistent XML values of XML(CONTENT(XMLSCHEMA)) type', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X260', 'XML type: ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X261', 'XML type: NAMESPACE without ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X263', 'XML type: NO NAMESPACE with ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X264', 'XML type: schema location', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X271', 'XMLValidate: data-driven case', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X272', 'XMLValidate: ACCORDING TO clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X273', 'XMLValidate: ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X274', 'XMLValidate: schema location', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X281', 'XMLValidate with DOCUMENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X282', 'XMLValidate with CONTENT option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X283', 'XMLValidate with SEQUENCE option', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X284', 'XMLValidate: NAMESPACE without ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X286', 'XMLValidate: NO NAMESPACE with ELEMENT clause', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X300', 'XMLTable', '', '', 'NO', NULL, 'XPath 1.0 only');
INSERT INTO sql_features VALUES ('X301', 'XMLTable: derived column list option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X302', 'XMLTable: ordinality column option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X303', 'XMLTable: column default option', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X304', 'XMLTable: passing a context item', '', '', 'YES', NULL, 'must be XML DOCUMENT');
INSERT INTO sql_features VALUES ('X305', 'XMLTable: initializing an XQuery variable', '', '', 'NO', NULL, '');
INSERT INTO sql_features VALUES ('X400', 'Name and identifier mapping', '', '', 'YES', NULL, '');
INSERT INTO sql_features VALUES ('X410', 'Alter column data type: XML type', '', '', 'YES', NULL, '');
INSERT INTO sql_implementation_info VALUES ('10003', 'CATALOG NAME', NULL, 'Y', NULL);
INSERT INTO sql_implementation_info VALUES ('10004', 'COLLATING SEQUENCE', NULL, 'ucs_basic', NULL);
INSERT INTO sql_implementation_info VALUES ('23', 'CURSOR COMMIT BEHAVIOR', '1', NULL, 'close cursors and retain prepared statements');
INSERT INTO sql_implementation_info VALUES ('2', 'DATA SOURCE NAME', NULL, '', NULL);
INSERT INTO sql_implementation_info VALUES ('17', 'DBMS NAME', NULL, 'PostgreSQL', NULL);
INSERT INTO sql_implementation_info VALUES ('26', 'DEFAULT TRANSACTION ISOLATION', '2', NULL, 'READ COMMITTED; user-settable');
INSERT INTO sql_implementation_info VALUES ('28', 'IDENTIFIER CASE', '3', NULL, 'stored in mixed case - case sensitive');
INSERT INTO sql_implementation_info VALUES ('85', 'NULL COLLATION', '0', NULL, 'nulls higher than non-nulls');
INSERT INTO sql_implementation_info VALUES ('13', 'SERVER NAME', NULL, '', NULL);
INSERT INTO sql_implementation_info VALUES ('94', 'SPECIAL CHARACTERS', NULL, '', 'all non-ASCII characters allowed');
INSERT INTO sql_implementation_info VALUES ('46', 'TRANSACTION CAPABLE', '2', NULL, 'both DML and DDL');
INSERT INTO sql_implementation_info VALUES ('18', 'DBMS VERSION', NULL, overlay(overlay(lpad(current_setting('server_version_num'), 8, '0') placing '.00.' from 5 for 2) placing '' from 1 for 2), NULL);
INSERT INTO sql_parts VALUES ('1', 'Framework (SQL/Framework)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('2', 'Foundation (SQL/Foundation)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('3', 'Call-Level Interface (SQL/CLI)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('4', 'Persistent Stored Modules (SQL/PSM)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('9', 'Management of External Data (SQL/MED)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('10', 'Object Language Bindings (SQL/OLB)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('11', 'Information and Definition Schema (SQL/Schemata)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('13', 'Routines and Types Using the Java Programming Language (SQL/JRT)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('14', 'XML-Related Specifications (SQL/XML)', 'NO', NULL, '');
INSERT INTO sql_parts VALUES ('15', 'Multi-Dimensional Arrays (SQL/MDA)', 'NO', NULL, '');
INSERT INTO sql_sizing VALUES ('97', 'MAXIMUM COLUMNS IN GROUP BY', '0', NULL);
INSERT INTO sql_sizing VALUES ('99', 'MAXIMUM COLUMNS IN ORDER BY', '0', NULL);
INSERT INTO sql_sizing VALUES ('100', 'MAXIMUM COLUMNS IN SELECT', '1664', NULL);
INSERT INTO sql_sizing VALUES ('101', 'MAXIMUM COLUMNS IN TABLE', '1600', NULL);
INSERT INTO sql_sizing VALUES ('1', 'MAXIMUM CONCURRENT ACTIVITIES', '0', NULL);
INSERT INTO sql_sizing VALUES ('0', 'MAXIMUM DRIVER CONNECTIONS', NULL, NULL);
INSERT INTO sql_sizing VALUES ('20000', 'MAXIMUM STATEMENT OCTETS', '0', NULL);
INSERT INTO sql_sizing VALUES ('20001', 'MAXIMUM STATEMENT OCTETS DATA', '0', NULL);
INSERT INTO sql_sizing VALUES ('20002', 'MAXIMUM STATEMENT OCTETS SCHEMA', '0', NULL);
INSERT INTO sql_sizing VALUES ('106', 'MAXIMUM TABLES IN SELECT', '0', NULL);
INSERT INTO sql_sizing VALUES ('25000', 'MAXIMUM CURRENT DEFAULT TRANSFORM GROUP LENGTH', NULL, NULL);
INSERT INTO sql_sizing VALUES ('25001', 'MAXIMUM CURRENT TRANSFORM GROUP LENGTH', NULL, NULL);
INSERT INTO sql_sizing VALUES ('25002', 'MAXIMUM CURRENT PATH LENGTH', '0', NULL);
INSERT INTO sql_sizing VALUES ('25003', 'MAXIMUM CURRENT ROLE LENGTH', NULL, NULL);
INSERT INTO sql_sizing VALUES ('34', 'MAXIMUM CATALOG NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('30', 'MAXIMUM COLUMN NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('31', 'MAXIMUM CURSOR NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('10005', 'MAXIMUM IDENTIFIER LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('32', 'MAXIMUM SCHEMA NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('35', 'MAXIMUM TABLE NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('107', 'MAXIMUM USER NAME LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('25004', 'MAXIMUM SESSION USER LENGTH', '63', 'Might be less, depending on character set.');
INSERT INTO sql_sizing VALUES ('25005', 'MAXIMUM SYSTEM USER LENGTH', '63', 'Might be less, depending on character set.');
