//! The examples of the README for the REST interface, run as they stand.

use std::process::Command;

use smimezip_service::users::{Role, store, tokens};
use smimezip_service::web::App;
use smimezip_service::{Config, server};

use crate::common::{CERTIFICATE, config, make_tree, start};

/// The shell's blocks of a section.
fn examples(heading: &str) -> String {
    let text = include_str!("../../README.md");
    let section = text.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_the_readme_work() {
    for program in ["curl", "jq", "sha256sum"] {
        if Command::new(program).arg("--version").output().is_err() {
            println!("SKIPPED: no {program} is installed");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    make_tree(&path("orders"));
    let mut config: Config = config(folder.path());
    config.listen = ([127, 0, 0, 1], 0).into();
    let source = config.sources.remove("orders").unwrap();
    config.sources.insert("Customer files".into(), source);
    let listener = server::bind(&config).await.unwrap();
    config.listen = listener.local_addr().unwrap();
    let service = start(config.clone()).await;
    let (database, now) = (service.database(), service.now());
    let user = store::create(database, now, "ada", Role::Administrator).await.unwrap();
    let (_, token) = tokens::create(database, now, &user.id, "readme").await.unwrap();
    let url = format!("http://{}", config.listen);
    let app = App::new(service.clone());
    tokio::spawn(async move {
        server::serve(app, &config, listener, std::future::pending()).await.unwrap();
    });

    std::fs::create_dir(path("work")).unwrap();
    std::fs::write(path("work/certificate.pem"), CERTIFICATE).unwrap();
    let script = examples("By REST")
        .replace("http://127.0.0.1:8080", &url)
        .replace("TOKEN=smimezip_…", &format!("TOKEN={token}"));
    assert!(script.contains(&token) && script.contains(&url), "{script}");
    let work = path("work");
    let run =
        move || Command::new("sh").args(["-e", "-c", &script]).current_dir(work).output().unwrap();
    let done = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains(".zip.smime: OK"), "{said}");
    assert!(said.contains("smimezip_jobs{status=\"completed\"} 1"), "{said}");
}
