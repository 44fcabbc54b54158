//! What the tests share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use smimezip::{Export, KeyRing};
use smimezip_service::artifacts::{self, Artifact, Storage};
use smimezip_service::clock::Clock;
use smimezip_service::config::Source;
use smimezip_service::database::Database;
use smimezip_service::id::{digest, new_id};
use smimezip_service::jobs::{self, Job, JobType, NewJob};
use smimezip_service::service::Timing;
use smimezip_service::{Config, Scope, Service};
use sqlx::Connection;
use tempfile::TempDir;

/// A certificate for tests; `examples/data/key.pem` is its key.
pub(crate) const CERTIFICATE: &str = include_str!("../../../../examples/data/certificate.pem");

/// Names a PostgreSQL, on which the tests then have their databases instead of SQLite's.
pub(crate) const POSTGRES: &str = "SMIMEZIP_POSTGRES";

/// A database in a folder of its own, with the users `ann` and `ben`, who are called as their
/// identifiers are.
pub(crate) async fn database() -> (TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&config(folder.path()).database).await.unwrap();
    add_users(&database).await;
    (folder, database)
}

pub(crate) async fn add_users(database: &Database) {
    for name in ["ann", "ben"] {
        let sql = "INSERT INTO users (id, name, name_folded, role, created_at) \
             VALUES ($1, $1, $1, 'user', 0)";
        sqlx::query(sql).bind(name).execute(database.pool()).await.unwrap();
    }
}

/// A database of that folder's own on the server `server`, `postgres://…` without a name.
fn postgres_database(server: &str, folder: &Path) -> String {
    let name = format!("test_{}", &digest(&folder.display().to_string())[..32]);
    let create = format!("CREATE DATABASE {name}");
    let postgres = format!("{server}/postgres");
    // The tests' own runtime cannot be waited for here.
    let made = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = sqlx::AnyConnection::connect(&postgres).await.unwrap();
            sqlx::query(&create).execute(&mut connection).await.map_err(|error| error.to_string())
        })
    });
    match made.join().unwrap() {
        Err(error) if !error.contains("already exists") => panic!("{error}"),
        _ => format!("{server}/{name}"),
    }
}

/// Of a service with all that it has in `folder`: a source `orders`, which is its folder `orders`.
pub(crate) fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.database = match std::env::var(POSTGRES) {
        Ok(server) => postgres_database(&server, folder),
        Err(_) => format!("sqlite:{}", folder.join("service.db").display()),
    };
    config.storage = folder.join("artifacts").display().to_string();
    config.sources.insert("orders".into(), Source::Folder(folder.join("orders")));
    config
}

pub(crate) fn command(run: &[&str]) -> Source {
    let run = run.iter().map(ToString::to_string).collect();
    Source::Command { run, entry: "output.txt".into() }
}

/// Fast, so that tests are.
pub(crate) fn timing() -> Timing {
    Timing {
        lease: Duration::from_secs(5),
        heartbeat: Duration::from_millis(100),
        poll: Duration::from_millis(50),
        sweep: Duration::from_millis(100),
        session: Duration::from_millis(100),
        ..Timing::default()
    }
}

pub(crate) async fn start(config: Config) -> Service {
    start_at(config, Clock::system()).await
}

pub(crate) async fn start_with(config: Config, timing: Timing) -> Service {
    let storage = Storage::open(&config.storage).unwrap();
    Service::start_with(config, Clock::system(), storage, timing).await.unwrap()
}

pub(crate) async fn start_at(config: Config, clock: Clock) -> Service {
    let storage = Storage::open(&config.storage).unwrap();
    Service::start_with(config, clock, storage, timing()).await.unwrap()
}

pub(crate) fn new_job(title: &str) -> NewJob {
    NewJob {
        title: title.into(),
        source: "orders".into(),
        job_type: JobType::Whole,
        part_size: 64 << 10,
        recipients: CERTIFICATE.into(),
    }
}

/// A job of the service that has just been made.
pub(crate) async fn create(service: &Service, new: &NewJob) -> Job {
    let job = jobs::create(service.database(), service.now(), "ann", new).await.unwrap();
    service.changed(&job.id, &job.user_id);
    job
}

