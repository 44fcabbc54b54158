//! Without JavaScript all works but the moving bar.

use crate::browser::{self, Setup};
use crate::service::Served;

#[tokio::test]
async fn a_job_is_made_sorted_filtered_downloaded_and_deleted_without_a_script() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let setup = Setup { has_script: false, ..Setup::default() };
    let (browser, _) = served.browser_with(setup).await;
    browser.press("New job").await;
    browser.fill("Title", "Plain").await;
    browser.press("Create job").await;
    assert!(browser.all("input.all:not([hidden])").await.is_empty(), "no script runs");
    browser
        .until("completed", async || {
            browser.goto("/history?sort=title&title=plain").await;
            !browser.all(".status.completed").await.is_empty()
        })
        .await;
    browser.click("tbody input[type=radio]").await;
    browser.press("View details").await;
    assert!(browser.page().await.contains("Duration"));
    browser.press("Locate files").await;
    let names = browser.texts("tbody td.file").await;
    assert!(names.len() > 3);
    for number in 1..=2 {
        let box_of = format!("tbody tr:nth-child({number}) input");
        browser.click(&box_of).await;
    }
    browser.press("Download").await;
    let files = browser.texts("a.one").await;
    assert_eq!(files.len(), 2);
    browser.click("a.one").await;
    browser.downloaded(&files[0]).await;
    browser.goto("/artifacts").await;
    browser.click("tbody input").await;
    browser.press("Delete").await;
    browser.press("Delete").await;
    assert_eq!(browser.all("tbody tr").await.len(), names.len() - 1);
    browser.goto("/history").await;
    browser.click("tbody input[type=radio]").await;
    browser.press("Clone").await;
    browser.press("Create job").await;
    assert!(browser.page().await.contains("The job was created."));
}
