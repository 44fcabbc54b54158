//! New job: data source, job type, title, File Split Size, recipients.

use std::process::Command;

use smimezip_service::jobs::{self, JobStatus, JobType};
use smimezip_service::{Listing, Scope};

use crate::browser;
use crate::service::{CERTIFICATE, SOURCE, Served};

#[tokio::test]
async fn a_job_has_what_was_entered() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, _) = served.browser().await;
    let other = other_certificate();
    browser.press("New job").await;
    assert!(browser.page().await.contains("You: CN=Export key 1,O=Sample customer"));
    browser.fill("Title", "Orders of November").await;
    browser.field("Data source").await.select_by_label(SOURCE).await.unwrap();
    browser.click("input[value=changed]").await;
    browser.fill("File Split Size", "2 MiB").await;
    let script = format!("document.getElementById('recipients').value = {other:?}");
    browser.script(&script).await;
    browser.press("Create job").await;
    let page = jobs::list(served.database(), &Scope::All, served.now(), &Listing::default()).await;
    let job = page.unwrap().rows.remove(0);
    assert_eq!(job.title, "Orders of November");
    assert_eq!((job.source.as_str(), job.job_type), (SOURCE, JobType::Changed));
    assert_eq!(job.part_size, 2 << 20);
    assert_eq!(job.recipients.matches("BEGIN CERTIFICATE").count(), 2);
    browser.goto(&format!("/jobs/{}", job.id)).await;
    assert!(browser.page().await.contains("CN=Somebody else"));
    // A clone has the other recipient as well.
    browser.press("Clone").await;
    let recipients =
        browser.field("Others who can open it").await.prop("value").await.unwrap().unwrap();
    assert_eq!(recipients.trim(), other.trim());
}

#[tokio::test]
async fn what_cannot_be_is_said_and_nothing_entered_is_lost() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, _) = served.browser().await;
    browser.goto("/jobs/new").await;
    for (size, recipients, said) in [
        ("1 parsec", "", "write one as 500 MiB or 2 GiB"),
        ("1 KiB", "", "64 KiB"),
        ("1 MiB", "Somebody", "Recipients are certificates in PEM"),
        ("1 MiB", "-----BEGIN PRIVATE KEY-----", "private key. It was not stored"),
    ] {
        browser.fill("Title", "Orders").await;
        browser.fill("File Split Size", size).await;
        browser.fill("Others who can open it", recipients).await;
        browser.press("Create job").await;
        let problem = browser.text("#problem").await;
        assert!(problem.contains(said), "{problem}");
        let title = browser.field("Title").await.prop("value").await.unwrap();
        assert_eq!(title.as_deref(), Some("Orders"));
    }
}

#[tokio::test]
async fn w2_no_job_starts_without_a_valid_certificate() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let sql = "UPDATE users SET certificate_id = NULL WHERE id = $1";
    sqlx::query(sql).bind(&user.id).execute(served.database().pool()).await.unwrap();
    browser.goto("/jobs/new").await;
    assert!(browser.page().await.contains("No job starts without your encryption certificate."));
    browser.fill("Title", "Orders").await;
    browser.fill("Others who can open it", CERTIFICATE).await;
    browser.press("Create job").await;
    assert!(browser.text("#problem").await.contains("Upload your encryption certificate"));
}

#[tokio::test]
async fn what_was_changed_since_the_last_completed_job_is_exported() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let (browser, user) = served.browser().await;
    // What is there is older than the job.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for name in ["README.txt", "orders/2026-11.csv", "scans/invoice 1.bin", "Grüße.txt"] {
        let file = std::fs::File::options().write(true).open(served.tree.join(name)).unwrap();
        file.set_modified(old).unwrap();
    }
    let all = served.completed(&user, "All").await;
    let all = jobs::get(served.database(), &Scope::All, &all).await.unwrap();
    std::fs::write(served.tree.join("new.txt"), "new").unwrap();
    browser.goto("/jobs/new").await;
    browser.fill("Title", "What is new").await;
    browser.click("input[value=changed]").await;
    browser.press("Create job").await;
    browser.press("What is new").await;
    browser.until("the end", async || browser.page().await.contains("Duration")).await;
    let page = browser.page().await;
    assert!(page.contains("what was modified since"), "{page}");
    let id = browser.path().await.replace("/jobs/", "");
    let job = jobs::get(served.database(), &Scope::All, &id).await.unwrap();
    assert_eq!(job.status, JobStatus::Completed, "{:?}", job.failure);
    // Folders are there in any case.
    assert_eq!((all.entries, job.entries), (Some(6), Some(3)));
}

#[tokio::test]
async fn a_failure_is_told_as_the_library_tells_it() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let (browser, _) = served.browser().await;
    browser.goto("/jobs/new").await;
    browser.fill("Title", "Cannot be").await;
    browser.field("Data source").await.select_by_label("Nothing there").await.unwrap();
    browser.press("Create job").await;
    browser.until_page_says("Failed").await;
    browser.press("Cannot be").await;
    assert!(browser.text(".cause").await.contains("No such file or directory"));
}

/// A certificate that OpenSSL makes for somebody else.
fn other_certificate() -> String {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Somebody else"])
        .args(["-days", "3650", "-keyout"])
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    String::from_utf8(made.stdout).unwrap()
}
