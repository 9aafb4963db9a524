/* Random seeds, the same ones in every run: mostly one-row INSERTs, with more or less that is wrong
 * or unusual in them. */
#ifndef TESTS_UNIT_SEED_RANDOM_H
#define TESTS_UNIT_SEED_RANDOM_H

#include "seed_world.h"

struct maker {
    uint64_t random;
    unsigned wild; /* 0: only valid rows in plain form */
    char text[128 * 1024];
    size_t len;
};

static inline unsigned pick(struct maker *maker, unsigned count)
{
    maker->random = maker->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(maker->random >> 33) % count;
}

/* True in `wild` of `of` cases. */
static inline bool is_odd(struct maker *maker, unsigned of)
{
    return pick(maker, of) < maker->wild;
}

/* Appends the text, with a small number in the place of each %. */
static inline void put(struct maker *maker, const char *text)
{
    for (; *text && maker->len + 8 < sizeof maker->text; text++) {
        if (*text == '%')
            maker->len += (size_t)sprintf(maker->text + maker->len, "%u", pick(maker, 30));
        else
            maker->text[maker->len++] = *text;
    }
    maker->text[maker->len] = '\0';
}

#define PUT_ONE_OF(maker, list) put(maker, (list)[pick(maker, COUNT(list))])

struct column {
    const char *name;
    const char *values[7];
};

/* The first `needed` columns are in every row. */
struct shape {
    const char *table;
    size_t needed;
    struct column columns[8];
};

static const struct shape shapes[] = {
    {"user",
     3,
     {{"broker_id", {"'b-1'", "'b-2'"}},
      {"username", {"'u-%%%'", "'user.%%'", "'%%~'"}},
      {"password", {"'correct-horse-%'", "'it''s-a-secret'", "'''quoted''-horse-%'"}},
      {"console_access", {"0", "1", "+1", "'1'", "00"}},
      {"groups", {"'[]'", "'[\"ab\"]'", "'[\"ab\", \"c%%\"]'", "' [ ] '"}},
      {"replication_user", {"0", "-0"}}}},
    {"broker",
     2,
     {{"id", {"'b-%%%'", "'B%%%'", "'%%%%'"}},
      {"name", {"'n%%%'", "'broker_%%%'", "%%%"}},
      {"engine_type", {"'ACTIVEMQ'", "'RABBITMQ'"}},
      {"account", {"'123456789012'", "''", "210987654321"}},
      {"created", {"'2020-01-02T03:04:05.000000Z'"}},
      {"subnet_ids", {"NULL", "'[\"subnet-%\"]'", "'[]'"}},
      {"storage_size", {"NULL", "5", "'10'", "015"}},
      {"window_due_ms", {"NULL", "null"}}}},
    {"broker_tag",
     2,
     {{"broker_id", {"'b-1'", "'b-2'"}},
      {"key", {"'k%%%'", "%%%", "'\xc3\xa9\xe2\x82\xac%%'", "' '' -- ; /* %%'", "'line\n%%'"}},
      {"value", {"''", "'v'", "'\xf0\x9f\x98\x80'", "';'", "''''", "'\"'", "-%"}}}},
    {"fault",
     1,
     {{"delay_ms", {"1", "600000", "'%1'", "%1", "1."}},
      {"id", {"%%%%", "'%%%%'", "-%%%%"}},
      {"times", {"NULL", "0", "%", "999999999999999999"}},
      {"probability", {"1", "0", "'0.5'", "0.25", "'1e-1'"}},
      {"seed", {"-999999999999999999", "+%", "9223372036854775807", "1000000000000000000"}},
      {"username", {"NULL", "'u%'", "%"}},
      {"message", {"NULL"}}}},
    {"policy",
     1,
     {{"effect", {"'allow'", "'deny'"}},
      {"id", {"%%%%", "NULL"}},
      {"access_key", {"'*'", "'AKID%'"}},
      {"action", {"'*'", "'mq:*'", "'mq:Delete%'"}}}},
    {"vpc",
     1,
     {{"id", {"'vpc-%%%'"}},
      {"account", {"''", "'098765432109'"}},
      {"internet_gateway", {"0", "1"}}}},
    {"subnet", 2, {{"id", {"'s-%%%'"}}, {"vpc_id", {"'vpc-1'", "'vpc-2'"}}}},
    {"configuration",
     2,
     {{"id", {"'c-%%%'"}}, {"name", {"'c%%'", "'~.%'"}}, {"engine_type", {"'RABBITMQ'"}}}},
    {"configuration_revision",
     3,
     {{"configuration_id", {"'c-1'", "'c-2'"}},
      {"revision", {"2%", "1%", "'%3'", "'1%'", "300"}},
      {"data", {"'<broker/>'", "''", "'a = 1\r\nb = ''%'''", "%"}},
      {"description", {"NULL", "'d%'"}}}},
    {"access_key", 2, {{"id", {"'AK%%%'"}}, {"secret", {"'s%'"}}, {"account", {"''"}}}},
    {"broker_configuration_history",
     3,
     {{"broker_id", {"'b-1'"}},
      {"configuration_id", {"'c-%'"}},
      {"revision", {"%", "' % '", "'%.0'"}},
      {"id", {"%%%%%"}}}},
    {"resource_share_error",
     1,
     {{"resource_share_arn", {"'arn:%%%'"}}, {"error_code", {"'E%'"}}, {"status", {"'S'"}}}},
    {"availability_zone", 2, {{"region", {"'r-%'"}}, {"name", {"'z%%'"}}}},
    {"engine_version",
     2,
     {{"engine_type", {"'ACTIVEMQ'", "'RABBITMQ'"}}, {"version", {"'9%.%'", "9%"}}}},
    /* All of these are refused. */
    {"engine", 2, {{"type", {"'X'"}}, {"name", {"'x'"}}}},
    {"default_world", 1, {{"account", {"'123456789012'"}}}},
    {"applied_user", 2, {{"broker_id", {"'b-1'"}}, {"username", {"'ab'"}}}},
    {"sqlite_schema", 1, {{"sql", {"''"}}}},
    {"nothing", 1, {{"id", {"1"}}}},
};

