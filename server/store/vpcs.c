#include "store/vpcs.h"

#include "store/internal.h"

/* A VPC by a statement whose parameters are account, region and `id`. */
static enum result find(struct store *store, const struct statement *statement,
                        struct slice account, struct slice region, struct slice id,
                        struct arena *arena, struct vpc *vpc)
{
    sqlite3_stmt *stmt = statement_get(store, statement);
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    if (id.data)
        statement_bind(stmt, 3, id);
    enum result result = statement_step(store, stmt);
    if (!result && !statement_text(stmt, 0, arena, &vpc->id))
        result = RESULT_NO_MEMORY;
    if (!result) {
        vpc->is_default = sqlite3_column_int(stmt, 1) != 0;
        vpc->has_internet_gateway = sqlite3_column_int(stmt, 2) != 0;
    }
    statement_end(stmt);
    return result;
}

#define VPC_COLUMNS "vpc.id, vpc.is_default, vpc.internet_gateway"
#define VPC_OF(table)                                                                    \
    "SELECT " VPC_COLUMNS " FROM " table " JOIN vpc ON vpc.id = " table ".vpc_id WHERE " \
    "vpc.account = ?1 AND vpc.region = ?2 AND " table ".id = ?3"

STATEMENT(vpc_find_sql, "SELECT " VPC_COLUMNS " FROM vpc WHERE account = ?1 AND region = ?2"
                        " ORDER BY is_default DESC LIMIT 1");

enum result vpc_find(struct store *store, struct slice account, struct slice region,
                     struct arena *arena, struct vpc *vpc)
{
    return find(store, &vpc_find_sql, account, region, (struct slice){NULL, 0}, arena, vpc);
}

STATEMENT(vpc_of_subnet_sql, VPC_OF("subnet"));

enum result vpc_of_subnet(struct store *store, struct slice account, struct slice region,
                          struct slice id, struct arena *arena, struct vpc *vpc)
{
    return find(store, &vpc_of_subnet_sql, account, region, id, arena, vpc);
}

STATEMENT(vpc_of_security_group_sql, VPC_OF("security_group"));

enum result vpc_of_security_group(struct store *store, struct slice account, struct slice region,
                                  struct slice id, struct arena *arena, struct vpc *vpc)
{
    return find(store, &vpc_of_security_group_sql, account, region, id, arena, vpc);
}

STATEMENT(vpc_subnets_sql, "SELECT id FROM subnet WHERE vpc_id = ?1 ORDER BY rowid LIMIT ?2");

enum result vpc_subnets(struct store *store, struct slice vpc_id, int64_t most, struct arena *arena,
                        struct slice **ids, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &vpc_subnets_sql);
    statement_bind(stmt, 1, vpc_id);
    sqlite3_bind_int64(stmt, 2, most);
    return statement_list(store, stmt, statement_read_text, arena, sizeof **ids, ids, count);
}

STATEMENT(vpc_security_group_sql,
          "SELECT id FROM security_group WHERE vpc_id = ?1 AND is_default = 1");

enum result vpc_security_group(struct store *store, struct slice vpc_id, struct arena *arena,
                               struct slice *id)
{
    sqlite3_stmt *stmt = statement_get(store, &vpc_security_group_sql);
    statement_bind(stmt, 1, vpc_id);
    enum result result = statement_step(store, stmt);
    if (!result && !statement_text(stmt, 0, arena, id))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}
