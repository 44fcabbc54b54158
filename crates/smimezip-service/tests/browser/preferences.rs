//! Preferences: the certificate, the password, tokens.

use crate::browser::{self, Browser, Setup};
use crate::service::{PASSWORD, Served, sample};
use smimezip_service::users::Role;

async fn upload(browser: &Browser, path: &std::path::Path) {
    browser.goto("/preferences").await;
    let field = browser.field("Certificate file").await;
    field.send_keys(path.to_str().unwrap()).await.unwrap();
    browser.press("Upload certificate").await;
}

#[tokio::test]
async fn a_certificate_is_shown_with_what_check_cert_says() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, _) = served.browser().await;
    upload(&browser, &sample().join("certificate.pem")).await;
    let page = browser.page().await;
    for text in [
        "The certificate was stored.",
        "CN=Export key 1,O=Sample customer",
        "serial",
        "Valid from",
        "2026-11-22",
        "Valid until",
        "2126-10-29",
        "RSA, 2048 bits",
        "RSAES-PKCS1-v1_5",
        "Exports can be sealed for it",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn w2_a_private_key_is_refused_with_a_warning_and_stored_nowhere() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, _) = served.browser().await;
    let folder = tempfile::tempdir().unwrap();
    let both = folder.path().join("both.pem");
    let read = |name: &str| std::fs::read_to_string(sample().join(name)).unwrap();
    std::fs::write(&both, read("certificate.pem") + &read("key.pem")).unwrap();
    for file in [sample().join("key.pem"), both] {
        upload(&browser, &file).await;
        let problem = browser.text("#problem").await;
        assert!(problem.contains("This file has a private key. It was not stored"), "{problem}");
    }
    let rows = sqlx::query("SELECT pem FROM certificates").fetch_all(served.database().pool());
    for row in rows.await.unwrap() {
        let pem: String = sqlx::Row::get(&row, "pem");
        assert!(!pem.contains("PRIVATE"));
    }
    let nothing = folder.path().join("nothing.pem");
    std::fs::write(&nothing, "hello").unwrap();
    upload(&browser, &nothing).await;
    let problem = browser.text("#problem").await;
    assert!(problem.to_lowercase().contains("certificate"), "{problem}");
}

#[tokio::test]
async fn a_password_is_changed_and_other_browsers_are_logged_out() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    served.user("bob", Role::User).await;
    let (browser, user) = served.browser().await;
    let other = smimezip_service::users::sessions::begin(served.database(), served.now(), &user.id);
    let other = other.await.unwrap();
    browser.goto("/preferences").await;
    for (old, new, again, said) in [
        ("wrong wrong wrong", "another password", "another password", "The old password is wrong."),
        (PASSWORD, "another password", "something else", "The two passwords differ."),
        (PASSWORD, "another password", "another password", "The password was changed"),
    ] {
        browser.fill("Old password", old).await;
        browser.fill("New password", new).await;
        browser.fill("The same again", again).await;
        browser.press("Change password").await;
        assert!(browser.page().await.contains(said), "{said}");
    }
    let found = smimezip_service::users::sessions::find(served.database(), served.now(), &other);
    assert!(found.await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_is_shown_once_and_deleted() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, user) = served.browser_with(Setup::default()).await;
    browser.goto("/preferences").await;
    browser.fill("Name of a new token", "Nightly download").await;
    browser.press("Make token").await;
    let token = browser.text("#new-token").await;
    let found =
        smimezip_service::users::tokens::find(served.database(), served.now(), &token).await;
    assert_eq!(found.unwrap().id, user.id);
    browser.goto("/preferences").await;
    assert!(!browser.page().await.contains(&token));
    browser.press("Delete token Nightly download").await;
    let found =
        smimezip_service::users::tokens::find(served.database(), served.now(), &token).await;
    assert!(found.is_err());
}
