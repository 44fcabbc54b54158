//! Processes that are killed while they run jobs. Whatever the moment, every job ends once, and
//! what it has is a whole set or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use smimezip_service::artifacts::{self, Storage};
use smimezip_service::clock::Clock;
use smimezip_service::jobs::{self, Job, JobStatus};
use smimezip_service::service::Timing;
use smimezip_service::{Config, Listing, Scope, Service};

use crate::common::{add_users, artifacts_of, column, create, new_job, opened, wait_for_files};

/// Names the configuration of [`process`].
const CONFIGURATION: &str = "SMIMEZIP_SERVICE_TEST_CONFIGURATION";

fn timing() -> Timing {
    Timing {
        lease: Duration::from_secs(2),
        heartbeat: Duration::from_millis(200),
        poll: Duration::from_millis(100),
        sweep: Duration::from_millis(300),
        ..Timing::default()
    }
}

/// No test: the process that the tests below start and kill.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the process that other tests start"]
async fn process() {
    let Some(path) = std::env::var_os(CONFIGURATION) else { return };
    let config = Config::from_file(Path::new(&path)).unwrap();
    let storage = Storage::open(&config.storage).unwrap();
    let _service = Service::start_with(config, Clock::system(), storage, timing()).await.unwrap();
    std::future::pending::<()>().await;
}

/// What processes share.
pub(crate) struct Shared {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: String,
    pub(crate) storage: String,
    pub(crate) environment: Vec<(&'static str, String)>,
    /// For how long each job runs at least: seconds.
    pub(crate) takes: &'static str,
}

impl Shared {
    pub(crate) fn configuration(&self) -> PathBuf {
        let path = self.folder.path().join("service.toml");
        // More than one part, and not at once.
        let source =
            format!("head -c 100000 /dev/urandom | base64; sleep {}; echo done", self.takes);
        let text = format!(
            "database = {:?}\nstorage = {:?}\nworkers = 2\n\n[sources.orders.command]\n\
             run = [\"sh\", \"-c\", {source:?}]\nentry = \"random.txt\"\n",
            self.database, self.storage
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    fn process(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::process", "--ignored", "--nocapture"])
            .env(CONFIGURATION, self.configuration())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Has two processes run so many jobs, and kills one of them every so often, so many times. `also`
/// is done after half of that.
pub(crate) async fn share(
    shared: &Shared,
    service: &Service,
    jobs: usize,
    kills: usize,
    every: Duration,
    mut also: impl FnMut(),
) {
    let mut made = Vec::new();
    for number in 0..jobs {
        made.push(create(service, &new_job(&format!("Job {number}"))).await);
    }
    let mut processes = [shared.process(), shared.process()];
    for kill in 0..kills {
        tokio::time::sleep(every).await;
        let process = &mut processes[kill % 2];
        process.kill().unwrap();
        process.wait().unwrap();
        *process = shared.process();
        if kill == kills / 2 {
            also();
        }
    }
    let begun = Instant::now();
    while left(service).await > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(600),
            "{} jobs are left",
            left(service).await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for process in &mut processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let mut ended = BTreeMap::<&str, usize>::new();
    let (mut attempts, mut most) = (0, 0);
    for job in &made {
        let job = jobs::get(service.database(), &Scope::All, &job.id).await.unwrap();
        check(service, &job).await;
        *ended.entry(job.status.as_str()).or_default() += 1;
        attempts += job.attempt;
        most = most.max(job.attempt);
    }
    println!("{ended:?} in {attempts} attempts, at most {most} of a job");
    // Kills that hit nothing would show nothing.
    assert!(usize::try_from(attempts).unwrap() >= jobs + kills / 2, "{attempts} attempts");
    assert_eq!(ended.values().sum::<usize>(), jobs);
    assert!(most <= 3);
    assert!(ended["completed"] * 10 >= jobs * 9, "{ended:?}");
}

async fn left(service: &Service) -> u64 {
    let mut left = 0;
    for status in ["waiting", "in_progress"] {
        let listing = Listing::default().filtered_by("status", status);
        // The database may be away for a moment.
        let page = jobs::list(service.database(), &Scope::All, 0, &listing).await;
        left += page.map_or(1, |page| page.total);
    }
    left
}

async fn check(service: &Service, job: &Job) {
    let parts = artifacts_of(service, job).await;
    if job.status == JobStatus::Completed {
        let numbers: Vec<u64> = parts.iter().map(|part| part.part).collect();
        assert_eq!(numbers, (1..=parts[0].parts).collect::<Vec<_>>());
        let files = opened(service, job).await;
        assert!(files[Path::new("random.txt")].ends_with(b"done\n"));
    } else {
        let told = job.failure.as_deref();
        assert_eq!(told, Some("the process that ran it died 3 times"), "{job:?}");
        assert!(parts.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j1_processes_that_are_killed_leave_whole_sets_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Shared {
        database: format!("sqlite:{}", folder.path().join("service.db").display()),
        storage: folder.path().join("artifacts").display().to_string(),
        folder,
        environment: Vec::new(),
        takes: "0.8",
    };
    let mut config = Config::from_file(&shared.configuration()).unwrap();
    config.workers = 0;
    let storage = Storage::open(&config.storage).unwrap();
    let service = Service::start_with(config, Clock::system(), storage, timing()).await.unwrap();
    add_users(service.database()).await;
    share(&shared, &service, 12, 4, Duration::from_millis(700), || ()).await;

    // Of runs that died nothing is left, and of sets everything.
    let count = |column: Vec<String>| column.len();
    let kept = count(column(service.database(), "SELECT id FROM artifacts").await);
    wait_for_files(&service, kept).await;
    let listing = Listing::default();
    let listed = artifacts::list(service.database(), &Scope::All, service.now(), &listing).await;
    assert_eq!(listed.unwrap().total, kept as u64);
    service.shutdown().await;
}
