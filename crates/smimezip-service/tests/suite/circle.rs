//! The whole circle without pages: a job is made, run, its parts are read from the storage and
//! opened.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use smimezip_service::clock::DAY;
use smimezip_service::config::Source;
use smimezip_service::jobs::{JobStatus, JobType, NewJob};

use crate::common::{
    add_users, artifacts_of, column, command, config, create, ended, make_tree, new_job, opened,
    start,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_becomes_a_set_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let files = make_tree(&folder.path().join("orders"));
    let service = start(config(folder.path())).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Orders")).await;
    let job = ended(&service, &job.id).await;
    assert_eq!((job.status, job.failure.as_deref()), (JobStatus::Completed, None));
    assert_eq!((job.entries, job.attempt), (Some(4), 1));
    let bytes = files.values().map(|bytes| bytes.len() as u64).sum::<u64>();
    assert_eq!((job.done_bytes, job.total_bytes), (bytes, bytes));

    let parts = artifacts_of(&service, &job).await;
    assert!(parts.len() > 1);
    assert_eq!(job.file_name.as_ref(), parts.last().map(|part| &part.name));
    assert!(parts.last().unwrap().name.ends_with(".zip.smime"));
    assert!(parts[0].name.ends_with(".z01.smime"));
    for (number, part) in (1..).zip(&parts) {
        assert_eq!((part.part, part.parts), (number, parts.len() as u64));
        assert_eq!(part.expires_at - part.created_at, 30 * DAY);
        let bytes = service.storage().read(&part.object, None).await.unwrap();
        let bytes: Vec<_> = bytes.try_collect().await.unwrap();
        let bytes = bytes.concat();
        assert_eq!(bytes.len() as u64, part.size);
        let digest = Sha256::digest(&bytes);
        let digest = digest.iter().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
        assert_eq!(digest, part.sha256);
        let range = service.storage().read(&part.object, Some(10..20)).await.unwrap();
        let range: Vec<_> = range.try_collect().await.unwrap();
        assert_eq!(range.concat(), bytes[10..20]);
    }
    assert_eq!(opened(&service, &job).await, files);
    assert!(column(service.database(), "SELECT object FROM uploads").await.is_empty());
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_become_entries() {
    let folder = tempfile::tempdir().unwrap();
    let files = make_tree(&folder.path().join("objects"));
    let mut config = config(folder.path());
    let objects = Source::Objects(folder.path().join("objects").display().to_string());
    config.sources.insert("orders".into(), objects);
    let service = start(config).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Objects")).await;
    let job = ended(&service, &job.id).await;
    assert_eq!((job.status, job.failure.as_deref()), (JobStatus::Completed, None));
    assert_eq!(opened(&service, &job).await, files);
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_writes_becomes_an_entry() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let says = command(&["sh", "-c", "echo \"since ${SMIMEZIP_SINCE-ever}\""]);
    config.sources.insert("orders".into(), says);
    let service = start(config).await;
    add_users(service.database()).await;
    let said = async |job_type| {
        let job = create(&service, &NewJob { job_type, ..new_job("Command") }).await;
        let job = ended(&service, &job.id).await;
        assert_eq!((job.status, job.failure.as_deref()), (JobStatus::Completed, None));
        let files = opened(&service, &job).await;
        String::from_utf8(files[Path::new("output.txt")].clone()).unwrap()
    };
    assert_eq!(said(JobType::Whole).await, "since ever\n");
    let since = said(JobType::Changed).await;
    assert!(since.starts_with("since 20") && since.ends_with("Z\n"), "{since:?}");
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_change_is_left_out_of_a_job_of_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders");
    let files = make_tree(&orders);
    let set_age = |name: &str, age: u64| {
        let time = SystemTime::now() - Duration::from_secs(age);
        File::options().write(true).open(orders.join(name)).unwrap().set_modified(time).unwrap();
    };
    for name in files.keys() {
        set_age(name.to_str().unwrap(), 3600);
    }
    for source in [Source::Folder(orders.clone()), Source::Objects(orders.display().to_string())] {
        let own = tempfile::tempdir().unwrap();
        let mut config = config(own.path());
        config.sources.insert("orders".into(), source);
        let service = start(config).await;
        add_users(service.database()).await;
        let changed = NewJob { job_type: JobType::Changed, ..new_job("Changed") };
        let mut sets = Vec::new();
        for _ in 0..2 {
            let job = create(&service, &changed).await;
            let job = ended(&service, &job.id).await;
            assert_eq!((job.status, job.failure.as_deref()), (JobStatus::Completed, None));
            sets.push(opened(&service, &job).await);
            set_age("sub/c.bin", 0);
        }
        assert_eq!(sets[0], files);
        assert_eq!(sets[1].keys().collect::<Vec<_>>(), [Path::new("sub/c.bin")]);
        service.shutdown().await;
        set_age("sub/c.bin", 3600);
    }
}
