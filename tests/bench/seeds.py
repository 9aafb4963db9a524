"""Seeds: brokers are b-00000 and up, their users user-000 and up, as load.lua names them."""

import os

DEMO_BROKER = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9"
PASSWORD = "correct-horse-12"
SEED_STEP = 200000  # rows of one seed file: a file has a budget of steps


def user_path(broker, username):
    return f"/v1/brokers/{broker}/users/{username}"


DEMO_USER = user_path(DEMO_BROKER, "reader")


def brokers_sql(count):
    return (f"WITH RECURSIVE n (b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM n WHERE b < {count - 1})\n"
            "INSERT INTO broker (id, name) SELECT printf('b-%05d', b), printf('broker-%05d', b) FROM n;\n")


def users_sql(first, last, users, name="user"):
    """`users` users of each of the brokers from `first` to `last`."""
    return (f"WITH RECURSIVE n (b, u) AS (SELECT {first}, 0 UNION ALL\n"
            f"    SELECT b + (u = {users - 1}), (u + 1) % {users} FROM n\n"
            f"     WHERE NOT (b = {last} AND u = {users - 1}))\n"
            "INSERT INTO user (broker_id, username, password)\n"
            f"SELECT printf('b-%05d', b), printf('{name}-%03d', u), '{PASSWORD}' FROM n;\n")


def one_broker_sql(broker, users):
    """A broker of another name with `users` users, in files of SEED_STEP rows."""
    parts = []
    for first in range(0, users, SEED_STEP):
        last = min(users, first + SEED_STEP) - 1
        parts.append(f"WITH RECURSIVE n (u) AS (SELECT {first} UNION ALL SELECT u + 1 FROM n WHERE u < {last})\n"
                     "INSERT INTO user (broker_id, username, password)\n"
                     f"SELECT '{broker}', printf('user-%03d', u), '{PASSWORD}' FROM n;\n")
    return [f"INSERT INTO broker (id, name) VALUES ('{broker}', 'name-of-{broker}');\n" + parts[0], *parts[1:]]


def write_files(path, texts):
    """A directory of seed files, which are applied in the order of `texts`."""
    os.makedirs(path)
    for number, text in enumerate(texts):
        with open(os.path.join(path, f"{number:05}.sql"), "w", encoding="utf-8") as file:
            file.write(text)
    return path


def seed_texts(brokers, users, inhabited=None):
    """Each broker, or the first `inhabited`, with `users` users."""
    inhabited = brokers if inhabited is None else inhabited
    step = max(1, SEED_STEP // users) if users else brokers
    return [brokers_sql(brokers)] + [users_sql(first, min(inhabited, first + step) - 1, users)
                                     for first in range(0, inhabited if users else 0, step)]


def write_seed(path, brokers, users):
    return write_files(path, seed_texts(brokers, users))


def one_row_inserts(count, users_of_a_broker=100):
    """A seed of `count` statements, each of one user."""
    rows = (f"INSERT INTO user (broker_id, username, password) VALUES ('b-{number // users_of_a_broker:05}', "
            f"'user-{number % users_of_a_broker:03}', '{PASSWORD}');\n" for number in range(count))
    return brokers_sql(count // users_of_a_broker) + "".join(rows)
