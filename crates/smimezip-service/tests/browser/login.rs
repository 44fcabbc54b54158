//! Logging in and out, the one-time link, users.

use smimezip_service::users::{Role, links, store};

use crate::browser::{self, Browser, Setup};
use crate::service::{PASSWORD, Served};

#[tokio::test]
async fn w4_the_first_link_sets_a_password_once_and_leads_to_the_certificate() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    let user = store::first(served.database(), served.now()).await.unwrap().unwrap();
    let secret = links::create(served.database(), served.now(), &user.id).await.unwrap();
    let browser = Browser::start(&served.base, Setup::default()).await;
    browser.goto(&format!("/link/{secret}")).await;
    browser.fill("Password", PASSWORD).await;
    browser.fill("The same again", "something else").await;
    browser.press("Set password and log in").await;
    assert!(browser.page().await.contains("The two passwords differ."));
    browser.fill("Password", PASSWORD).await;
    browser.fill("The same again", PASSWORD).await;
    browser.press("Set password and log in").await;
    assert_eq!(browser.path().await, "/preferences");
    assert!(browser.page().await.contains("No job starts without a valid one."));
    browser.press("Log out").await;
    assert_eq!(browser.path().await, "/login");
    browser.goto(&format!("/link/{secret}")).await;
    assert!(browser.page().await.contains("This link is no longer valid"));
}

#[tokio::test]
async fn w1_whoever_is_not_logged_in_is_asked_and_then_gets_where_they_wanted() {
    if !browser::is_there() {
        return;
    }
    let served = Served::start().await;
    served.user("ada", Role::User).await;
    let browser = Browser::start(&served.base, Setup::default()).await;
    browser.goto("/artifacts?sort=size").await;
    assert!(browser.path().await.starts_with("/login?next="));
    browser.fill("Name", "ada").await;
    browser.fill("Password", "a wrong password").await;
    browser.press("Log in").await;
    assert!(browser.page().await.contains("The name or the password is wrong."));
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    assert_eq!(browser.path().await, "/artifacts?sort=size");
    let cookie = browser.client.get_named_cookie("smimezip_session").await.unwrap();
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.same_site().map(|it| it.to_string()), Some("Strict".into()));
}

#[tokio::test]
async fn an_administrator_invites_users_who_see_their_own_jobs_only() {
    if !browser::is_there() {
        return;
    }
    let served = Served::with_workers(0).await;
    let (browser, admin) = served.browser().await;
    let job = served.job(&admin, "The administrator's").await;
    browser.press("Users").await;
    browser.fill("Name", "Bob").await;
    browser.press("Make one-time link").await;
    let link = browser.text("#new-link").await;
    browser.press("Log out").await;
    browser.goto(link.strip_prefix(&served.base).unwrap()).await;
    browser.fill("Password", PASSWORD).await;
    browser.fill("The same again", PASSWORD).await;
    browser.press("Set password and log in").await;
    browser.goto("/history").await;
    assert!(browser.page().await.contains("There are no jobs yet."));
    browser.goto(&format!("/jobs/{job}")).await;
    assert!(browser.page().await.contains("There is no such job."));
    browser.goto("/users").await;
    assert!(browser.page().await.contains("Only an administrator may do this."));
}
