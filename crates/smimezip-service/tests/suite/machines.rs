//! Several machines: PostgreSQL and S3 are shared, and a process is killed every few seconds. It
//! takes Debian's `postgresql` and PyPI's `moto[server]`, and some minutes.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;
use smimezip_service::artifacts::{self, Storage};
use smimezip_service::clock::{Clock, DAY};
use smimezip_service::database::Database;
use smimezip_service::listing::Column;
use smimezip_service::{Config, Listing, Scope, Service, jobs};

use crate::common::{POSTGRES, add_users, column, completed, database, new_job, timing};
use crate::killed::{Shared, share};

/// A server, which ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("nothing listens at {port}");
}

/// PostgreSQL with its own data.
struct Postgres {
    folder: tempfile::TempDir,
    port: u16,
    /// It does not run as root.
    user: Option<(u32, u32)>,
}

impl Postgres {
    fn new() -> Self {
        let number = |option: &str, user: &[&str]| {
            let output = Command::new("id").arg(option).args(user).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().unwrap()
        };
        let is_root = number("-u", &[]) == 0;
        let user = is_root.then(|| (number("-u", &["postgres"]), number("-g", &["postgres"])));
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let postgres = Self { folder, port: free_port(), user };
        let mut initdb = postgres.program("initdb");
        initdb.args(["--auth", "trust", "--username", "postgres", "--encoding", "UTF8"]);
        assert!(initdb.stdout(Stdio::null()).status().unwrap().success());
        postgres
    }

    fn program(&self, name: &str) -> Command {
        let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .unwrap()
            .map(|entry| entry.unwrap().path().join("bin").join(name))
            .collect();
        versions.sort();
        let mut command = Command::new(versions.pop().unwrap());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.current_dir(self.folder.path()).arg("-D").arg(self.folder.path().join("data"));
        command
    }

