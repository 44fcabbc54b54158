//! Artifacts: the list, selecting, downloading, deleting, and how files go.

use crate::browser::{self, Browser};
use crate::service::Served;

async fn select(browser: &Browser, names: &[&str]) {
    for name in names {
        let selector = format!("tbody input[aria-label$='{name}.smime']");
        browser.click(&selector).await;
    }
}

#[tokio::test]
async fn the_list_shows_type_set_part_size_and_days_and_sorts_and_filters() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let job = served.job(&user, "Orders").await;
    served.files(&user, &job, 12).await;
    browser.goto("/artifacts").await;
    let heads = browser.texts("thead .names th").await;
    let wanted =
        ["Data type", "Set", "File name", "Part", "Size", "Created", "Days remaining", "User"];
    for (head, wanted) in heads[1..].iter().zip(wanted) {
        assert!(head.starts_with(wanted), "{heads:?}");
    }
    browser.goto("/artifacts?sort=part").await;
    let row = browser.text("tbody tr:nth-child(2)").await;
    for text in ["Customer files", "Orders", ".z02.smime", "2 of 12", "1.9 KiB", "30", "ada"] {
        assert!(row.contains(text), "{text}: {row}");
    }
    browser.press("Size").await;
    assert_eq!(browser.path().await, "/artifacts?sort=size");
    for (label, text, rows) in [
        ("Filter Data type", "customer", 12),
        ("Filter Set", "none", 0),
        ("Filter File name", "z03", 1),
        ("Filter Part", "> 10", 2),
        ("Filter Size", "<= 2k", 2),
        ("Filter Created (UTC)", "< 2020-01-01", 0),
        ("Filter Days remaining", "30", 12),
        ("Filter User", "ada", 12),
    ] {
        browser.goto("/artifacts?sort=-part").await;
        browser.fill(label, text).await;
        browser.press("Filter").await;
        assert!(browser.path().await.contains("sort=-part"), "the order stays");
        assert_eq!(browser.all("tbody tr:not(.empty)").await.len(), rows, "{label}");
    }
    browser.goto("/artifacts?part=nonsense").await;
    assert!(browser.page().await.contains("is not a number"), "{}", browser.page().await);
}

#[tokio::test]
async fn a_hundred_can_be_selected_and_the_next_says_so() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let job = served.job(&user, "Many").await;
    served.files(&user, &job, 101).await;
    browser.goto("/artifacts?per_page=500").await;
    browser.click("tbody tr:first-child input").await;
    assert_eq!(browser.text(".selected").await, "1 of at most 100 selected.");
    browser.click("input.all").await;
    assert_eq!(browser.text(".selected").await, "The first 100 are selected, which is the most.");
    let last = browser.css("tbody tr:last-child input").await;
    last.click().await.unwrap();
    assert_eq!(browser.text(".selected").await, "At most 100 files can be selected at once.");
    assert!(!last.is_selected().await.unwrap());
    // Without the script the server says so.
    browser
        .script("document.querySelectorAll('input[name=id]').forEach(box => box.checked = true)")
        .await;
    browser.press("Download").await;
    assert!(browser.page().await.contains("At most 100 files can be selected; these are 101."));
}

#[tokio::test]
async fn files_are_downloaded_each_with_its_name_and_as_lists() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let (browser, user) = served.browser().await;
    served.completed(&user, "Orders").await;
    browser.goto("/artifacts?sort=part").await;
    let names = browser.texts("tbody td.file").await;
    assert!(names.len() >= 3, "{names:?}");
    // The icon of one file.
    browser.click("tbody tr:first-child a.icon").await;
    let first = browser.downloaded(&names[0]).await;
    assert!(first.starts_with(b"MIME-Version: 1.0"), "a sealed part");
    // One that is selected, without a page between.
    browser.click("tbody tr:nth-child(2) input").await;
    browser.push("Download").await;
    browser.downloaded(&names[1]).await;
    // Several.
    browser.goto("/artifacts?sort=part").await;
    browser.click("tbody tr:nth-child(1) input").await;
    browser.click("tbody tr:nth-child(3) input").await;
    assert_eq!(browser.text(".selected").await, "2 of at most 100 selected.");
    browser.press("Download").await;
    assert_eq!(browser.texts("a.one").await, [names[0].as_str(), names[2].as_str()]);
    browser.push("Download each").await;
    browser.downloaded(&names[2]).await;
    for (list, words) in [
        ("downloads.curl", ["url = \"http://", "output = \"export-"]),
        ("downloads.aria2", ["  out=export-", "  checksum=sha-256="]),
        ("SHA256SUMS", ["  export-", ".smime\n"]),
    ] {
        browser.push(list).await;
        let text = String::from_utf8(browser.downloaded(list).await).unwrap();
        assert!(words.iter().all(|word| text.contains(word)), "{list}: {text}");
    }
    let sums = browser.downloaded("SHA256SUMS").await;
    assert_eq!(String::from_utf8(sums).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn deleting_a_part_says_what_its_set_loses() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let job = served.job(&user, "Orders").await;
    served.files(&user, &job, 4).await;
    browser.goto("/artifacts").await;
    browser.press("Delete").await;
    assert!(browser.page().await.contains("Select at least one file first."));
    select(&browser, &["z01", "z03"]).await;
    browser.press("Delete").await;
    let page = browser.page().await;
    assert!(page.contains("Delete 2 files?"), "{page}");
    assert!(page.contains("“Orders” loses parts 1, 3 of 4; 2 parts are left."), "{page}");
    browser.press("Keep them").await;
    assert_eq!(browser.all("tbody tr").await.len(), 4);
    select(&browser, &["z01", "z03"]).await;
    browser.press("Delete").await;
    browser.press("Delete").await;
    assert!(browser.page().await.contains("The files were deleted."));
    assert_eq!(browser.all("tbody tr").await.len(), 2);
    browser.goto(&format!("/jobs/{job}")).await;
    assert!(browser.page().await.contains("2 files of this job are gone: they were deleted."));
}

#[tokio::test]
async fn files_go_after_thirty_days_and_are_warned_of_five_days_before() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let job = served.job(&user, "Orders").await;
    served.files(&user, &job, 2).await;
    browser.goto("/artifacts").await;
    assert!(!browser.page().await.contains("will be removed"));
    served.wait_days(24);
    // Sessions end in so long.
    log_in(&browser).await;
    browser.goto("/artifacts").await;
    assert!(!browser.page().await.contains("will be removed"), "6 days are left");
    served.wait_days(1);
    log_in(&browser).await;
    for path in ["/history", "/artifacts"] {
        browser.goto(path).await;
        assert!(browser.page().await.contains("2 files will be removed within 5 days."), "{path}");
    }
    browser.press("Show them").await;
    let days = browser.texts("td.soon").await;
    assert!(days.len() == 2 && days.iter().all(|days| days.starts_with('5')), "{days:?}");
    served.wait_days(5);
    log_in(&browser).await;
    browser.goto("/artifacts").await;
    assert!(browser.page().await.contains("There are no files."));
    browser.goto(&format!("/jobs/{job}")).await;
    let page = browser.page().await;
    assert!(page.contains("The files of this job are gone: their retention ended."), "{page}");
    assert!(page.contains("retention ended"), "{page}");
}

async fn log_in(browser: &Browser) {
    browser.goto("/history").await;
    browser.fill("Name", "ada").await;
    browser.fill("Password", crate::service::PASSWORD).await;
    browser.press("Log in").await;
}