enum { REFUSED_SHAPES = 5 };

static const char *const odd_values[] = {
    "0",
    "-0",
    "+0",
    "- 5",
    "--5",
    "-\n1",
    "-+1",
    "007",
    "-007",
    "5 ",
    "5/**/",
    "12a",
    "1_0",
    "0x10",
    "0X1F",
    "x'",
    "999999999999999999",
    "-999999999999999999",
    "1000000000000000000",
    "000000000000000000001",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "99999999999999999999999",
    "1.0",
    "1.5",
    ".5",
    "5.",
    "1e3",
    "-1e-3",
    "1e400",
    "x''",
    "X''",
    "x'00ff'",
    "X'C3A9'",
    "x'0'",
    "x'0g'",
    "x '00'",
    "x'00 '",
    "x'00'x",
    "''",
    "''''",
    "'''a'",
    "'a'''",
    "'it''s'",
    "'a' 'b'",
    "'a'b",
    "'a' || 'b'",
    "' '",
    "'\t'",
    "'\n\n'",
    "'\xc2\x80'",
    "'\xef\xbb\xbf'",
    "'\xf4\x8f\xbf\xbf'",
    "'/*'",
    "'--'",
    "';'",
    "'broker_defaults'",
    "'access_key_defaults'",
    "'USER_GROUPS_INSERT'",
    "'configuration_insert'",
    "'short'",
    "'b-nowhere'",
    "'vpc-nowhere'",
    "'not json'",
    "'[\"a\"]'",
    "'{\"a\":1}'",
    "'12'",
    "' 12 '",
    "'12x'",
    "'1e2'",
    "'0.5'",
    "'-1'",
    "'123456789012345678901'",
    "NULL",
    "null",
    "NuLl",
    "NULLS",
    "NUL",
    "NULL NULL",
    "-NULL",
    "-'5'",
    "+x''",
    "TRUE",
    "false",
    "CURRENT_TIMESTAMP",
    "\"dq\"",
    "[b]",
    "`t`",
    "rowid",
    "id",
    "(1)",
    "((NULL))",
    "(SELECT 1)",
    "abs(-1)",
    "1+1",
    "1 COLLATE nocase",
    "CAST(1 AS TEXT)",
    "char(0)",
    "?",
    "?1",
    ":a",
    "@a",
    "$a",
    "#1",
    "",
    ",",
    "'open",
    "/* open",
    "DEFAULT",
    "\xc3\xa9",
    "\\",
    "1;2",
    "randomblob(0)",
};

