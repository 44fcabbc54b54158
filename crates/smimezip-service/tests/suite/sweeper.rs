//! What is deleted goes from the storage, too, and nothing else does; whatever the clock shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use smimezip_service::clock::{Clock, DAY};
use smimezip_service::{Listing, Scope, artifacts, jobs};

use crate::common::{
    add_users, artifacts_of, config, create, ended, make_tree, new_job, opened, start, start_at,
    tree, wait_for, wait_for_files,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_deleted_parts_and_jobs_go_from_the_storage_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let files = make_tree(&folder.path().join("orders"));
    let service = start(config(folder.path())).await;
    add_users(service.database()).await;
    let mut done = Vec::new();
    for title in ["one", "two", "three"] {
        let job = create(&service, &new_job(title)).await;
        done.push(ended(&service, &job.id).await);
    }
    let parts = artifacts_of(&service, &done[0]).await;
    let each = parts.len();
    assert_eq!(tree(service.config().storage.as_ref()).len(), 3 * each);

    let (database, now) = (service.database(), service.now());
    let lost = artifacts::delete(database, &Scope::All, now, &[&parts[0].id]).await.unwrap();
    assert_eq!((&lost[0].parts, lost[0].left), (&vec![1], each as u64 - 1));
    wait_for_files(&service, 3 * each - 1).await;
    assert!(!service.storage().path(&parts[0].object).unwrap().exists());

    jobs::delete(database, &Scope::All, now, &done[1].id).await.unwrap();
    wait_for_files(&service, 2 * each - 1).await;
    // Its folder, too.
    wait_for(|| !service.storage().path(&done[1].id).unwrap().exists()).await;
    assert_eq!(opened(&service, &done[2]).await, files);
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j5_a_clock_that_jumps_brings_nothing_back() {
    let folder = tempfile::tempdir().unwrap();
    make_tree(&folder.path().join("orders"));
    let system = Clock::system();
    let jump = Arc::new(AtomicI64::new(0));
    let clock = {
        let jump = Arc::clone(&jump);
        Clock::from_fn(move || system.now() + jump.load(Ordering::Relaxed))
    };
    let service = start_at(config(folder.path()), clock).await;
    add_users(service.database()).await;
    let job = create(&service, &new_job("Orders")).await;
    let job = ended(&service, &job.id).await;
    let listing = Listing::default();
    let there = async || {
        let now = service.now();
        artifacts::list(service.database(), &Scope::All, now, &listing).await.unwrap().total
    };
    let count = there().await;
    assert!(count > 1);
    // Back: nothing is deleted. Forth, not too far: neither.
    for days in [-40, 29] {
        jump.store(days * DAY, Ordering::Relaxed);
        assert_eq!(there().await, count);
    }
    jump.store(31 * DAY, Ordering::Relaxed);
    wait_for_files(&service, 0).await;
    jump.store(0, Ordering::Relaxed);
    assert_eq!(there().await, 0);
    let parts = artifacts_of(&service, &job).await;
    assert_eq!(parts.len() as u64, count);
    assert!(parts.iter().all(|part| part.deleted_at.is_some()));
    service.shutdown().await;
}