/// Waits until `is_so` of the job.
pub(crate) async fn wait(service: &Service, id: &str, is_so: impl Fn(&Job) -> bool) -> Job {
    let begun = Instant::now();
    loop {
        let job = jobs::get(service.database(), &Scope::All, id).await.unwrap();
        if is_so(&job) {
            return job;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{job:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until that is so.
pub(crate) async fn wait_for(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the storage has so many files, and returns their names.
pub(crate) async fn wait_for_files(service: &Service, count: usize) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let files = tree(service.config().storage.as_ref());
        if files.len() == count {
            return files.into_keys().map(|path| path.display().to_string()).collect();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", files.keys());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn ended(service: &Service, id: &str) -> Job {
    wait(service, id, |job| job.status.is_ended()).await
}

/// A tree whose export has several parts of 64 KiB: a number of files and their bytes.
pub(crate) fn make_tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut state = 1_u32;
    let mut noise = |count: usize| {
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..count).map(next).collect::<Vec<u8>>()
    };
    let files =
        [("a.txt", b"Hello".to_vec()), ("sub/b.bin", noise(150_000)), ("sub/c.bin", noise(9))];
    for (name, bytes) in &files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    files.into_iter().map(|(name, bytes)| (PathBuf::from(name), bytes)).collect()
}

/// All files below a folder.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Downloads what a job made, opens it and returns its files.
pub(crate) async fn opened(service: &Service, job: &Job) -> BTreeMap<PathBuf, Vec<u8>> {
    let parts = artifacts_of(service, job).await;
    let folder = tempfile::tempdir().unwrap();
    for part in &parts {
        let bytes = service.storage().read(&part.object, None).await.unwrap();
        let bytes: Vec<_> = bytes.try_collect().await.unwrap();
        std::fs::write(folder.path().join(&part.name), bytes.concat()).unwrap();
    }
    tokio::task::spawn_blocking(move || {
        let key = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/key.pem");
        let archive = Export::discover(folder.path()).unwrap();
        let archive = archive.unlock(&KeyRing::from_file(key).unwrap()).unwrap();
        archive.extract(folder.path().join("out")).unwrap();
        tree(&folder.path().join("out"))
    })
    .await
    .unwrap()
}

pub(crate) async fn artifacts_of(service: &Service, job: &Job) -> Vec<Artifact> {
    let (database, now) = (service.database(), service.now());
    artifacts::of_job(database, &Scope::All, now, &job.id).await.unwrap()
}

/// A job that ended with a set of so many parts, made at `now` and kept for 30 days.
pub(crate) async fn completed(
    database: &Database,
    now: i64,
    user: &str,
    title: &str,
    parts: i64,
) -> Job {
    let NewJob { source, part_size, recipients, .. } = new_job(title);
    let id = &new_id().unwrap();
    // At no moment one that waits, which a worker would run.
    let insert = format!(
        "INSERT INTO jobs (id, user_id, title, title_folded, source, source_folded, job_type, \
         part_size, recipients, status, created_at, started_at, ended_at, file_name) \
         VALUES ('{id}', '{user}', '{title}', '{}', '{source}', '{source}', 'whole', {part_size}, \
         '{recipients}', 'completed', {now}, {now}, {now}, 'export-{title}.zip.smime')",
        title.to_uppercase().chars().flat_map(char::to_lowercase).collect::<String>()
    );
    execute(database, &insert).await;
    for part in 1..=parts {
        let end = if part == parts { "zip".into() } else { format!("z{part:02}") };
        let expires = now + 30 * smimezip_service::clock::DAY;
        let insert = format!(
            "INSERT INTO artifacts (id, job_id, user_id, name, part, parts, size, sha256, object, \
             created_at, expires_at, title_folded, source_folded) SELECT '{title}-{part}', id, \
             '{user}', 'export-{title}.{end}.smime', {part}, {parts}, {part}000, '', \
             '{id}/1/{part}', {now}, {expires}, title_folded, source_folded \
             FROM jobs WHERE id = '{id}'"
        );
        execute(database, &insert).await;
    }
    jobs::get(database, &Scope::All, id).await.unwrap()
}

pub(crate) async fn execute(database: &Database, sql: &str) {
    sqlx::query(sql).execute(database.pool()).await.unwrap();
}

/// The first column of what is found, as text.
pub(crate) async fn column(database: &Database, sql: &str) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(database.pool()).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}