static const char *const odd_blanks[] = {
    "",       "  ",     "\t",   "\n",          "\r\n",         "\f",       "\v",     " \v", "/**/",
    "/*/ */", "-- '\n", "--\n", " /* ; ' */ ", "\xef\xbb\xbf", "\xc2\xa0", "\n\n  ", ";",
};

static const char *const odd_heads[] = {
    "insert into",
    "InSeRt InTo",
    "INSERT  INTO",
    "INSERT\nINTO",
    "INSERT/**/INTO",
    "INSERT OR IGNORE INTO",
    "INSERT OR REPLACE INTO",
    "INSERT OR FAIL INTO",
    "INSERT OR ROLLBACK INTO",
    "INSERT OR ABORT INTO",
    "REPLACE INTO",
    "INSERTINTO",
    "INSERT",
    "WITH n AS (SELECT 1) INSERT INTO",
    "INSERT$ INTO",
    "INSERT INTO INTO",
    "EXPLAIN INSERT INTO",
};

static const char *const odd_tails[] = {
    " RETURNING *",
    " RETURNING rowid",
    " ON CONFLICT DO NOTHING",
    " WHERE 1",
    " garbage",
    " )",
    "(1)",
    " UNION ALL SELECT 1",
    " -- end\n",
    " /* end */",
    "\v",
    "\xef\xbb\xbf",
    ",",
    "\n\n",
    " LIMIT 1",
};

static const char *const others[] = {
    "SELECT 1",
    "SELECT count(*) FROM user",
    "UPDATE broker SET logs_general = 1 - logs_general",
    "UPDATE fault SET times = 5 WHERE id & 1",
    "DELETE FROM fault WHERE id = (SELECT max(id) FROM fault)",
    "DELETE FROM user WHERE username GLOB 'u-1*'",
    /* These keep what the connection says of the statement before. */
    "INSERT INTO fault (delay_ms, times) SELECT 1, last_insert_rowid()",
    "INSERT INTO fault (delay_ms, times) SELECT 1, changes()",
    "INSERT INTO fault (delay_ms, times) SELECT 1, total_changes()",
    "INSERT INTO fault (delay_ms) VALUES (1) RETURNING id",
    "INSERT INTO vpc SELECT 'v-' || count(*), '', '', 0, 1 FROM vpc",
};

static inline void put_blank(struct maker *maker, const char *usual)
{
    if (is_odd(maker, 300))
        PUT_ONE_OF(maker, odd_blanks);
    else
        put(maker, usual);
}

static inline void put_name(struct maker *maker, const char *name)
{
    static const char *const quotes[][2] = {
        {"\"", "\""},  {"[", "]"}, {"`", "`"}, {"'", "'"},       {"main.", ""}, {"temp.", ""},
        {"", " AS x"}, {"x", ""},  {"", "$"},  {"", "\xc3\xa9"}, {"1", ""}};
    const char *const *quote = quotes[pick(maker, COUNT(quotes))];
    bool odd = is_odd(maker, 300);
    put(maker, odd ? quote[0] : "");
    put(maker, name);
    put(maker, odd ? quote[1] : "");
}

