use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_mq::config::Credentials;
use aws_sdk_mq::Client;

/// A server on a free port, ended with the test; `seed` is SQL.
struct LocalMq {
    process: Child,
    url: String,
    seed: std::path::PathBuf,
}

impl LocalMq {
    fn start(name: &str, seed: &str) -> LocalMq {
        let file = std::env::temp_dir().join(format!("{}-{name}.sql", std::process::id()));
        std::fs::File::create(&file)
            .unwrap()
            .write_all(seed.as_bytes())
            .unwrap();
        let binary =
            std::env::var("AMAZONMQ_LOCAL_BIN").unwrap_or_else(|_| "amazonmq-local".into());
        let mut process = Command::new(binary)
            .args(["--port", "0", "--log-level", "warn", "--seed"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("amazonmq-local is on the PATH or in AMAZONMQ_LOCAL_BIN");
        // Its first line begins with its URL, printed as soon as it listens.
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .split_whitespace()
            .next()
            .expect("it starts")
            .to_owned();
        LocalMq {
            process,
            url,
            seed: file,
        }
    }

    async fn client(&self) -> Client {
        let settings = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .load()
            .await;
        Client::new(&settings)
    }
}

impl Drop for LocalMq {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.seed);
    }
}

const WORLD: &str = "INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO fault (operation, error, times) VALUES ('CreateUser', 'InternalServerErrorException', 2);";

#[tokio::test]
async fn the_sdk_tries_again_and_the_user_is_there() {
    let local = LocalMq::start("users", WORLD);
    let mq = local.client().await;
    users::add_user(&mq, "b-orders", "alice", "alice-password-1")
        .await
        .unwrap();
    let list = mq.list_users().broker_id("b-orders").send().await.unwrap();
    assert_eq!(list.users()[0].username(), Some("alice"));
}