    fn start(&self) -> Server {
        let mut server = self.program("postgres");
        server
            .args(["-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-p"])
            .arg(self.port.to_string());
        let server = Server(server.stderr(Stdio::null()).spawn().unwrap());
        wait_for(self.port);
        server
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// moto's S3, with the bucket `bucket`.
fn start_s3() -> (Server, u16) {
    let port = free_port();
    let moto = std::env::var("MOTO_SERVER").unwrap_or_else(|_| "moto_server".into());
    let mut server = Command::new(moto);
    server.args(["-H", "127.0.0.1", "-p"]).arg(port.to_string());
    let server = Server(server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for(port);
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request =
        "PUT /bucket HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (server, port)
}

fn s3(port: u16) -> Arc<dyn ObjectStore> {
    let builder = AmazonS3Builder::new()
        .with_endpoint(format!("http://127.0.0.1:{port}"))
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_bucket_name("bucket")
        .with_access_key_id("id")
        .with_secret_access_key("secret");
    Arc::new(PrefixStore::new(builder.build().unwrap(), "artifacts"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL and moto, and takes minutes; run by hand (CONTRIBUTING.md)"]
async fn j1_two_processes_share_postgresql_and_s3_while_one_is_killed_again_and_again() {
    let postgres = Postgres::new();
    let mut server = Some(postgres.start());
    let (_s3, port) = start_s3();
    let shared = Shared {
        folder: tempfile::tempdir().unwrap(),
        database: postgres.url(),
        storage: "s3://bucket/artifacts".into(),
        takes: "1.5",
        environment: vec![
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "id".into()),
            ("AWS_SECRET_ACCESS_KEY", "secret".into()),
        ],
    };
    let mut config = Config::from_file(&shared.configuration()).unwrap();
    config.workers = 0;
    let store = s3(port);
    let storage = Storage::from_store(Arc::clone(&store));
    let service = Service::start_with(config, Clock::system(), storage, timing()).await.unwrap();
    add_users(service.database()).await;
    // In the middle the database goes away without a word, and comes back.
    let restart = || {
        drop(server.take());
        std::thread::sleep(Duration::from_secs(3));
        server = Some(postgres.start());
    };
    share(&shared, &service, 200, 40, Duration::from_secs(3), restart).await;

    let kept = column(service.database(), "SELECT id FROM artifacts").await.len();
    let count = async || store.list(None).try_collect::<Vec<_>>().await.unwrap().len();
    let mut tries = 0;
    while count().await != kept {
        assert!(tries < 300);
        tries += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    service.shutdown().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; run by hand (CONTRIBUTING.md)"]
async fn lists_are_the_same_in_both_databases() {
    let postgres = Postgres::new();
    let _server = postgres.start();
    let (_folder, sqlite) = database().await;
    let postgres = Database::open(&postgres.url()).await.unwrap();
    add_users(&postgres).await;
    for database in [&sqlite, &postgres] {
        for (day, user, title) in [(1, "ann", "Beta"), (2, "ben", "alpha"), (3, "ann", "50%_\\")] {
            completed(database, day * DAY, user, title, day).await;
        }
        jobs::create(database, 4 * DAY, "ann", &new_job("waits")).await.unwrap();
    }
    let sorts = |columns: &[Column]| {
        let names = columns.iter().map(|column| column.name);
        names.flat_map(|name| [format!("sort={name}"), format!("sort=-{name}")]).collect::<Vec<_>>()
    };
    let filters = ["title=A", "title=%25_", "title=%5C", "user=BE", "created=%3E1970-01-02"];
    let also = filters.map(String::from);
    for query in sorts(&jobs::COLUMNS).iter().filter(|it| !it.ends_with("=id")).chain(&also) {
        let listing = Listing::from_query(query, &jobs::COLUMNS);
        let titles = async |database: &Database| {
            let page = jobs::list(database, &Scope::All, 0, &listing).await.unwrap();
            let titles = page.rows.into_iter().map(|job| job.title);
            (page.total, titles.collect::<BTreeSet<_>>())
        };
        assert_eq!(titles(&sqlite).await, titles(&postgres).await, "{query}");
    }
    for query in sorts(&artifacts::COLUMNS).iter().filter(|it| !it.contains("job")).chain(&also) {
        let listing = Listing::from_query(query, &artifacts::COLUMNS);
        let ids = async |database: &Database| {
            let page = artifacts::list(database, &Scope::All, 4 * DAY, &listing).await.unwrap();
            let ids = page.rows.into_iter().map(|artifact| artifact.id);
            (page.total, ids.collect::<BTreeSet<_>>())
        };
        assert_eq!(ids(&sqlite).await, ids(&postgres).await, "{query}");
    }
    let created = Listing::from_query("sort=started&per_page=2", &jobs::COLUMNS);
    for database in [&sqlite, &postgres] {
        let page = jobs::list(database, &Scope::All, 0, &created).await.unwrap();
        let titles: Vec<_> = page.rows.iter().map(|job| job.title.as_str()).collect();
        assert_eq!(titles, ["Beta", "alpha"]);
        let lost = artifacts::delete(database, &Scope::All, 4 * DAY, &["alpha-1"]).await.unwrap();
        assert_eq!((lost[0].left, lost[0].of), (1, 2));
        let expired = artifacts::expire(database, 32 * DAY).await.unwrap();
        assert_eq!(expired, 2);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; run by hand (CONTRIBUTING.md)"]
async fn letters_are_folded_and_sorted_alike_in_both_databases() {
    let postgres = Postgres::new();
    let _server = postgres.start();
    let (_folder, sqlite) = database().await;
    let postgres = Database::open(&postgres.url()).await.unwrap();
    add_users(&postgres).await;
    for database in [&sqlite, &postgres] {
        for title in ["Übung", "öl", "a b", "A-C", "zu"] {
            completed(database, DAY, "ann", title, 1).await;
        }
        for (query, expected) in [
            ("sort=title", &["a b", "A-C", "zu", "öl", "Übung"][..]),
            ("title=%C3%BCB", &["Übung"]),
            ("sort=-file_name", &["öl", "Übung", "zu", "A-C", "a b"]),
        ] {
            let listing = Listing::from_query(query, &jobs::COLUMNS);
            let page = jobs::list(database, &Scope::All, 0, &listing).await.unwrap();
            let titles: Vec<_> = page.rows.iter().map(|job| job.title.as_str()).collect();
            assert_eq!(titles, expected, "{query}");
        }
    }
}

#[test]
#[ignore = "needs PostgreSQL; run by hand (CONTRIBUTING.md)"]
fn what_the_tests_show_holds_on_postgresql() {
    let postgres = Postgres::new();
    let _server = postgres.start();
    let url = postgres.url();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--test-threads", "2"])
        .args([
            "api",
            "circle",
            "failures",
            "leases",
            "logged_in",
            "odd_requests",
            "raw_requests",
            "rows",
            "sweeper",
        ])
        .env(POSTGRES, url.strip_suffix("/postgres").unwrap())
        .status();
    assert!(done.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root for a disk that is full; run by hand (CONTRIBUTING.md)"]
async fn j4_a_full_disk_fails_the_job_in_clear_words() {
    let folder = tempfile::tempdir().unwrap();
    let mount = Mount::new(&folder.path().join("artifacts"));
    crate::failures::full_disk(folder.path()).await;
    drop(mount);
}

/// A file system with hardly any room.
struct Mount(PathBuf);

impl Mount {
    fn new(path: &Path) -> Self {
        std::fs::create_dir_all(path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128k", "none"]).arg(path);
        assert!(mount.status().unwrap().success());
        Self(path.to_owned())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
