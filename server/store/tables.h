/* The tables of the schema, each once: what a reset empties and copies, what a seed may touch, and
 * what is judged of a file from outside. */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include <stdbool.h>
#include <stddef.h>

/* Whose rows these are: those of a configuration, broker or VPC have its account and region. The
 * order is that of references: brokers refer to configurations. */
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

struct table {
    const char *name;
    enum table_root root;
    /* The column with the id of the configuration, broker or VPC, "id" in their own tables; rows of
     * the others go with these by ON DELETE CASCADE. NULL: of the server. */
    const char *root_id;
    const char *select; /* what a copy takes of a row; NULL: of the server */
    bool has_first_row; /* a trigger has made one when the parent was copied: it is replaced */
    enum table_access seeds;
};

/* Within one root parents stand before children. Messages name the tables in this order. */
extern const struct table tables[];
extern const size_t table_count;

/* By name in any case, as SQLite takes it; NULL: there is no such table. */
const struct table *table_find(const char *name);

#endif
