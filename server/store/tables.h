/* The tables of the schema, for the reset, for the rights of seeds and for the check of untrusted
 * files. */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include <stdbool.h>
#include <stddef.h>

/* The owner of the rows. Those of a configuration, broker or VPC belong to its account and region.
 * The order matters: brokers refer to configurations. */
enum table_root {
    TABLE_OF_SERVER,
    TABLE_OF_CONFIGURATION,
    TABLE_OF_BROKER,
    TABLE_OF_VPC,
    TABLE_ROOTS
};

/* The table of what rows belong to. */
extern const char *const table_of_root[TABLE_ROOTS];

/* What a seed may do with a table. */
enum table_access { TABLE_HIDDEN, TABLE_READABLE, TABLE_WRITABLE };

/* A column of JSON text, which answers show as it is stored, or in parts. */
struct table_json {
    const char *name; /* NULL: none */
    int column;       /* its place, from 0 */
    bool is_object;   /* else an array of strings */
};

enum { TABLE_JSON_MAX = 5 };

struct table {
    const char *name;
    enum table_root root;
    /* The column with the id of the configuration, broker or VPC: "id" in their own tables; in the
     * others ON DELETE CASCADE deletes the rows. NULL for TABLE_OF_SERVER. */
    const char *root_id;
    const char *select; /* the columns to copy; NULL for TABLE_OF_SERVER */
    int key_columns;    /* the first ones, of the PRIMARY KEY; 0: the rowid is the key */
    bool has_first_row; /* a trigger creates one when the parent is copied; the copy replaces it */
    enum table_access seeds;
    struct table_json json[TABLE_JSON_MAX];
};

/* Within one root, parents come before children. Messages list the tables in this order. */
extern const struct table tables[];
extern const size_t table_count;

/* The name in any case, as in SQLite; NULL if there is no such table. */
const struct table *table_find(const char *name);

#endif
