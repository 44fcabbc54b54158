//! What a job says when it did not end with a set, and that nothing of it is left.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::AmazonS3Builder;
use smimezip_service::artifacts::Storage;
use smimezip_service::clock::Clock;
use smimezip_service::jobs::{self, Job, JobStatus, NewJob};
use smimezip_service::{Config, Scope, Service};

use crate::common::{
    add_users, artifacts_of, column, command, config, create, ended, make_tree, new_job, opened,
    start, timing, tree, wait, wait_for,
};

/// Runs a job, which must fail and leave nothing.
async fn failure(config: Config, new: &NewJob) -> String {
    let service = start(config).await;
    add_users(service.database()).await;
    let job = create(&service, new).await;
    let job = ended(&service, &job.id).await;
    assert_eq!(job.status, JobStatus::Failed);
    assert_left_nothing(&service, &job).await;
    service.shutdown().await;
    job.failure.unwrap()
}

async fn assert_left_nothing(service: &Service, job: &Job) {
    assert!(artifacts_of(service, job).await.is_empty());
    assert_eq!(job.file_name, None);
    let begun = std::time::Instant::now();
    while !column(service.database(), "SELECT object FROM uploads").await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(tree(service.config().storage.as_ref()).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_told_in_the_words_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let missing = failure(config(folder.path()), &new_job("No folder")).await;
    assert!(missing.contains("No such file") || missing.contains("not found"), "{missing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_in_a_folder_fails_the_job_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    make_tree(&folder.path().join("orders"));
    std::os::unix::fs::symlink("/etc", folder.path().join("orders/link")).unwrap();
    let told = failure(config(folder.path()), &new_job("Link")).await;
    assert!(told.contains("link"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_certificate_that_can_be_used_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    make_tree(&folder.path().join("orders"));
    let nobody = NewJob { recipients: String::new(), ..new_job("For nobody") };
    let told = failure(config(folder.path()), &nobody).await;
    assert!(told.contains("recipients"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_not_configured_any_more_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let gone = NewJob { source: "gone".into(), ..new_job("Gone") };
    let told = failure(config(folder.path()), &gone).await;
    assert_eq!(told, "there is no data source \"gone\" any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_fails_is_told_with_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let fails = "head -c 300000 /dev/urandom; printf 'no\\tsuch table\\n' >&2; exit 3";
    config.sources.insert("orders".into(), command(&["sh", "-c", fails]));
    let told = failure(config, &new_job("Fails")).await;
    assert_eq!(told, "sh failed (exit status: 3): no; such table");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_a_job_that_runs_is_cancelled_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let endless = "head -c 300000 /dev/urandom; exec sleep 600";
    config.sources.insert("orders".into(), command(&["sh", "-c", endless]));
    let service = start(config).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Endless")).await;
    wait(&service, &job.id, |job| job.done_bytes == 300_000).await;
    jobs::cancel(service.database(), &Scope::All, service.now(), &job.id).await.unwrap();
    let job = ended(&service, &job.id).await;
    assert_eq!((job.status, job.failure.as_deref()), (JobStatus::Cancelled, None));
    assert_left_nothing(&service, &job).await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_a_folder_that_cannot_be_written_fails_the_job_and_the_next_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let files = make_tree(&folder.path().join("orders"));
    let service = start(config(folder.path())).await;
    add_users(service.database()).await;
    let storage = folder.path().join("artifacts");
    std::fs::remove_dir(&storage).unwrap();
    std::fs::write(&storage, "in the way").unwrap();
    let job = create(&service, &new_job("In the way")).await;
    let job = ended(&service, &job.id).await;
    assert_eq!(job.status, JobStatus::Failed);
    let told = job.failure.clone().unwrap();
    assert!(told.starts_with("the storage cannot be used: "), "{told}");

    std::fs::remove_file(&storage).unwrap();
    std::fs::create_dir(&storage).unwrap();
    assert_left_nothing(&service, &job).await;
    let job = create(&service, &new_job("Again")).await;
    let job = ended(&service, &job.id).await;
    assert_eq!(opened(&service, &job).await, files);
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_a_store_that_answers_500_fails_the_job() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut vec![0; 65536]);
            let _ = stream.write_all(
                b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\
                  Connection: close\r\n\r\n",
            );
        }
    });
    let store = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("here")
        .with_bucket_name("bucket")
        .with_access_key_id("id")
        .with_secret_access_key("secret")
        .with_retry(RetryConfig {
            max_retries: 1,
            retry_timeout: Duration::from_secs(2),
            ..RetryConfig::default()
        })
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    make_tree(&folder.path().join("orders"));
    let storage = Storage::from_store(Arc::new(store));
    let started = Service::start_with(config(folder.path()), Clock::system(), storage, timing());
    let service = started.await.unwrap();
    add_users(service.database()).await;
    let job = create(&service, &new_job("500")).await;
    let job = ended(&service, &job.id).await;
    assert_eq!(job.status, JobStatus::Failed);
    let told = job.failure.clone().unwrap();
    assert!(told.starts_with("the storage cannot be used: ") && told.contains("500"), "{told}");
    assert!(artifacts_of(&service, &job).await.is_empty());
    // What may be there is not forgotten while it cannot be removed.
    assert_eq!(column(service.database(), "SELECT object FROM uploads").await.len(), 1);
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_a_set_of_which_the_storage_lost_a_part_fails_the_job_and_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let go = folder.path().join("go");
    let waits = format!(
        "head -c 5000000 /dev/urandom; while [ ! -e {} ]; do sleep 0.02; done",
        go.display()
    );
    config.sources.insert("orders".into(), command(&["sh", "-c", &waits]));
    let service = start(config).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Lost")).await;
    let part = service.storage().path(&format!("{}/1/1", job.id)).unwrap();
    // When the next is there, nothing more is done with this one.
    wait_for(|| part.with_file_name("2").exists()).await;
    std::fs::remove_file(&part).unwrap();
    std::fs::write(&go, "").unwrap();
    let job = ended(&service, &job.id).await;
    assert_eq!(job.status, JobStatus::Failed);
    let told = job.failure.clone().unwrap();
    let names =
        told.strip_prefix("the storage has lost export-").map(|it| it.ends_with(".z01.smime"));
    assert_eq!(names, Some(true), "{told}");
    assert_left_nothing(&service, &job).await;
    service.shutdown().await;
}

/// Runs a job where the storage in `folder` has less room than its parts take.
pub(crate) async fn full_disk(folder: &std::path::Path) {
    make_tree(&folder.join("orders"));
    let told = failure(config(folder), &new_job("Full")).await;
    assert!(told.starts_with("the storage cannot be used: "), "{told}");
    assert!(told.contains("No space left on device"), "{told}");
}
