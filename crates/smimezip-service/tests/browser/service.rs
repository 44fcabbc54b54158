//! The service that the tests click through: in this process, so that they can put rows into its
//! database and move its clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use smimezip_service::clock::{Clock, DAY, Millis};
use smimezip_service::config::{Config, Source};
use smimezip_service::database::Database;
use smimezip_service::jobs::{self, JobStatus, JobType, NewJob};
use smimezip_service::service::Service;
use smimezip_service::users::{Role, User, links, store};
use smimezip_service::web::App;
use smimezip_service::{Scope, certificates, server};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::browser::{Browser, Setup};

pub(crate) const CERTIFICATE: &str = include_str!("../../../../examples/data/certificate.pem");
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const SOURCE: &str = "Customer files";

/// The folder of the sample export, with the certificate and its key.
pub(crate) fn sample() -> PathBuf {
    // Canonical, as chromedriver wants it.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").canonicalize().unwrap()
}

/// A service.
pub(crate) struct Served {
    pub(crate) base: String,
    pub(crate) service: Service,
    /// What is exported.
    pub(crate) tree: PathBuf,
    ahead: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Served {
    /// One that runs jobs.
    pub(crate) async fn start() -> Self {
        Self::with_workers(1).await
    }

    /// One whose jobs are rows that stay as a test made them.
    pub(crate) async fn with_workers(workers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let tree = path("tree");
        smimezip_service::demo::make_tree(&tree).unwrap();
        let mut config = Config::default();
        config.listen = ([127, 0, 0, 1], 0).into();
        config.database = format!("sqlite:{}", path("service.db").display());
        config.storage = path("artifacts").display().to_string();
        config.workers = workers;
        config.part_size = 1 << 20;
        config.sources.insert(SOURCE.into(), Source::Folder(tree.clone()));
        config.sources.insert("Nothing there".into(), Source::Folder(path("none")));
        let listener = server::bind(&config).await.unwrap();
        config.listen = listener.local_addr().unwrap();
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = {
            let ahead = Arc::clone(&ahead);
            let system = Clock::system();
            Clock::from_fn(move || system.now() + ahead.load(Ordering::Relaxed))
        };
        let service = Service::start(config.clone(), clock).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let base = format!("http://{}", config.listen);
        let app = App::new(service.clone());
        tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            server::serve(app, &config, listener, stop).await.unwrap();
        });
        Self { base, service, tree, ahead, stop: Some(stop), _folder: folder }
    }

    pub(crate) fn database(&self) -> &Database {
        self.service.database()
    }

    pub(crate) fn now(&self) -> Millis {
        self.service.now()
    }

    /// Moves the clock.
    pub(crate) fn wait_days(&self, days: i64) {
        self.ahead.fetch_add(days * DAY, Ordering::Relaxed);
    }

    /// A user with a password and a certificate.
    pub(crate) async fn user(&self, name: &str, role: Role) -> User {
        let (database, now) = (self.database(), self.now());
        let user = store::create(database, now, name, role).await.unwrap();
        let link = links::create(database, now, &user.id).await.unwrap();
        links::redeem(database, now, &link, PASSWORD).await.unwrap();
        certificates::upload(database, now, &user.id, CERTIFICATE.as_bytes()).await.unwrap();
        user
    }

    /// A browser in which a new administrator is logged in.
    pub(crate) async fn browser(&self) -> (Browser, User) {
        self.browser_with(Setup::default()).await
    }

    pub(crate) async fn browser_with(&self, setup: Setup) -> (Browser, User) {
        let user = self.user("ada", Role::Administrator).await;
        let browser = Browser::start(&self.base, setup).await;
        browser.goto("/login").await;
        browser.fill("Name", "ada").await;
        browser.fill("Password", PASSWORD).await;
        browser.press("Log in").await;
        (browser, user)
    }

    /// A job's row. With workers it runs.
    pub(crate) async fn job(&self, user: &User, title: &str) -> String {
        let new = NewJob {
            title: title.into(),
            source: SOURCE.into(),
            job_type: JobType::Whole,
            part_size: 1 << 20,
            recipients: CERTIFICATE.into(),
        };
        jobs::create(self.database(), self.now(), &user.id, &new).await.unwrap().id
    }

    /// Waits until a job has ended, and returns how.
    pub(crate) async fn end_of(&self, id: &str) -> JobStatus {
        loop {
            let job = jobs::get(self.database(), &Scope::All, id).await.unwrap();
            if job.status.is_ended() {
                return job.status;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// A completed job.
    pub(crate) async fn completed(&self, user: &User, title: &str) -> String {
        let id = self.job(user, title).await;
        assert_eq!(self.end_of(&id).await, JobStatus::Completed);
        id
    }

    /// Changes a job's row as a process would that runs it somewhere else.
    pub(crate) async fn set(&self, id: &str, assignments: &str) {
        let sql = format!("UPDATE jobs SET {assignments} WHERE id = $1");
        let done = sqlx::query(&sql).bind(id).execute(self.database().pool()).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }

    /// Rows of artifacts, of which there are no bytes.
    pub(crate) async fn files(&self, user: &User, job: &str, parts: i64) {
        let now = self.now();
        for part in 1..=parts {
            let last = if part == parts { "zip".into() } else { format!("z{part:02}") };
            sqlx::query(
                "INSERT INTO artifacts (id, job_id, user_id, name, part, parts, size, sha256, object, created_at, \
                 expires_at, title_folded, source_folded) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                 title_folded, source_folded FROM jobs WHERE id = $2",
            )
            .bind(smimezip_service::id::new_id().unwrap())
            .bind(job)
            .bind(&user.id)
            .bind(format!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.{last}.smime"))
            .bind(part)
            .bind(parts)
            .bind(part * 1000)
            .bind(smimezip_service::id::digest(&part.to_string()))
            .bind(format!("{job}/1/{part}"))
            .bind(now)
            .bind(now + 30 * DAY)
            .execute(self.database().pool())
            .await
            .unwrap();
        }
    }
}
