"""The code under test: gives a broker its users."""


def add_users(mq, broker_id, users):
    """Creates the users that are missing, and reboots the broker if changes wait for it. Safe to repeat."""
    present = {user["Username"] for user in mq.describe_broker(BrokerId=broker_id)["Users"]}
    for name, password in users.items():
        if name not in present:
            mq.create_user(BrokerId=broker_id, Username=name, Password=password, Groups=["team"])
    # New users cannot log in before a reboot, which an earlier run may have failed to ask for.
    if any("PendingChange" in user for user in mq.describe_broker(BrokerId=broker_id)["Users"]):
        mq.reboot_broker(BrokerId=broker_id)
