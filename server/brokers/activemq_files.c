#include "base/text.h"
#include "base/xml.h"
#include "brokers/activemq_parts.h"
#include "brokers/java_text.h"
#include "brokers/texts.h"
#include "process/java_stores.h"

/* The value of a @NAME@ in an embedded text. */
static void append_value(struct maker *maker, struct slice name)
{
    struct buffer path, value;
    buffer_init(&path, MAKER_TEXT_MAX);
    buffer_init(&value, MAKER_TEXT_MAX);
    if (slice_equal(name, SLICE("KEY_STORE")))
        buffer_printf(&path, "%s/broker.jks", maker->plan->common);
    else if (slice_equal(name, SLICE("STORE_PASSWORD")))
        buffer_append_string(&path, JAVA_STORE_PASSWORD);
    else if (slice_equal(name, SLICE("ADDRESS")))
        buffer_append_string(&path, maker->plan->address);
    else if (slice_equal(name, SLICE("CONSOLE_PORT")))
        buffer_append_integer(&path, maker_port(maker, PORT_ACTIVEMQ_CONSOLE));
    java_append_spring(&value, buffer_slice(&path));
    xml_append_escaped(&maker->text, buffer_slice(&value));
    if (path.failed || value.failed)
        maker->failed = RESULT_NO_MEMORY;
    buffer_close(&value);
    buffer_close(&path);
}

static void make_text(struct maker *maker, const struct broker_text *text)
{
    struct slice rest = {(const char *)text->bytes, text->len};
    for (bool is_name = false; rest.data; is_name = !is_name) {
        struct slice part = text_take(&rest, '@');
        if (is_name)
            append_value(maker, part);
        else
            buffer_append_slice(&maker->text, part);
    }
    maker_add(maker, text->name, false);
}

enum result activemq_files(const struct broker_plan *plan, struct arena *arena,
                           struct broker_files *out)
{
    struct maker maker;
    struct activemq_ldap ldap;
    maker_init(&maker, plan, arena, out);
    maker.failed = activemq_ldap_read(&maker, &ldap);
    if (!maker.failed)
        activemq_make_xml(&maker, &ldap);
    if (!maker.failed)
        activemq_make_logins(&maker, &ldap);
    /* Those of every version: what one does not read does no harm. */
    for (size_t i = 0; i < broker_text_count && !maker.failed; i++)
        make_text(&maker, &broker_texts[i]);
    return maker_close(&maker);
}
