//! Pictures of the pages, for people to look at: in light and dark, for a telephone and for a desk.

use std::path::Path;

use crate::browser::{self, Setup};
use crate::service::{PASSWORD, Served};

/// What is wider than the window, but for what scrolls by itself and what is not seen.
const WIDE: &str = "const width = document.documentElement.clientWidth; \
     if (document.documentElement.scrollWidth <= width) return []; \
     return [...document.querySelectorAll('body *')] \
     .filter(it => it.getBoundingClientRect().right > width).map(it => it.outerHTML.slice(0, 200))";

#[tokio::test]
#[ignore = "makes pictures to be looked at; run by hand (CONTRIBUTING.md)"]
async fn pictures_of_the_pages() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::fs::create_dir_all(&folder).unwrap();
    let mut first = true;
    for (is_dark, width, height) in
        [(false, 1440, 900), (true, 1440, 900), (false, 375, 1400), (true, 375, 1400)]
    {
        let setup = Setup { width, height, is_dark, ..Setup::default() };
        let browser = if std::mem::take(&mut first) {
            let (browser, user) = served.browser_with(setup).await;
            rows(&served, &user).await;
            browser
        } else {
            let browser = browser::Browser::start(&served.base, setup).await;
            browser.goto("/login").await;
            browser.fill("Name", "ada").await;
            browser.fill("Password", PASSWORD).await;
            browser.press("Log in").await;
            browser
        };
        let sql = "SELECT id FROM jobs WHERE title = 'Orders of the third quarter'";
        let row = sqlx::query(sql).fetch_one(served.database().pool()).await.unwrap();
        let job: String = sqlx::Row::get(&row, "id");
        for (name, path) in [
            ("history", "/history".to_owned()),
            ("artifacts", "/artifacts?sort=days_left".into()),
            ("new-job", "/jobs/new".into()),
            ("job", format!("/jobs/{job}")),
            ("open", format!("/jobs/{job}/open")),
            ("preferences", "/preferences".into()),
            ("users", "/users".into()),
        ] {
            browser.goto(&path).await;
            if width < 500 && name == "artifacts" {
                browser.click("#tools").await;
            }
            let scheme = if is_dark { "dark" } else { "light" };
            let wide = browser.script(WIDE).await;
            assert_eq!(wide, serde_json::json!([]), "{name} at {width}");
            let picture = browser.client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}-{scheme}-{width}.png")), picture).unwrap();
        }
    }
    println!("{}", folder.display());
}

async fn rows(served: &Served, user: &smimezip_service::users::User) {
    let ended = "started_at = created_at - 7200000, ended_at = created_at - 7000000, entries = 48213, attempt = 1";
    for (title, assignments) in [
        ("Quarterly statements for the auditors", format!("status = 'cancelled', {ended}")),
        ("Scans of contracts", format!("status = 'failed', {ended}, failure = 'scans/4711.tif: Permission denied'")),
        (
            "Orders of the third quarter",
            format!("status = 'completed', {ended}, file_name = 'export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.zip.smime'"),
        ),
        (
            "Mail of the legal department, 2019 to 2026, with attachments and calendars",
            "status = 'in_progress', started_at = created_at - 300000, done_bytes = 62, total_bytes = 100, \
             lease_owner = 'another', lease_until = 99999999999999, attempt = 1"
                .into(),
        ),
        ("Customer files, weekly", "status = 'waiting', job_type = 'changed'".into()),
    ] {
        let id = served.job(user, title).await;
        served.set(&id, &assignments).await;
        if assignments.contains("completed") {
            served.files(user, &id, 7).await;
            let soon = format!("UPDATE artifacts SET expires_at = {} WHERE part < 3", served.now() + 3 * 86_400_000);
            sqlx::query(&soon).execute(served.database().pool()).await.unwrap();
        }
    }
}
