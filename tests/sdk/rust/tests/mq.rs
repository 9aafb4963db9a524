//! What a program written with the AWS SDK for Rust meets.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_mq::config::Credentials;
use aws_sdk_mq::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_mq::operation::RequestId;
use aws_sdk_mq::types::{BrokerState, ChangeType, DeploymentMode, EngineType, User};
use aws_sdk_mq::Client;

const PASSWORD: &str = "a-long-password-1";
const BROKER: &str = "b-orders";

/// A process of the server on a free port, in the world of world.sql; ended with it.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(flags: &[&str]) -> Server {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let binary = std::env::var("AMAZONMQ_LOCAL_BIN")
            .map_or(root.join("build/amazonmq-local"), PathBuf::from);
        let mut process = Command::new(binary)
            .args(["--port", "0", "--log-level", "error", "--seed"])
            .arg(root.join("tests/sdk/world.sql"))
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("http://")
            .expect("a URL")
            .to_owned();
        Server { process, address }
    }

    async fn client(&self, attempts: u32) -> Client {
        let settings = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(format!("http://{}", self.address))
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(
                "AKIDEXAMPLE",
                "secret",
                None,
                None,
                "test",
            ))
            .retry_config(RetryConfig::standard().with_max_attempts(attempts))
            .load()
            .await;
        Client::new(&settings)
    }

    /// Calls the server's own API; the whole answer.
    fn control(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} /_local/{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let code = self.process.wait().unwrap();
        assert!(
            std::thread::panicking() || (stopped.unwrap().success() && code.success()),
            "{code}"
        );
    }
}

async fn users(client: &Client) -> BTreeMap<String, Option<ChangeType>> {
    let answer = client.list_users().broker_id(BROKER).send().await.unwrap();
    answer
        .users()
        .iter()
        .map(|user| {
            (
                user.username().unwrap().to_owned(),
                user.pending_change().cloned(),
            )
        })
        .collect()
}

