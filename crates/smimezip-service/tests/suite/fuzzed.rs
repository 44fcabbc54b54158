//! Requests that schemathesis makes of `/api/openapi.json`, for a user and for an administrator:
//! what is against the document is refused, what is answered is as it says, nothing is an error of
//! the service, and nothing of another user's is in it. It needs PyPI's `schemathesis`, and time.

use std::process::Command;

use serde_json::{Value, json};
use smimezip_service::certificates;
use smimezip_service::users::tokens;

use crate::api::Api;
use crate::common::{CERTIFICATE, completed, execute};

/// In all that is of the user `ann`, and in nothing else.
const SECRET: &str = "Quetzalcoatl";
/// How many there are of what requests delete.
const ROWS: usize = 150;

/// The identifiers that requests name, by the collection.
struct Ids(Value);

/// Gives a user jobs that ended, with files, and tokens.
async fn furnish(api: &Api, user: &str, word: &str) -> Value {
    let (database, now) = (api.service.database(), api.service.now());
    certificates::upload(database, now, user, CERTIFICATE.as_bytes()).await.unwrap();
    let (mut jobs, mut files, mut owned) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..ROWS {
        let title = format!("{user}{number}");
        let job = completed(database, now, user, &title, 2).await.id;
        for part in 1..=2 {
            let path = api.service.storage().path(&format!("{job}/1/{part}")).unwrap();
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let bytes = format!("{word}\n").repeat(1000);
            std::fs::write(path, &bytes[..part * 1000]).unwrap();
            files.push(format!("{title}-{part}"));
        }
        jobs.push(job);
    }
    for number in 0..20 {
        let (token, _) =
            tokens::create(database, now, user, &format!("{word}{number}")).await.unwrap();
        owned.push(token.id);
    }
    let digest = smimezip_service::id::digest(word);
    for sql in [
        format!(
            "UPDATE jobs SET title = '{word} ' || title, title_folded = LOWER('{word} ') || title_folded \
             WHERE user_id = '{user}'"
        ),
        format!("UPDATE jobs SET file_name = '{word}' || file_name WHERE user_id = '{user}'"),
        format!(
            "UPDATE artifacts SET name = '{word}' || name, sha256 = '{digest}' WHERE user_id = '{user}'"
        ),
        format!("UPDATE users SET name = '{word}' WHERE id = '{user}'"),
    ] {
        execute(database, &sql).await;
    }
    json!({ "jobs": jobs, "artifacts": files, "tokens": owned, "users": [user] })
}

impl Ids {
    /// Those of both.
    fn new(one: &Value, other: &Value) -> Self {
        let names = one.as_object().unwrap().keys();
        let both = names.map(|name| {
            let ids = [&one[name], &other[name]].map(|ids| ids.as_array().unwrap().clone());
            (name.clone(), Value::Array(ids.concat()))
        });
        Self(both.collect())
    }
}

/// How many answers were errors of the service, and how many there were.
async fn answers(api: &Api) -> (u64, u64) {
    let metrics = api.get(&api.root, "/metrics").await;
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let count = |class: &str| {
        let name = format!("smimezip_http_requests_total{{class=\"{class}xx\"}} ");
        let number = text.lines().find_map(|line| line.strip_prefix(&name)).unwrap();
        number.parse::<u64>().unwrap()
    };
    (count("5"), (1..=5).map(|class| count(&class.to_string())).sum())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs schemathesis, and takes minutes; run by hand (CONTRIBUTING.md)"]
async fn w7_generated_requests_are_answered_as_the_document_says() {
    let api = Api::with_certificate(1).await;
    let ids = Ids::new(&furnish(&api, "ann", SECRET).await, &furnish(&api, "ben", "ben").await);
    // It is there to be found.
    let jobs = api.get(&api.root, "/api/v1/jobs?title=quetz").await;
    assert!(String::from_utf8_lossy(&jobs.body).contains(SECRET));
    let address = api.serve().await;
    // What it remembers of a run is not for the next.
    let folder = tempfile::tempdir().unwrap();
    let environment =
        |name: &str, other: &str| std::env::var(name).unwrap_or_else(|_| other.into());
    let program = environment("SMIMEZIP_SCHEMATHESIS", "schemathesis");
    let requests = environment("SMIMEZIP_REQUESTS", "1000");
    for (token, secret) in [(&api.ben, SECRET), (&api.root, "")] {
        let before = answers(&api).await.1;
        let mut run = tokio::process::Command::from(Command::new(&program));
        run.args(["--no-color", "run", &format!("http://{address}/api/openapi.json")])
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .args(["--max-examples", &requests, "--continue-on-failure"])
            .args(["--phases", "examples,coverage,fuzzing"])
            .args(["--suppress-health-check", "all", "--generation-database", "none"])
            // A test of its own tries what is sent without a token (W5); ten times are enough.
            .args(["--exclude-checks", "ignored_auth,positive_data_acceptance"])
            .env(
                "SCHEMATHESIS_HOOKS",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/fuzzed.py"),
            )
            .env("SMIMEZIP_SECRET", secret)
            .env("SMIMEZIP_IDS", ids.0.to_string())
            .current_dir(folder.path())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        assert!(run.status().await.unwrap().success());
        let (errors, after) = answers(&api).await;
        println!("{} answers", after - before);
        assert_eq!(errors, 0);
        // An address that has nothing to be varied is asked a few times only.
        assert!(after - before > 10 * requests.parse::<u64>().unwrap());
    }
}
