//! The program's command line.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use smimezip_service::database::Database;
use smimezip_service::jobs;
use smimezip_service::users::{Role, store};

use crate::common::{add_users, new_job, wait_for};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_smimezip-service"));
    program.current_dir(folder).args(arguments).output().unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn a_new_link_is_made_where_a_service_is_and_nothing_is_made_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let database = Database::open(&format!("sqlite:{}", data.join("service.db").display())).await;
    store::create(&database.unwrap(), 0, "ada", Role::User).await.unwrap();

    let made = run(folder.path(), &["--data", "data", "--new-link", "ada"]);
    assert!(String::from_utf8_lossy(&made.stdout).contains("/link/"), "{made:?}");
    let told = refused(&run(folder.path(), &["--data", "data", "--new-link", "nobody"]));
    assert!(told.contains("there is no such user"), "{told}");

    for arguments in [&["--new-link", "ada"][..], &["--demo", "--data", "dat", "--new-link", "a"]] {
        let told = refused(&run(folder.path(), arguments));
        let place = if arguments.contains(&"dat") { "dat" } else { "smimezip-service" };
        let place = Path::new(place).join("service.db").display().to_string();
        assert!(told.contains(&format!("no database of the service at {place};")), "{told}");
    }
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    std::fs::write(folder.path().join("a.toml"), "database = \"sqlite:empty.db\"").unwrap();
    let told = refused(&run(folder.path(), &["--config", "a.toml", "--new-link", "ada"]));
    assert!(told.contains("no database of the service at empty.db;"), "{told}");
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    names.retain(|entry| !entry.as_ref().unwrap().file_name().to_string_lossy().contains("empty"));
    assert_eq!(names.len(), 2);
}

#[test]
fn behind_a_proxy_it_does_not_start_without_the_address_that_users_type() {
    let folder = tempfile::tempdir().unwrap();
    let told = refused(&run(folder.path(), &["--behind-proxy"]));
    assert!(told.contains("`behind_proxy` needs `url`"), "{told}");
    let told = refused(&run(folder.path(), &["--behind-proxy", "--url", "exports.example.com"]));
    assert!(told.contains("`url` must be https:// and a host"), "{told}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_command_of_a_service_that_was_killed_ends_when_it_writes_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("data/service.db").display());
    let database = Database::open(&url).await.unwrap();
    add_users(&database).await;
    jobs::create(&database, 0, "ann", &new_job("Endless")).await.unwrap();
    let beats = folder.path().join("beats");
    let writes = format!("while :; do echo >> {}; echo; sleep 0.05; done", beats.display());
    let source = format!(
        "listen = \"127.0.0.1:0\"\n[sources.orders.command]\nrun = [\"sh\", \"-c\", {writes:?}]\n\
         entry = \"endless.txt\"\n"
    );
    std::fs::write(folder.path().join("a.toml"), source).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_smimezip-service"));
    program.current_dir(folder.path()).args(["--config", "a.toml", "--data", "data"]);
    let mut program = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| beats.exists()).await;
    program.kill().unwrap();
    program.wait().unwrap();
    let length = || std::fs::metadata(&beats).unwrap().len();
    for _ in 0..60 {
        let before = length();
        tokio::time::sleep(Duration::from_secs(1)).await;
        if length() == before {
            return;
        }
    }
    panic!("it goes on");
}
