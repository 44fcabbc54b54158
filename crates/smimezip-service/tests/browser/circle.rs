//! The full circle: a job made in the browser, its parts downloaded there and opened by the
//! commands that the page shows, by smimezip and by OpenSSL with 7-Zip.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser;
use crate::service::{Served, sample};

#[tokio::test]
async fn a_job_is_made_downloaded_and_opened_by_the_commands_of_its_page() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let (browser, _) = served.browser().await;
    browser.press("New job").await;
    browser.fill("Title", "The circle").await;
    browser.press("Create job").await;
    browser.until("completed", async || !browser.all(".status.completed").await.is_empty()).await;
    browser.click("tbody input[type=radio]").await;
    browser.press("Locate files").await;
    browser.click("input.all").await;
    browser.press("Download").await;
    let names = browser.texts("a.one").await;
    assert!(names.len() > 3, "{names:?}");
    browser.push("Download each").await;
    for name in &names {
        browser.downloaded(name).await;
    }
    browser.goto("/history").await;
    browser.press("The circle").await;
    browser.push("Download whole set").await;
    let set = names[0].split('.').next().unwrap();
    browser.downloaded(&format!("{set}-set.zip")).await;
    browser.press("How to open it").await;
    let commands = browser.texts("pre").await;

    let downloads = browser.downloads();
    std::fs::copy(sample().join("key.pem"), downloads.join("key.pem")).unwrap();
    shell(&downloads, &commands[2]);
    shell(&downloads, &format!("7z x -owhole {set}-set.zip"));
    for name in &names {
        shell(&downloads, &format!("cmp {name} whole/{name}"));
    }
    let expected = tree(&served.tree);
    assert_eq!(expected.len(), 4);
    if let Some(program) = smimezip() {
        shell(&downloads, &commands[0].replacen("smimezip", program.to_str().unwrap(), 1));
        assert_eq!(tree(&downloads.join("out")), expected, "opened by smimezip");
        std::fs::remove_dir_all(downloads.join("out")).unwrap();
    } else {
        println!("SKIPPED: the program smimezip cannot be built");
    }
    shell(&downloads, &commands[1]);
    assert_eq!(tree(&downloads.join("out")), expected, "opened by OpenSSL and 7-Zip");
}

fn shell(folder: &Path, commands: &str) {
    let done =
        Command::new("sh").args(["-e", "-c", commands]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{commands}\n{done:?}");
}

/// The program of this workspace: one that is named, or built now.
fn smimezip() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("SMIMEZIP_PROGRAM") {
        return Some(path.into());
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "-q", "-p", "smimezip-cli", "--bin", "smimezip"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    // Beside the tests' own programs.
    let tests = std::env::current_exe().ok()?;
    let path = tests.parent()?.parent()?.join("smimezip");
    (built.is_ok_and(|it| it.success()) && path.exists()).then_some(path)
}

fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
