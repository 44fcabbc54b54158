//! History: the list, sorted and filtered; the moving bar; what can be done with a job.

use smimezip_service::users::{Role, User};

use crate::browser::{self, Browser};
use crate::service::{PASSWORD, Served};

/// A row for each status.
async fn five_jobs(served: &Served, user: &User) -> Vec<String> {
    let mut ids = Vec::new();
    for (title, assignments) in [
        ("Waiting one", "status = 'waiting'"),
        (
            "Running one",
            "status = 'in_progress', started_at = created_at, done_bytes = 250, total_bytes = 1000, \
             lease_owner = 'another', lease_until = 99999999999999, attempt = 1",
        ),
        (
            "Completed one",
            "status = 'completed', started_at = created_at, ended_at = created_at + 65000, entries = 1234, \
             file_name = 'export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.zip.smime'",
        ),
        (
            "Failed one",
            "status = 'failed', job_type = 'changed', started_at = created_at, ended_at = created_at + 1, \
             failure = 'the folder /srv/none: not found'",
        ),
        (
            "Cancelled one",
            "status = 'cancelled', source = 'Archive', source_folded = 'archive', \
             ended_at = created_at",
        ),
    ] {
        let id = served.job(user, title).await;
        served.set(&id, assignments).await;
        ids.push(id);
    }
    ids
}

async fn titles(browser: &Browser) -> Vec<String> {
    browser.texts("tbody td.lead").await
}

#[tokio::test]
async fn the_list_shows_source_type_status_start_and_file_name() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    five_jobs(&served, &user).await;
    browser.goto("/history").await;
    let heads = browser.texts("thead .names th").await;
    let wanted =
        ["Title", "Data source", "Job type", "Status", "Started (UTC)", "File name", "User"];
    for (head, wanted) in heads[1..].iter().zip(wanted) {
        assert!(head.starts_with(wanted), "{heads:?}");
    }
    let rows = browser.texts("tbody tr").await;
    let row = |title: &str| rows.iter().find(|row| row.contains(title)).unwrap();
    for (title, words) in [
        ("Waiting one", ["Customer files", "Whole", "Waiting"]),
        ("Running one", ["Customer files", "Whole", "In Progress"]),
        ("Completed one", ["Completed", "-7f1f3a6c8e21.zip.smime", "ada"]),
        ("Failed one", ["Customer files", "Changed", "Failed"]),
        ("Cancelled one", ["Archive", "Whole", "Cancelled"]),
    ] {
        assert!(words.iter().all(|word| row(title).contains(word)), "{title}: {rows:?}");
    }
}

#[tokio::test]
async fn column_headers_sort_and_the_address_says_so() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    five_jobs(&served, &user).await;
    browser.goto("/history").await;
    let head = browser.client.find(fantoccini::Locator::LinkText("Title")).await.unwrap();
    browser.follow(head).await;
    assert_eq!(browser.path().await, "/history?sort=title");
    let up = titles(&browser).await;
    assert_eq!(up, ["Cancelled one", "Completed one", "Failed one", "Running one", "Waiting one"]);
    assert!(browser.text("th[aria-sort=ascending]").await.starts_with("Title"));
    let head = browser.css("th[aria-sort] a").await;
    browser.follow(head).await;
    assert_eq!(browser.path().await, "/history?sort=-title");
    let down = titles(&browser).await;
    assert!(down.iter().eq(up.iter().rev()), "{down:?}");
    // Each of the others, by what it leads to.
    for at in 2..=7 {
        let head = browser.css(&format!("thead .names th:nth-child({})", at + 1)).await;
        let link = head.find(fantoccini::Locator::Css("a")).await.unwrap();
        browser.follow(link).await;
        assert!(browser.path().await.contains("sort="));
        assert_eq!(browser.all("tbody tr").await.len(), 5);
        let sorted = format!("thead .names th:nth-child({})[aria-sort=ascending]", at + 1);
        browser.css(&sorted).await;
    }
}

#[tokio::test]
async fn each_column_filters_and_the_address_says_so() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    five_jobs(&served, &user).await;
    for (label, text, query, expected) in [
        ("Filter Title", "running", "title=running", &["Running one"][..]),
        ("Filter Data source", "arch", "source=arch", &["Cancelled one"]),
        ("Filter Job type", "Changed", "job_type=changed", &["Failed one"]),
        ("Filter Status", "Completed", "status=completed", &["Completed one"]),
        ("Filter Started (UTC)", ">= 2099-01-01", "started=%3E%3D+2099-01-01", &[]),
        ("Filter File name", "7f1f3a", "file_name=7f1f3a", &["Completed one"]),
        ("Filter User", "nobody", "user=nobody", &[]),
    ] {
        browser.goto("/history").await;
        let field = browser.field(label).await;
        if field.tag_name().await.unwrap() == "select" {
            field.select_by_label(text).await.unwrap();
        } else {
            field.send_keys(text).await.unwrap();
        }
        browser.press("Filter").await;
        let path = browser.path().await;
        assert!(path.contains(query), "{path}");
        assert_eq!(titles(&browser).await, expected, "{label}");
        browser.press("Clear filters").await;
        assert_eq!(titles(&browser).await.len(), 5);
    }
    // Both at once, from the address alone.
    browser.goto("/history?source=customer&sort=title").await;
    let found = titles(&browser).await;
    assert_eq!(found, ["Completed one", "Failed one", "Running one", "Waiting one"]);
}

