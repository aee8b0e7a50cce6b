# gen_script.awk - print catalog_script.c: each .sql file that is read as a text, without lines that are comments

FNR == 1 {
    if (NR == 1) {
        print "/* catalog_script.c - made by gen_script.awk: statements for a new cluster. */"
        print "#include \"common/base/base.h\"\n\n#include \"server/catalog/script.h\"\n"
    } else {
        print ";\n"
    }
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.sql$/, "", name)
    printf "const char catalog_script_%s[] =", name
}
/^--/ { next }
{
    gsub(/\\/, "&&")
    gsub(/"/, "\\\"")
    printf "\n    \"%s\\n\"", $0
}
END { print ";" }
