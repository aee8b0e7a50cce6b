# gen_grammar.awk - the whole grammar: gram.y with the key words of keyword.def
#
#     awk -f gen_grammar.awk keyword.def gram.y
#
# A line "@tokens@" becomes a %token row for each key word, and a line "@words CATEGORY...@" or
# "@labels@" the alternatives of a rule: the words of those categories, or all bare labels.

BEGIN { FS = "[(), ]+" }

/^KEYWORD\(/ && FILENAME ~ /keyword\.def$/ {
    token[++count] = $3
    category[count] = $4
    label[count] = $5
    next
}

FILENAME ~ /keyword\.def$/ { next }

/^@tokens@$/ {
    for (i = 1; i <= count; i++)
        print "%token <keyword> " token[i] " \"" tolower(substr(token[i], 3)) "\""
    next
}

/^@words [A-Z_]+@$/ || /^@labels@$/ {
    split($0, part, /[@ ]/)
    wanted = part[2] == "words" ? part[3] : ""
    separator = " "
    for (i = 1; i <= count; i++) {
        if (wanted != "" ? category[i] == wanted : label[i] == "BARE") {
            print "    " separator " " token[i]
            separator = "|"
        }
    }
    next
}

{ print }
