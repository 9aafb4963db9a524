/* base/xml: what a document becomes, what is refused and where, limits, and escaping. */
#include "support.h"

#include <uchar.h>

#include "base/utf8.h"
#include "base/xml.h"

#define NAMESPACE "urn:ours"

enum { ROOM = 48 << 20 }; /* what base/xml.h says is enough */

/* Parses a copy that ends where the text does. The tree lives in `arena`. */
static enum result parse_all(struct arena *arena, struct slice text, struct xml_document *all,
                             struct xml_error *error)
{
    char *copy = malloc(text.len > 0 ? text.len : 1);
    assert_non_null(copy);
    memcpy(copy, text.data, text.len);
    *error = (struct xml_error){NULL, 0, 0};
    *all = (struct xml_document){NULL, NULL};
    enum result result =
        xml_parse(arena, (struct slice){copy, text.len}, SLICE(NAMESPACE), all, error);
    free(copy);
    assert_int_equal(all->root != NULL, result == RESULT_OK);
    return result;
}

static enum result parse(struct arena *arena, struct slice text, struct xml_element **root,
                         struct xml_error *error)
{
    struct xml_document all;
    enum result result = parse_all(arena, text, &all, error);
    *root = all.root;
    return result;
}

/* {name a=value @foreign=value {child}}, a foreign element's name behind @; a comment is (text). */
static void print(struct buffer *out, const struct xml_element *element)
{
    if (element->comment) {
        buffer_printf(out, "(%s)", element->name.data);
        assert_int_equal(strlen(element->name.data), element->name.len);
        assert_null(element->first);
        return;
    }
    buffer_printf(out, "{%s%s", element->foreign ? "@" : "", element->name.data);
    assert_int_equal(strlen(element->name.data), element->name.len);
    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct xml_attribute *attribute = &element->attributes[i];
        assert_int_equal(strlen(attribute->value.data), attribute->value.len);
        assert_int_equal(strlen(attribute->name.data), attribute->name.len);
        buffer_printf(out, " %s%s=%s", attribute->foreign ? "@" : "", attribute->name.data,
                      attribute->value.data);
    }
    for (const struct xml_element *child = element->first; child; child = child->next) {
        buffer_append_char(out, ' ');
        print(out, child);
    }
    buffer_append_char(out, '}');
}

static void expect_tree(struct slice text, const char *tree)
{
    struct arena arena;
    struct buffer out;
    struct xml_error error;
    struct xml_document all;
    arena_init(&arena, ROOM);
    buffer_init(&out, ROOM);
    enum result result = parse_all(&arena, text, &all, &error);
    if (result)
        fail_msg("%.100s: %s", text.data, error.reason);
    for (const struct xml_element *node = all.first; node; node = node->next) {
        buffer_append_string(&out, node == all.first ? "" : " ");
        print(&out, node);
    }
    assert_string_equal(out.data, tree);
    buffer_close(&out);
    arena_close(&arena);
}

static void expect_error(struct slice text, const char *reason, size_t line, size_t column)
{
    struct arena arena;
    struct xml_error error;
    struct xml_element *root;
    arena_init(&arena, ROOM);
    enum result result = parse(&arena, text, &root, &error);
    const char *got = error.reason ? error.reason : "nothing";
    if (result != RESULT_INVALID || root || strcmp(got, reason) != 0 || error.line != line ||
        error.column != column)
        fail_msg("%.100s\n  result %d: %s at %zu:%zu\n  wanted %s at %zu:%zu", text.data,
                 (int)result, got, error.line, error.column, reason, line, column);
    arena_close(&arena);
}

