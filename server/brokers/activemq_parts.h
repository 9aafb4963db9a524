/* The files of ActiveMQ, by what they are about. */
#ifndef BROKERS_ACTIVEMQ_PARTS_H
#define BROKERS_ACTIVEMQ_PARTS_H

#include "brokers/maker.h"

struct json;

/* The LDAP server whose users log in. */
struct activemq_ldap {
    const struct json *metadata; /* NULL: the users are those of the API */
    struct slice url;            /* of all hosts, with a space between two */
};

/* Of the plan's broker. RESULT_NO_MEMORY; what is not of the form, which a seed may have stored, is
 * taken for an empty object. */
enum result activemq_ldap_read(const struct maker *maker, struct activemq_ldap *ldap) MUST_CHECK;

/* A member as text, absent if there is none. */
struct slice activemq_ldap_text(const struct activemq_ldap *ldap, const char *name);

/* login.config, users.properties, groups.properties, jetty-realm.properties and
 * credentials.properties. */
void activemq_make_logins(struct maker *maker, const struct activemq_ldap *ldap);

/* activemq.xml. */
void activemq_make_xml(struct maker *maker, const struct activemq_ldap *ldap);

#endif
