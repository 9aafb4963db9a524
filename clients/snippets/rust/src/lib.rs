//! The code under test.

use aws_sdk_mq::{Client, Error};

/// Creates a user, and reboots the broker, before which it cannot log in.
pub async fn add_user(mq: &Client, broker: &str, name: &str, password: &str) -> Result<(), Error> {
    mq.create_user()
        .broker_id(broker)
        .username(name)
        .password(password)
        .send()
        .await?;
    mq.reboot_broker().broker_id(broker).send().await?;
    Ok(())
}
