/* conf_value.c - quote a value for a configuration file. */
#include "common/base/base.h"

#include "common/format/conf_value.h"

void conf_value_write(StrBuf *out, const char *value)
{
    strbuf_add_char(out, '\'');
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            strbuf_add(out, "\\n");
        } else if (*value == '\r') {
            strbuf_add(out, "\\r");
        } else {
            if (*value == '\'' || *value == '\\')
                strbuf_add_char(out, *value);
            strbuf_add_char(out, *value);
        }
    }
    strbuf_add_char(out, '\'');
}