static void becomes_a_tree(void **state)
{
    (void)state;
    static const struct {
        const char *text, *tree;
    } cases[] = {
        {"<a xmlns='urn:ours'/>", "{a}"},
        {"<a/>", "{@a}"},
        {"<a xmlns='urn:ours2'/>", "{@a}"},
        {"<a xmlns='urn:our'/>", "{@a}"},
        {"<?xml version='1.0'?><a xmlns='urn:ours' x='1' w='2'><b/><c><d/></c><b/></a>",
         "{a x=1 w=2 {b} {c {d}} {b}}"},
        {"<p:a xmlns:p='urn:ours' p:x='1' x='2'><b/><p:c/></p:a>", "{a @x=1 x=2 {@b} {c}}"},
        {"<a xmlns='urn:ours'><b xmlns=''><c xmlns='urn:ours'/></b><d/></a>", "{a {@b {c}} {d}}"},
        {"<a xmlns='urn:ours' xml:lang='en'/>", "{a @lang=en}"},
        {"<!-- one --><?two three?><a xmlns='urn:ours'>text<!-- <b/> --><![CDATA[<c/>]]>"
         "<?d <e/>?>&lt;f/&gt;&amp;<g/></a><!-- four -->\n<?five?>\n",
         "( one ) {a ( <b/> ) {g}} ( four )"},
        {"<a xmlns='urn:ours'><!----><b/><!--x--><!-- &amp;\r\n\xC3\xA9 --></a>",
         "{a () {b} (x) ( &amp;\n\xC3\xA9 )}"},
        {"<a xmlns='urn:ours' x='&lt;&gt;&amp;&quot;&apos;&#65;&#x20AC;'/>",
         "{a x=<>&\"'A\xE2\x82\xAC}"},
        {"<a xmlns='urn:ours' x='1\n2\t3\r\n4&#10;5&#9;6&#13;7'/>", "{a x=1 2 3 4\n5\t6\r7}"},
        {"<a xmlns='urn:ours' x=' 1  2 '/>", "{a x= 1  2 }"},
        {"<a xmlns='urn:ours' x=''/>", "{a x=}"},
        {"<\xC3\xA9 xmlns='urn:ours' \xC3\xBC='\xF0\x9F\x98\x80'/>",
         "{\xC3\xA9 \xC3\xBC=\xF0\x9F\x98\x80}"},
        /* The name of a namespace is compared after its references are read. */
        {"<a xmlns='urn:&#111;urs'/>", "{a}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_tree(slice_of(cases[i].text), cases[i].tree);
}

static void refuses_what_is_not_well_formed(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        const char *reason;
        size_t line, column;
    } cases[] = {
        {SLICE_INIT(""), "no element found", 1, 1},
        {SLICE_INIT(" \n "), "no element found", 2, 2},
        {SLICE_INIT("broker"), "syntax error", 1, 1},
        {SLICE_INIT("{}"), "not well-formed (invalid token)", 1, 1},
        {SLICE_INIT("<a"), "unclosed token", 1, 1},
        {SLICE_INIT("<a>"), "no element found", 1, 4},
        {SLICE_INIT("<a><b/>"), "no element found", 1, 8},
        {SLICE_INIT("<a>\n <b></a>"), "mismatched tag", 2, 7},
        {SLICE_INIT("<a/><b/>"), "junk after document element", 1, 5},
        {SLICE_INIT("<a/>text"), "junk after document element", 1, 5},
        {SLICE_INIT("<a x='1' x='2'/>"), "duplicate attribute", 1, 10},
        {SLICE_INIT("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>"), "duplicate attribute", 1, 1},
        {SLICE_INIT("<p:a/>"), "unbound prefix", 1, 1},
        {SLICE_INIT("<a p:x=''/>"), "unbound prefix", 1, 1},
        {SLICE_INIT("<a x=1/>"), "not well-formed (invalid token)", 1, 6},
        {SLICE_INIT("<a x='<'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a x='&b;'/>"), "undefined entity", 1, 1},
        {SLICE_INIT("<a>&b;</a>"), "undefined entity", 1, 4},
        {SLICE_INIT("<a x='&#0;'/>"), "reference to invalid character number", 1, 7},
        {SLICE_INIT("<a x='&#1;'/>"), "reference to invalid character number", 1, 7},
        {SLICE_INIT("<a x='&#xD800;'/>"), "reference to invalid character number", 1, 7},
        {SLICE_INIT("<a x='&#x110000;'/>"), "reference to invalid character number", 1, 7},
        {SLICE_INIT("<a xmlns='u&#1;v'/>"), "reference to invalid character number", 1, 12},
        {SLICE_INIT("<a x='\0'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a/>\0"), "not well-formed (invalid token)", 1, 5},
        {SLICE_INIT("<a x='\x01'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a x='\xC3'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a x='\xC0\xAF'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a x='\xED\xA0\x80'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT("<a x='\xEF\xBF\xBF'/>"), "not well-formed (invalid token)", 1, 7},
        {SLICE_INIT(" <?xml version='1.0'?><a/>"), "XML or text declaration not at start of entity",
         1, 2},
        {SLICE_INIT("<a><!-- -- --></a>"), "not well-formed (invalid token)", 1, 11},
        {SLICE_INIT("<a><![CDATA[</a>"), "unclosed CDATA section", 1, 17},
        /* After a part that was read. */
        {SLICE_INIT("<a><b x='1'/><c>&lt;</c></b></a>"), "mismatched tag", 1, 27},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_error(cases[i].text, cases[i].reason, cases[i].line, cases[i].column);
}

/* No entity is expanded or fetched, because no document that could declare one is read. */
static void refuses_every_doctype(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a []><a/>",
        "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a PUBLIC '-//x' 'http://localhost/a.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://localhost/b'> %b;]><a/>",
        "<!DOCTYPE a [<!ENTITY b '12345'>]><a x='&b;'/>",
        "<!DOCTYPE a [<!ATTLIST a x CDATA 'default'>]><a/>",
        "<!DOCTYPE a [<!ENTITY b '&b;'>]><a>&b;</a>",
        "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
        "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
        "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;'>"
        "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;'>"
        "]><l>&h;</l>",
    };
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct arena arena;
        struct xml_error error;
        struct xml_element *root;
        arena_init(&arena, ROOM);
        assert_int_equal(parse(&arena, slice_of(documents[i]), &root, &error), RESULT_INVALID);
        assert_string_equal(error.reason, "DOCTYPE is disallowed");
        assert_int_equal(error.line, 1);
        assert_true(arena.used < 100000);
        arena_close(&arena);
    }
    expect_error(SLICE("<!-- --><?xml-stylesheet?>\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>"),
                 "DOCTYPE is disallowed", 2, 13);
}

static void reads_four_encodings(void **state)
{
    (void)state;
    static const struct slice good[] = {
        SLICE_INIT("<a xmlns='urn:ours' x='\xC3\xA9'/>"),
        SLICE_INIT("\xEF\xBB\xBF<a xmlns='urn:ours' x='\xC3\xA9'/>"),
        SLICE_INIT("<?xml version='1.0' encoding='utf-8'?><a xmlns='urn:ours' x='\xC3\xA9'/>"),
        SLICE_INIT("<?xml version='1.0' encoding='ISO-8859-1'?><a xmlns='urn:ours' x='\xE9'/>"),
        SLICE_INIT("<?xml version='1.0' encoding='US-ASCII'?><a xmlns='urn:ours' x='&#233;'/>"),
    };
    for (size_t i = 0; i < COUNT(good); i++)
        expect_tree(good[i], "{a x=\xC3\xA9}");
    static const struct {
        struct slice text;
        const char *reason;
    } bad[] = {
        {SLICE_INIT("<?xml version='1.0' encoding='windows-1252'?><a/>"), "unknown encoding"},
        {SLICE_INIT("<?xml version='1.0' encoding='UTF-7'?><a/>"), "unknown encoding"},
        {SLICE_INIT("<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>"), "unknown encoding"},
        {SLICE_INIT("<?xml version='1.0' encoding='UTF-16'?><a/>"),
         "encoding specified in XML declaration is incorrect"},
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_error(bad[i].text, bad[i].reason, 1, 31);
    expect_error(SLICE("<?xml version='1.0' encoding='US-ASCII'?><a x='\xC3\xA9'/>"),
                 "not well-formed (invalid token)", 1, 48);
}

/* Both byte orders, with and without a declaration. */
static void reads_utf_16(void **state)
{
    (void)state;
    static const char16_t texts[][80] = {
        u"\xFEFF<a xmlns='urn:ours' x='\xE9\xD83D\xDE00'/>",
        u"\xFEFF<?xml version='1.0' encoding='UTF-16'?><a xmlns='urn:ours' x='\xE9\xD83D\xDE00'/>",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        for (unsigned big = 0; big < 2; big++) {
            char bytes[160];
            size_t len = 0;
            for (const char16_t *c = texts[i]; *c; c++) {
                bytes[len + big] = (char)(*c & 0xFF);
                bytes[len + !big] = (char)(*c >> 8);
                len += 2;
            }
            expect_tree((struct slice){bytes, len}, "{a x=\xC3\xA9\xF0\x9F\x98\x80}");
            expect_error((struct slice){bytes, len - 1}, "unclosed token", 1,
                         i == 0 ? 2 : 41); /* half a character at the end */
        }
}

/* `before`, `times` times `each`, `after`; the caller frees. */
static struct slice repeat(const char *before, const char *each, size_t times, const char *after)
{
    size_t len = strlen(each);
    char *text = malloc(strlen(before) + len * times + strlen(after) + 1);
    assert_non_null(text);
    char *end = stpcpy(text, before);
    for (size_t i = 0; i < times; i++)
        end = stpcpy(end, each);
    end = stpcpy(end, after);
    return (struct slice){text, (size_t)(end - text)};
}

static void expect_limit(struct slice text, const char *reason)
{
    struct arena arena;
    struct xml_error error;
    struct xml_element *root;
    arena_init(&arena, ROOM);
    assert_int_equal(parse(&arena, text, &root, &error), reason ? RESULT_INVALID : RESULT_OK);
    if (reason)
        assert_string_equal(error.reason, reason);
    free((void *)(uintptr_t)text.data);
    arena_close(&arena);
}

static struct slice nested(size_t levels)
{
    struct slice starts = repeat("", "<a>", levels, ""),
                 all = repeat(starts.data, "</a>", levels, "");
    free((void *)(uintptr_t)starts.data);
    return all;
}

static void limits_are_exact(void **state)
{
    (void)state;
    expect_limit(nested(XML_MAX_DEPTH), NULL);
    expect_limit(nested(XML_MAX_DEPTH + 1), "more than 100 levels");
    expect_limit(repeat("<a>", "<b/>", XML_MAX_NODES - 1, "</a>"), NULL);
    expect_limit(repeat("<a>", "<b/>", XML_MAX_NODES, "</a>"),
                 "more than 100000 elements, attributes and comments");
    expect_limit(repeat("<a>", "<b c=''/>", XML_MAX_NODES / 2 - 1, "<b/></a>"), NULL);
    expect_limit(repeat("<a>", "<b c=''/>", XML_MAX_NODES / 2 - 1, "<b c=''/></a>"),
                 "more than 100000 elements, attributes and comments");
    expect_limit(repeat("<a>", "<!---->", XML_MAX_NODES - 1, "</a>"), NULL);
    expect_limit(repeat("<a>", "<!---->", XML_MAX_NODES, "</a>"),
                 "more than 100000 elements, attributes and comments");
    expect_limit(repeat("<a xmlns='", "u", XML_MAX_NAMESPACE, "'/>"), NULL);
    expect_limit(repeat("<a xmlns='", "u", XML_MAX_NAMESPACE + 1, "'/>"),
                 "a namespace name longer than 1024 bytes");
    expect_limit(repeat("<a x='", "v", XML_MAX_TEXT - 9, "'/>"), NULL);
    expect_limit(repeat("<a x='", "v", XML_MAX_TEXT - 8, "'/>"), "longer than 1048576 bytes");
    expect_error((struct slice){"", 0}, "no element found", 1, 1);
}

/* `<a`, as many attributes with names of their own as fit, `/>`. */
static struct slice many_names(const char *prefix, const char *value)
{
    char *text = malloc(XML_MAX_TEXT + 64);
    assert_non_null(text);
    size_t len = (size_t)sprintf(text, "<a xmlns:p='urn:p'");
    for (unsigned i = 0; len < XML_MAX_TEXT - 32; i++)
        len += (size_t)sprintf(text + len, " %sx%x='%s'", prefix, i, value);
    len += (size_t)sprintf(text + len, "/>");
    return (struct slice){text, len};
}

/* The worst within the length: every one ends well inside the room, with an answer. */
static void memory_is_bounded(void **state)
{
    (void)state;
    expect_limit(many_names("", ""), "more than 100000 elements, attributes and comments");
    expect_limit(many_names("p:", ""), "too many names");
    expect_limit(many_names("xmlns:", "u"), "too many names");
    expect_limit(repeat("<", "n", XML_MAX_TEXT - 3, "/>"), NULL);
    expect_limit(repeat("<a ", "n", XML_MAX_TEXT - 8, "=''/>"), NULL);
    expect_limit(repeat("<a x='", "&#233;", 170000, "'/>"), NULL);
    expect_limit(
        repeat("<?xml version='1.0' encoding='ISO-8859-1'?><a x='", "\xE9", 1000000, "'/>"), NULL);
    expect_limit(repeat("<a>", "<b c=''/>", XML_MAX_NODES / 2 - 1, "</a>"), NULL);
    expect_limit(repeat("<a xmlns:p='urn:p'>", "<p:b/>", XML_MAX_NODES - 1, "</a>"), NULL);
}

static const char document[] = "<?xml version='1.0'?><p:a xmlns:p='urn:ours' x='1' p:y='2'>text"
                               "<b xmlns='urn:b' z='&lt;'/><!-- c --><p:d><p:e/></p:d></p:a>";

/* Every allocation, libexpat's too, fails once. */
static void no_memory_gives_no_partial_tree(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t ceiling = 0;; ceiling += 16, failures++) {
        struct arena arena;
        struct xml_error error;
        struct xml_element *root;
        arena_init(&arena, ceiling);
        enum result result = parse(&arena, SLICE(document), &root, &error);
        assert_int_equal(result, root ? RESULT_OK : RESULT_NO_MEMORY);
        assert_null(error.reason);
        arena_close(&arena);
        if (!result)
            break;
        assert_true(ceiling < 100000);
    }
    assert_true(failures > 50);
    expect_tree(SLICE(document), "{a x=1 @y=2 {@b z=<} ( c ) {d {e}}}");
}

/* Every character an attribute can have is read back as it was. */
static void escapes_read_back(void **state)
{
    (void)state;
    struct buffer value, text;
    struct arena arena;
    struct xml_error error;
    struct xml_element *root;
    buffer_init(&value, ROOM);
    buffer_init(&text, ROOM);
    arena_init(&arena, ROOM);
    buffer_append_string(&value, "\t\n\r\r\n  ");
    for (char c = ' '; c > 0; c++)
        buffer_append_char(&value, c);
    buffer_append_string(&value, "&amp;&#10;]]>\xC2\x85\xC2\xA0\xE2\x80\xA8\xF4\x8F\xBF\xBD  ");
    buffer_append_string(&text, "<a x=\"");
    xml_append_escaped(&text, buffer_slice(&value));
    buffer_append_string(&text, "\"/>");
    assert_null(memchr(text.data, '\n', text.len));
    assert_int_equal(parse(&arena, buffer_slice(&text), &root, &error), RESULT_OK);
    assert_slice(root->attributes[0].value, value.data);
    buffer_clear(&text);
    xml_append_escaped(&text, SLICE("a<b>c&d\"e'f\tg\nh\ri"));
    assert_string_equal(text.data, "a&lt;b&gt;c&amp;d&quot;e'f&#9;g&#10;h&#13;i");
    buffer_clear(&text);
    xml_append_escaped(&text, (struct slice){"", 0});
    assert_int_equal(text.len, 0);
    buffer_close(&value);
    buffer_close(&text);
    arena_close(&arena);
}

/* Bytes of a document are changed: an answer, and a tree of valid UTF-8 or none. */
static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    struct prng prng = {20261123};
    for (size_t i = 0; i < 3000; i++) {
        char text[sizeof document];
        struct arena arena;
        struct buffer out;
        struct xml_error error;
        struct xml_element *root;
        memcpy(text, document, sizeof document);
        for (size_t changes = 1 + prng_below(&prng, 3); changes > 0; changes--)
            text[prng_below(&prng, sizeof document - 1)] =
                prng_below(&prng, 2) ? "<>&'\"/:= !?;-"[prng_below(&prng, 13)]
                                     : (char)prng_below(&prng, 256);
        arena_init(&arena, ROOM);
        buffer_init(&out, ROOM);
        enum result result =
            parse(&arena, (struct slice){text, sizeof document - 1}, &root, &error);
        assert_true(result == RESULT_INVALID ? !root && error.reason : root && !error.reason);
        if (root)
            print(&out, root);
        assert_true(utf8_valid(buffer_slice(&out)));
        buffer_close(&out);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(becomes_a_tree),        cmocka_unit_test(refuses_what_is_not_well_formed),
        cmocka_unit_test(refuses_every_doctype), cmocka_unit_test(reads_four_encodings),
        cmocka_unit_test(reads_utf_16),          cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(memory_is_bounded),     cmocka_unit_test(no_memory_gives_no_partial_tree),
        cmocka_unit_test(escapes_read_back),     cmocka_unit_test(changed_bytes_do_no_harm),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
