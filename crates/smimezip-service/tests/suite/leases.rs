//! Several workers and processes: none runs a job of another, and a job whose process died is taken
//! up.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use smimezip_service::Service;
use smimezip_service::artifacts::Storage;
use smimezip_service::clock::Clock;
use smimezip_service::database::Database;
use smimezip_service::jobs::{Job, JobStatus, NewJob};
use smimezip_service::service::Timing;

use crate::common::{
    add_users, artifacts_of, column, command, config, create, ended, execute, make_tree, new_job,
    opened, start, start_with, timing, wait, wait_for_files,
};

/// A job that a process has which died: its lease is over, and a part of it is in the storage.
async fn dead(service: &Service, new: &NewJob, changes: &str) -> Job {
    let job = create(service, new).await;
    let database = service.database();
    let id = &job.id;
    let change = format!(
        "UPDATE jobs SET status = 'in_progress', started_at = 1, attempt = 1, \
         lease_owner = 'dead', lease_until = 1{changes} WHERE id = '{id}'"
    );
    execute(database, &change).await;
    let upload = format!(
        "INSERT INTO uploads (object, job_id, attempt, created_at) VALUES ('{id}/1/', '{id}', 1, 1)"
    );
    execute(database, &upload).await;
    let part = service.storage().path(&format!("{id}/1/1")).unwrap();
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, "half").unwrap();
    // As the storage names what is not complete.
    fs::write(part.with_file_name("2#1"), "half").unwrap();
    job
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j3_a_job_whose_process_died_is_taken_up_and_what_it_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let files = make_tree(&folder.path().join("orders"));
    let mut idle = config(folder.path());
    idle.workers = 0;
    let idle = start(idle).await;
    add_users(idle.database()).await;
    let job = dead(&idle, &new_job("Orders"), "").await;
    let service = start(config(folder.path())).await;
    let job = ended(&service, &job.id).await;
    assert_eq!((job.status, job.attempt, job.started_at), (JobStatus::Completed, 2, Some(1)));
    assert_eq!(opened(&service, &job).await, files);
    let left = wait_for_files(&service, artifacts_of(&service, &job).await.len()).await;
    assert!(left.iter().all(|path| path.starts_with(&format!("{}/2/", job.id))), "{left:?}");
    service.shutdown().await;
    idle.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j3_a_job_with_which_three_processes_died_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut idle = config(folder.path());
    idle.workers = 0;
    let idle = start(idle).await;
    add_users(idle.database()).await;
    let deadly = dead(&idle, &new_job("Deadly"), ", deaths = 2").await;
    let unwanted = dead(&idle, &new_job("Unwanted"), ", cancel_requested = 1").await;
    let service = start(config(folder.path())).await;
    let deadly = ended(&service, &deadly.id).await;
    assert_eq!(deadly.status, JobStatus::Failed);
    assert_eq!(deadly.failure.as_deref(), Some("the process that ran it died 3 times"));
    let unwanted = ended(&service, &unwanted.id).await;
    assert_eq!((unwanted.status, unwanted.failure), (JobStatus::Cancelled, None));
    wait_for_files(&service, 0).await;
    service.shutdown().await;
    idle.shutdown().await;
}

