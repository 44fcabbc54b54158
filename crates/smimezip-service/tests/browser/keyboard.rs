//! Everything by keyboard alone: no test here clicks.

use smimezip_service::users::Role;

use crate::browser::{self, Browser, Setup};
use crate::service::{PASSWORD, Served};

// As the WebDriver protocol has them.
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// Goes on with the Tab key until what has the focus is called `label`.
async fn tab_to(browser: &Browser, label: &str) {
    for _ in 0..80 {
        browser.keys(&TAB.to_string()).await;
        let name = browser
            .script(
                "const it = document.activeElement; return it.getAttribute('aria-label') ?? \
                 (it.labels?.[0] ?? it).textContent.trim()",
            )
            .await;
        let seen = browser
            .script("return getComputedStyle(document.activeElement).outlineStyle !== 'none'")
            .await;
        if name.as_str() == Some(label) {
            assert_eq!(seen, true, "the focus on {label} is seen");
            return;
        }
    }
    panic!("the Tab key does not reach {label}: {}", browser.page().await);
}

/// Presses Enter where that leads to another page.
async fn enter(browser: &Browser) {
    let old = browser.css("html").await;
    browser.keys(&ENTER.to_string()).await;
    browser.until("another page", async || old.is_enabled().await.is_err()).await;
    browser.css("main").await;
}

#[tokio::test]
async fn a_job_is_made_looked_at_and_deleted_with_the_keyboard() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    served.user("ada", Role::User).await;
    let browser = Browser::start(&served.base, Setup::default()).await;
    browser.goto("/login").await;
    browser.keys("ada").await;
    browser.keys(&TAB.to_string()).await;
    browser.keys(PASSWORD).await;
    enter(&browser).await;
    tab_to(&browser, "Skip to the content").await;
    browser.keys(&ENTER.to_string()).await;
    assert_eq!(browser.script("return document.activeElement.id").await, "content");
    tab_to(&browser, "New job").await;
    enter(&browser).await;
    tab_to(&browser, "Title").await;
    browser.keys("By keyboard").await;
    tab_to(&browser, "Create job").await;
    enter(&browser).await;
    browser.until("completed", async || !browser.all(".status.completed").await.is_empty()).await;
    // Sorting and filtering.
    tab_to(&browser, "Status").await;
    enter(&browser).await;
    assert_eq!(browser.path().await, "/history?sort=status");
    tab_to(&browser, "Filter Title").await;
    browser.keys("keyboard").await;
    enter(&browser).await;
    assert!(browser.path().await.contains("title=keyboard"));
    // Selecting: the space bar.
    browser.goto("/history").await;
    tab_to(&browser, "Select By keyboard").await;
    browser.keys(" ").await;
    // The buttons are before the table: Shift and Tab would go back; so does a new round.
    tab_to(&browser, "Locate files").await;
    enter(&browser).await;
    assert!(browser.path().await.starts_with("/artifacts?job="));
    let first = browser.attribute("tbody input", "aria-label").await;
    tab_to(&browser, &first).await;
    browser.keys(" ").await;
    tab_to(&browser, "Delete").await;
    enter(&browser).await;
    tab_to(&browser, "Delete").await;
    enter(&browser).await;
    assert!(browser.page().await.contains("The files were deleted."));
}