static inline void put_value(struct maker *maker, const struct column *column)
{
    size_t count = 0;
    while (count < COUNT(column->values) && column->values[count])
        count++;
    if (is_odd(maker, 60))
        PUT_ONE_OF(maker, odd_values);
    else
        put(maker, column->values[pick(maker, (unsigned)count)]);
}

static inline void put_row(struct maker *maker, const struct shape *shape, const size_t *chosen,
                           size_t count)
{
    size_t values = is_odd(maker, 200) ? pick(maker, 9) : count;
    put_blank(maker, " ");
    put(maker, "(");
    for (size_t i = 0; i < values; i++) {
        put(maker, i == 0 ? "" : ",");
        put_blank(maker, " ");
        put_value(maker, &shape->columns[chosen[i < count ? i : 0]]);
        put_blank(maker, "");
    }
    put(maker, ")");
}

/* Of each table the seeds have four sets of columns, so that statements begin alike. */
static inline void put_insert(struct maker *maker, const struct shape *shape)
{
    static const char *const odd_columns[] = {"rowid", "oid",    "_rowid_", "nothing",
                                              "id",    "\"id\"", ""};
    size_t chosen[COUNT(shape->columns) + 1];
    size_t count = 0;
    unsigned set = pick(maker, 4) * 0x55 + pick(maker, 2) * 0x11;
    for (size_t i = 0; i < COUNT(shape->columns) && shape->columns[i].name; i++)
        if (i < shape->needed || set >> i & 1)
            chosen[count++] = i;
    if (is_odd(maker, 120))
        PUT_ONE_OF(maker, odd_heads);
    else
        put(maker, "INSERT INTO");
    put_blank(maker, " ");
    put_name(maker, shape->table);
    put_blank(maker, " ");
    if (!is_odd(maker, 200)) {
        size_t replaced = is_odd(maker, 100) ? pick(maker, (unsigned)count) : count;
        put(maker, "(");
        for (size_t i = 0; i < count; i++) {
            put(maker, i == 0 ? "" : ",");
            put_blank(maker, i == 0 ? "" : " ");
            if (i == replaced)
                PUT_ONE_OF(maker, odd_columns);
            else
                put_name(maker, shape->columns[chosen[i]].name);
        }
        put_blank(maker, "");
        put(maker, ")");
    }
    put_blank(maker, " ");
    put(maker, is_odd(maker, 200) ? "VALUE" : "VALUES");
    for (unsigned rows = pick(maker, 12) == 0 ? 1 + pick(maker, 3) : 1; rows > 0; rows--) {
        put_row(maker, shape, chosen, count);
        put(maker, rows > 1 ? "," : "");
    }
    if (is_odd(maker, 150))
        PUT_ONE_OF(maker, odd_tails);
}

/* Valid until the next call. */
static inline struct slice make_seed(struct maker *maker)
{
    maker->len = 0;
    maker->wild = pick(maker, 3) == 0 ? 0 : pick(maker, 5);
    size_t used = 1 + pick(maker, 4); /* tables */
    unsigned first = pick(maker, 1000);
    for (unsigned left = 1 + pick(maker, 30); left > 0; left--) {
        size_t shape = (first + pick(maker, (unsigned)used)) % (COUNT(shapes) - REFUSED_SHAPES);
        if (is_odd(maker, 500))
            shape = pick(maker, COUNT(shapes));
        if (pick(maker, 10) == 0)
            PUT_ONE_OF(maker, others);
        else
            put_insert(maker, &shapes[shape]);
        put_blank(maker, "");
        put(maker, left == 1 && pick(maker, 3) == 0 ? "" : is_odd(maker, 200) ? " " : ";");
        put_blank(maker, pick(maker, 2) ? "\n" : "");
    }
    return (struct slice){maker->text, maker->len};
}

#endif
