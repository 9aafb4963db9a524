/* VPCs, their subnets and security groups (schema/0006_vpc.sql). */
#ifndef STORE_VPCS_H
#define STORE_VPCS_H

#include "store/store.h"

struct vpc {
    struct slice id;
    bool is_default, has_internet_gateway;
};

/* What is found lives in `arena`. All of these: RESULT_STORE, RESULT_NO_MEMORY; where one is
 * sought, RESULT_NOT_FOUND. */

/* The default VPC of an account and region or, where none is the default, any of them. */
enum result vpc_find(struct store *store, struct slice account, struct slice region,
                     struct arena *arena, struct vpc *vpc) MUST_CHECK;

/* The VPC of a subnet or a security group of that account and region. */
typedef enum result vpc_finder(struct store *store, struct slice account, struct slice region,
                               struct slice id, struct arena *arena, struct vpc *vpc);
enum result vpc_of_subnet(struct store *store, struct slice account, struct slice region,
                          struct slice id, struct arena *arena, struct vpc *vpc) MUST_CHECK;
enum result vpc_of_security_group(struct store *store, struct slice account, struct slice region,
                                  struct slice id, struct arena *arena, struct vpc *vpc) MUST_CHECK;

/* Up to `most` subnets of a VPC, in the order of their rows. */
enum result vpc_subnets(struct store *store, struct slice vpc_id, int64_t most, struct arena *arena,
                        struct slice **ids, size_t *count) MUST_CHECK;

/* The default security group of a VPC. */
enum result vpc_security_group(struct store *store, struct slice vpc_id, struct arena *arena,
                               struct slice *id) MUST_CHECK;

#endif