/// Status, name and text of a refusal, which must bear a request id.
fn refused<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    result: Result<T, SdkError<E>>,
) -> (u16, String, String) {
    let failure = result.unwrap_err();
    let status = failure.raw_response().unwrap().status().as_u16();
    let error = failure.as_service_error().unwrap();
    assert!(error.meta().request_id().is_some(), "{error:?}");
    (
        status,
        error.code().unwrap().to_owned(),
        error.message().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn the_life_of_a_user() {
    let server = Server::start(&["--reboot-time", "1h"]);
    let client = server.client(1).await;
    client
        .create_user()
        .broker_id(BROKER)
        .username("alice")
        .password(PASSWORD)
        .groups("admins")
        .send()
        .await
        .unwrap();
    client
        .update_user()
        .broker_id(BROKER)
        .username("alice")
        .groups("readers")
        .send()
        .await
        .unwrap();
    let seen = client
        .describe_user()
        .broker_id(BROKER)
        .username("alice")
        .send()
        .await
        .unwrap();
    assert_eq!(
        seen.pending().unwrap().pending_change(),
        Some(&ChangeType::Create)
    );
    assert_eq!(seen.pending().unwrap().groups(), ["readers"]);
    client
        .reboot_broker()
        .broker_id(BROKER)
        .send()
        .await
        .unwrap();
    let state = client
        .describe_broker()
        .broker_id(BROKER)
        .send()
        .await
        .unwrap();
    assert_eq!(state.broker_state(), Some(&BrokerState::RebootInProgress));
    server.control("POST", "clock", r#"{"advanceMs":3600000}"#);
    assert_eq!(
        users(&client).await,
        BTreeMap::from([("alice".to_owned(), None), ("reader".to_owned(), None)])
    );
    client
        .delete_user()
        .broker_id(BROKER)
        .username("alice")
        .send()
        .await
        .unwrap();
    assert_eq!(users(&client).await["alice"], Some(ChangeType::Delete));
}

#[tokio::test]
async fn refusals() {
    let server = Server::start(&[]);
    let client = server.client(1).await;
    let create = |broker: &str, name: &str, password: &str| {
        client
            .create_user()
            .broker_id(broker)
            .username(name)
            .password(password)
            .send()
    };
    assert_eq!(
        refused(create("b-unknown", "alice", PASSWORD).await),
        (404, "NotFoundException".into(), "Cannot find broker ID [b-unknown]. Verify that your broker exists or check broker permissions.".into())
    );
    assert_eq!(
        refused(create(BROKER, "alice", "too-short").await),
        (
            400,
            "BadRequestException".into(),
            "Password is invalid. Enter a password 12 to 250 characters long.".into()
        )
    );
    assert_eq!(
        refused(create("b-events", "alice", PASSWORD).await),
        (
            400,
            "BadRequestException".into(),
            "To manage broker users, please use the RabbitMQ web console, or the management API."
                .into()
        )
    );
    let conflict = create(BROKER, "reader", PASSWORD)
        .await
        .unwrap_err()
        .into_service_error();
    assert!(conflict.is_conflict_exception(), "{conflict:?}");
    let absent = client
        .describe_user()
        .broker_id(BROKER)
        .username("nobody")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(absent.is_not_found_exception(), "{absent:?}");
    for (name, status) in [
        ("ForbiddenException", 403),
        ("UnauthorizedException", 401),
        ("InternalServerErrorException", 500),
    ] {
        server.control(
            "POST",
            "faults",
            &format!(r#"{{"operation":"ListTags","error":"{name}","message":"on purpose"}}"#),
        );
        let arn = "arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders";
        let refusal = refused(client.list_tags().resource_arn(arn).send().await);
        assert_eq!(refusal, (status, name.into(), "on purpose".into()));
        server.control("DELETE", "faults", "");
    }
}

#[tokio::test]
async fn the_life_of_a_broker_and_its_configuration() {
    let server = Server::start(&[
        "--create-time",
        "real",
        "--delete-time",
        "1h",
        "--reboot-time",
        "0",
    ]);
    let client = server.client(1).await;
    let configuration = client
        .create_configuration()
        .name("tuned")
        .engine_type(EngineType::Activemq)
        .engine_version("5.18")
        .send()
        .await
        .unwrap();
    let changed = client
        .update_configuration()
        .configuration_id(configuration.id().unwrap())
        .data("PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=")
        .send()
        .await
        .unwrap();
    assert_eq!(changed.latest_revision().unwrap().revision(), Some(2));
    let made = client
        .create_broker()
        .broker_name("shop")
        .engine_type(EngineType::Activemq)
        .deployment_mode(DeploymentMode::SingleInstance)
        .host_instance_type("mq.m5.large")
        .publicly_accessible(true)
        .tags("team", "checkout")
        .users(User::builder().username("admin").password(PASSWORD).build())
        .send()
        .await
        .unwrap();
    let id = made.broker_id().unwrap();
    let state = |seen: &aws_sdk_mq::operation::describe_broker::DescribeBrokerOutput| {
        seen.broker_state().cloned().unwrap()
    };
    assert_eq!(
        state(&client.describe_broker().broker_id(id).send().await.unwrap()),
        BrokerState::CreationInProgress
    );
    server.control("POST", "clock", r#"{"advanceMs":900000}"#);
    let seen = client.describe_broker().broker_id(id).send().await.unwrap();
    assert_eq!(state(&seen), BrokerState::Running);
    assert_eq!(
        seen.tags().unwrap(),
        &HashMap::from([("team".to_owned(), "checkout".to_owned())])
    );
    client
        .update_broker()
        .broker_id(id)
        .host_instance_type("mq.m5.xlarge")
        .send()
        .await
        .unwrap();
    client.reboot_broker().broker_id(id).send().await.unwrap();
    let seen = client.describe_broker().broker_id(id).send().await.unwrap();
    assert_eq!(seen.host_instance_type(), Some("mq.m5.xlarge"));
    client.delete_broker().broker_id(id).send().await.unwrap();
    server.control("POST", "clock", r#"{"advanceMs":3600000}"#);
    let gone = client
        .describe_broker()
        .broker_id(id)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(gone.is_not_found_exception(), "{gone:?}");
}

#[tokio::test]
async fn pages_of_brokers() {
    let server = Server::start(&[]);
    server.control("POST", "seed", "WITH RECURSIVE n (x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n LIMIT 23) INSERT INTO broker (id, name) SELECT 'b-' || x, 'more-' || x FROM n;");
    let mut pages = server
        .client(1)
        .await
        .list_brokers()
        .into_paginator()
        .page_size(10)
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().broker_summaries().len());
    }
    assert_eq!(sizes, [10, 10, 6]);
}

#[tokio::test]
async fn retries_outlive_faults() {
    for fault in [
        r#""error":"InternalServerErrorException""#,
        r#""error":"TooManyRequestsException""#,
        r#""drop":true"#,
    ] {
        let server = Server::start(&[]);
        server.control(
            "POST",
            "faults",
            &format!(r#"{{"operation":"DescribeUser","times":2,{fault}}}"#),
        );
        server
            .client(3)
            .await
            .describe_user()
            .broker_id(BROKER)
            .username("reader")
            .send()
            .await
            .unwrap();
        let count = server.control("GET", "requests?operation=DescribeUser&count=true", "");
        assert!(count.ends_with(r#"{"count":3}"#), "{count}");
    }
}
