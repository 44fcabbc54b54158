//! What axe-core finds on each page. It is fetched from npm into the target folder, and is not part
//! of this repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::browser::{self, Setup};
use crate::service::Served;

const AXE: &str = "axe-core@4.10.3";

#[tokio::test]
async fn axe_finds_nothing_serious_in_light_and_in_dark_wide_and_narrow() {
    if !browser::is_there() {
        return;
    }
    let Some(axe) = axe() else {
        println!("SKIPPED: axe-core cannot be fetched by npm");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    let served = Served::with_workers(0).await;
    for (number, (is_dark, width)) in [(false, 1440), (true, 375)].into_iter().enumerate() {
        let setup = Setup { width, is_dark, ..Setup::default() };
        let (browser, user) = if number == 0 {
            served.browser_with(setup).await
        } else {
            let users = smimezip_service::users::store::list(served.database()).await.unwrap();
            let browser = browser::Browser::start(&served.base, setup).await;
            browser.goto("/login").await;
            check(&browser, &axe, "/login").await;
            browser.fill("Name", "ada").await;
            browser.fill("Password", crate::service::PASSWORD).await;
            browser.press("Log in").await;
            (browser, users.into_iter().next().unwrap())
        };
        let dark =
            browser.script("return matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(dark, is_dark);
        let running = served.job(&user, "Running").await;
        let busy = "status = 'in_progress', started_at = created_at, done_bytes = 1, total_bytes = 4, \
             lease_owner = 'another', lease_until = 99999999999999, attempt = 1";
        served.set(&running, busy).await;
        let job = served.job(&user, "Done").await;
        served
            .set(&job, "status = 'completed', started_at = created_at, ended_at = created_at")
            .await;
        served.files(&user, &job, 3).await;
        let file = format!("SELECT id FROM artifacts WHERE job_id = '{job}'");
        let file = sqlx::query(&file).fetch_one(served.database().pool()).await.unwrap();
        let file: String = sqlx::Row::get(&file, "id");
        for path in [
            "/history".to_owned(),
            "/artifacts".into(),
            format!("/artifacts/links?id={file}"),
            "/jobs/new".into(),
            format!("/jobs/{job}"),
            format!("/jobs/{running}"),
            format!("/jobs/{job}/open"),
            format!("/jobs/{job}/delete"),
            "/preferences".into(),
            "/users".into(),
            "/nothing".into(),
        ] {
            browser.goto(&path).await;
            check(&browser, &axe, &path).await;
        }
    }
}

async fn check(browser: &browser::Browser, axe: &str, path: &str) {
    browser.script(axe).await;
    let run = "const done = arguments[0]; axe.run().then(found => done(found.violations), error => done(`${error}`))";
    let found = browser.client.execute_async(run, Vec::new()).await.unwrap();
    let found = found.as_array().unwrap_or_else(|| panic!("{path}: {found}"));
    let is_serious = |it: &&Value| matches!(it["impact"].as_str(), Some("serious" | "critical"));
    let said = |it: &Value| format!("{}: {}\n{}", it["id"], it["help"], it["nodes"]);
    for finding in found.iter().filter(|it| !is_serious(it)) {
        println!("{path}: {}: {}", finding["id"], finding["help"]);
    }
    let serious: Vec<String> = found.iter().filter(is_serious).map(said).collect();
    assert!(serious.is_empty(), "{path}: {}", serious.join("\n"));
}

/// The file of axe-core, fetched once.
fn axe() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder).ok()?;
        let fetched = Command::new("npm")
            .args(["install", "--silent", "--no-save", "--ignore-scripts", "--prefix"])
            .arg(&folder)
            .arg(AXE)
            .status();
        fetched.ok().filter(std::process::ExitStatus::success)?;
    }
    file.exists().then_some(file)
}