/// A run that loses its lease while it waits for the file `go`, and finishes then.
async fn lose_lease(heartbeat: Duration, sweep: Duration, files: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let go = folder.path().join("go");
    let waits = format!("echo begun; while [ ! -e {} ]; do sleep 0.02; done", go.display());
    config.sources.insert("orders".into(), command(&["sh", "-c", &waits]));
    let storage = Storage::open(&config.storage).unwrap();
    let timing = Timing { heartbeat, sweep, ..timing() };
    let service = Service::start_with(config, Clock::system(), storage, timing).await.unwrap();
    add_users(service.database()).await;
    let job = create(&service, &new_job("Lost")).await;
    wait(&service, &job.id, |job| job.done_bytes > 0).await;
    // Another process has it, and goes on with it.
    let database = service.database();
    let taken = "UPDATE jobs SET attempt = 2, lease_owner = 'other', lease_until = 99999999999999";
    execute(database, taken).await;
    fs::write(&go, "").unwrap();
    wait_for_files(&service, files).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    service.shutdown().await;
    let job = wait(&service, &job.id, |_| true).await;
    assert_eq!((job.status, job.attempt), (JobStatus::InProgress, 2));
    assert_eq!((&job.file_name, &job.failure), (&None, &None));
    assert!(artifacts_of(&service, &job).await.is_empty());
    assert_eq!(column(database, "SELECT lease_owner FROM jobs").await, ["other"]);
    if files > 0 {
        // Nobody forgets where it wrote.
        let uploads = column(database, "SELECT object FROM uploads").await;
        assert_eq!(uploads, [format!("{}/1/", job.id)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j2_a_run_that_lost_its_lease_publishes_nothing() {
    // Its end is the first that it hears of it: its part is in the storage.
    lose_lease(Duration::from_secs(600), Duration::from_secs(600), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_what_a_run_wrote_that_lost_its_lease_is_removed() {
    lose_lease(Duration::from_millis(100), Duration::from_millis(100), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j2_a_run_that_hears_that_it_lost_its_lease_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let endless = command(&["sh", "-c", "echo begun; exec sleep 600"]);
    config.sources.insert("orders".into(), endless);
    let service = start(config).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Lost")).await;
    wait(&service, &job.id, |job| job.done_bytes > 0).await;
    execute(service.database(), "UPDATE jobs SET attempt = 2, lease_owner = 'other'").await;
    // The only worker is free for another one.
    execute(service.database(), "UPDATE jobs SET lease_until = 99999999999999").await;
    let next = NewJob { source: "none".into(), ..new_job("Next") };
    let next = create(&service, &next).await;
    ended(&service, &next.id).await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j3_a_process_that_stops_gives_its_job_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let go = folder.path().join("go");
    let waits = format!("echo begun; while [ ! -e {} ]; do sleep 0.02; done", go.display());
    config.sources.insert("orders".into(), command(&["sh", "-c", &waits]));
    let first = start(config.clone()).await;
    add_users(first.database()).await;
    let job = create(&first, &new_job("Given back")).await;
    wait(&first, &job.id, |job| job.done_bytes > 0).await;
    first.shutdown().await;
    let waiting = wait(&first, &job.id, |_| true).await;
    assert_eq!((waiting.status, waiting.ended_at), (JobStatus::Waiting, None));
    fs::write(&go, "").unwrap();
    let second = start(config).await;
    let job = ended(&second, &job.id).await;
    assert_eq!((job.status, job.attempt), (JobStatus::Completed, 2));
    assert_eq!(column(second.database(), "SELECT id FROM jobs WHERE deaths > 0").await.len(), 0);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j3_a_process_that_stops_does_not_wait_for_a_database_that_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let endless = command(&["sh", "-c", "echo begun; exec sleep 600"]);
    config.sources.insert("orders".into(), endless);
    let (never, farewell) = (Duration::from_secs(600), Duration::from_millis(300));
    let timing = Timing { heartbeat: never, sweep: never, farewell, ..timing() };
    let service = start_with(config.clone(), timing).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Stopped")).await;
    wait(&service, &job.id, |job| job.done_bytes > 0).await;
    let other = Database::open(&config.database).await.unwrap();
    let mut writes = other.pool().begin().await.unwrap();
    sqlx::query("UPDATE jobs SET title = title").execute(&mut *writes).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), service.shutdown()).await.unwrap();
    writes.rollback().await.unwrap();
    assert_eq!(column(&other, "SELECT status FROM jobs").await, ["in_progress"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j2_two_services_share_the_jobs_and_none_runs_twice() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    let mut config = config(folder.path());
    config.workers = 2;
    let counts = format!("echo run >> {}; echo done", runs.display());
    config.sources.insert("orders".into(), command(&["sh", "-c", &counts]));
    let first = start(config.clone()).await;
    add_users(first.database()).await;
    let second = start(config).await;
    let mut events = second.events();
    let mut jobs = Vec::new();
    for number in 0..20 {
        jobs.push(create(&first, &new_job(&format!("Job {number}"))).await);
    }
    for job in &jobs {
        let job = ended(&first, &job.id).await;
        assert_eq!((job.status, job.attempt), (JobStatus::Completed, 1), "{:?}", job.failure);
        assert_eq!(artifacts_of(&second, &job).await.len(), 1);
    }
    assert_eq!(fs::read_to_string(&runs).unwrap().lines().count(), 20);
    // Each of them hears of all jobs, whoever runs them.
    let mut unheard: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    while !unheard.is_empty() {
        let event = events.recv().await.unwrap();
        assert_eq!(event.user_id, "ann");
        unheard.remove(event.job_id.as_str());
    }
    first.shutdown().await;
    second.shutdown().await;
}