#[tokio::test]
async fn the_bar_moves_by_itself_and_says_how_long_it_takes() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let id = five_jobs(&served, &user).await.remove(1);
    served.set(&id, "started_at = started_at - 60000").await;
    browser.goto("/history").await;
    let bar = format!("tr[data-job='{id}'] progress");
    assert_eq!(browser.attribute(&bar, "value").await, "25");
    let hovered = browser.attribute(".progress", "title").await;
    assert_eq!(hovered, "about 3 minutes remaining");
    let spoken = browser.attribute(&bar, "aria-valuetext").await;
    assert_eq!(spoken, "25 %, about 3 minutes remaining");
    // Another page would not have this mark.
    browser.script("window.mark = 1").await;
    served.set(&id, "done_bytes = 750").await;
    browser
        .until("a bar at 75 %", async || {
            browser.script("return document.querySelector('progress').value").await == 75
        })
        .await;
    let hovered = browser.attribute(".progress", "title").await;
    assert!(hovered.ends_with("seconds remaining"), "{hovered}");
    // What is selected stays so while the row is made again.
    browser.click(&format!("#job-{id}")).await;
    served.set(&id, "status = 'completed', ended_at = 1, file_name = 'export-1.zip.smime'").await;
    browser.until_page_says("export-1.zip.smime").await;
    let job = format!("#job-{id}");
    let is_selected = async || browser.css(&job).await.is_selected().await;
    assert!(browser.again("selected", is_selected).await);
    assert_eq!(browser.script("return window.mark").await, 1);
}

async fn select(browser: &Browser, title: &str) {
    browser.goto("/history").await;
    browser.click(&format!("input[aria-label='Select {title}']")).await;
}

#[tokio::test]
async fn a_job_is_selected_and_seen_cloned_located_cancelled_and_deleted() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    let ids = five_jobs(&served, &user).await;
    served.files(&user, &ids[2], 3).await;
    browser.goto("/history").await;
    browser.press("Delete").await;
    assert!(browser.page().await.contains("Select a job first."));

    select(&browser, "Failed one").await;
    browser.press("View details").await;
    let page = browser.page().await;
    for text in ["The folder /srv/none: not found.", "Customer files", "1 MiB", "CN=Export key 1"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    select(&browser, "Completed one").await;
    browser.press("View details").await;
    let page = browser.page().await;
    let digest = smimezip_service::id::digest("2");
    for text in ["1,234", "1 min 5 s", "3 parts", ".z02.smime", &digest, "RSA, 2048 bits"] {
        assert!(page.contains(text), "{text}: {page}");
    }

    select(&browser, "Completed one").await;
    browser.press("Clone").await;
    let title = browser.field("Title").await;
    assert_eq!(title.prop("value").await.unwrap().unwrap(), "Completed one");
    browser.fill("Title", "The copy").await;
    browser.press("Create job").await;
    assert!(browser.page().await.contains("The job was created."));
    assert!(titles(&browser).await.contains(&"The copy".to_owned()));

    select(&browser, "Completed one").await;
    browser.press("Locate files").await;
    assert_eq!(browser.path().await, format!("/artifacts?job={}", ids[2]));
    assert_eq!(browser.all("tbody tr").await.len(), 3);

    select(&browser, "Running one").await;
    browser.press("Cancel").await;
    assert!(browser.page().await.contains("In Progress, being cancelled"));
    select(&browser, "Waiting one").await;
    browser.press("Cancel").await;
    assert!(browser.text(&format!("tr[data-job='{}']", ids[0])).await.contains("Cancelled"));

    select(&browser, "Completed one").await;
    browser.press("Delete").await;
    assert!(browser.page().await.contains("Its 3 files will be deleted, too"));
    browser.press("Delete").await;
    assert!(browser.page().await.contains("The job and its files were deleted."));
    assert!(!titles(&browser).await.contains(&"Completed one".to_owned()));
}

#[tokio::test]
async fn j6_others_jobs_look_as_if_they_were_not_there() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, admin) = served.browser().await;
    let id = served.job(&admin, "The administrator's").await;
    served.user("bob", Role::User).await;
    browser.press("Log out").await;
    browser.fill("Name", "bob").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    for path in ["", "/open", "/delete"] {
        browser.goto(&format!("/jobs/{id}{path}")).await;
        assert!(browser.page().await.contains("There is no such job."), "{path}");
    }
    browser.goto(&format!("/artifacts?job={id}")).await;
    assert!(browser.page().await.contains("There is no such job."));
    browser.goto(&format!("/jobs/new?from={id}")).await;
    assert!(browser.page().await.contains("There is no such job."));
}

/// A browser has six connections to a server; a page that was left must give its own back.
#[tokio::test]
async fn a_page_that_was_left_keeps_no_connection() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser().await;
    five_jobs(&served, &user).await;
    for number in 1..=14 {
        let path = format!("/history?visit={number}");
        let visit = browser.goto(&path);
        let patience = std::time::Duration::from_secs(30);
        tokio::time::timeout(patience, visit).await.unwrap_or_else(|_| panic!("{path} hangs"));
    }
}
