/* The operations on configurations and their revisions. */
#ifndef MQ_CONFIGURATIONS_H
#define MQ_CONFIGURATIONS_H

#include "api/call.h"
#include "api/members.h"

extern const struct members create_configuration_members, update_configuration_members;

/* Checks and handlers of the rows of operations.c: a check answers and returns false where a rule
 * is broken. */
bool create_configuration_check(struct call *call);
bool update_configuration_check(struct call *call);
bool list_configurations_check(struct call *call);
bool list_configuration_revisions_check(struct call *call);
bool describe_configuration_revision_check(struct call *call);

void create_configuration(struct call *call);
void describe_configuration(struct call *call);
void list_configurations(struct call *call);
void delete_configuration(struct call *call);

/* In configuration_revisions.c. */
void update_configuration(struct call *call);
void describe_configuration_revision(struct call *call);
void list_configuration_revisions(struct call *call);

#endif
