/* The heads of the brokers that were looked up last, since every call on a broker needs one. What
 * may change them forgets all: a change of the table, a rollback, another content of the store. */
#ifndef STORE_BROKER_HEADS_H
#define STORE_BROKER_HEADS_H

#include "store/brokers.h"

struct broker_heads;

/* NULL without memory: the functions below accept that. */
struct broker_heads *broker_heads_new(void);
void broker_heads_free(struct broker_heads *heads);

/* By id, in any account and region: as broker_read_head, which it calls for what is not kept. */
enum result broker_find_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker_head *head) MUST_CHECK;

void broker_heads_forget(struct broker_heads *heads);

#endif
