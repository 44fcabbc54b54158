//! Who is logged in, and for how long: forms, cookies and headers as browsers send them.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use futures_util::StreamExt;
use smimezip_service::certificates;
use smimezip_service::jobs::{self, NewJob};
use smimezip_service::users::{links, sessions, store};
use tokio::time::timeout;

use crate::api::{Answer, Api};
use crate::common::{CERTIFICATE, completed, execute, new_job};

const LONG: Duration = Duration::from_secs(60);

const PASSWORD: &str = "correct horse battery";

/// A request with these headers, and a form if there is one.
async fn ask(
    api: &Api,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    form: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    api.request(request.body(Body::from(form)).unwrap()).await
}

fn page(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// What stands after `before`, until the next quote or semicolon.
fn after<'a>(text: &'a str, before: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(['"', ';']).next().unwrap()
}

fn form_token(answer: &Answer) -> String {
    after(&page(answer), "name=\"form_token\" value=\"").to_owned()
}

/// Gives `ann` a password.
async fn set_password(api: &Api) {
    let (database, now) = (api.service.database(), api.service.now());
    let link = links::create(database, now, "ann").await.unwrap();
    links::redeem(database, now, &link, PASSWORD).await.unwrap();
}

/// The cookie of a browser in which `ann` is logged in.
async fn log_in(api: &Api) -> String {
    let session = sessions::begin(api.service.database(), api.service.now(), "ann").await;
    format!("smimezip_session={}", session.unwrap())
}

#[tokio::test]
async fn who_opened_the_login_page_twice_logs_in_by_either_and_then_by_the_other() {
    let api = Api::start(0).await;
    set_password(&api).await;
    let first = ask(&api, Method::GET, "/login", &[], &[]).await;
    let cookie = format!("smimezip_form={}", after(first.header("set-cookie"), "smimezip_form="));
    let second = ask(&api, Method::GET, "/login", &[("cookie", &cookie)], &[]).await;
    let mut cookies = cookie.clone();
    for tab in [&first, &second] {
        let token = form_token(tab);
        let form = [("form_token", &*token), ("name", "ann"), ("password", PASSWORD)];
        let answer = ask(&api, Method::POST, "/login", &[("cookie", &cookies)], &form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/history"));
        let session = after(answer.header("set-cookie"), "smimezip_session=");
        cookies = format!("{cookie}; smimezip_session={session}");
        let history = ask(&api, Method::GET, "/history", &[("cookie", &cookies)], &[]).await;
        assert_eq!(history.status, 200);
    }
    // What is no secret of the service is not taken over from a cookie.
    let odd = ask(&api, Method::GET, "/login", &[("cookie", "smimezip_form=a")], &[]).await;
    assert_eq!(form_token(&odd).len(), 43);
    let form = [("form_token", "a"), ("name", "ann"), ("password", PASSWORD)];
    let foreign = ask(&api, Method::POST, "/login", &[("cookie", &cookie)], &form).await;
    assert_eq!(foreign.status, 422);
}

#[tokio::test]
async fn no_form_with_a_zero_is_taken_in() {
    let api = Api::start(0).await;
    let cookie = log_in(&api).await;
    let headers = [("cookie", &*cookie)];
    let token = form_token(&ask(&api, Method::GET, "/preferences", &headers, &[]).await);
    let form = [("form_token", &*token), ("name", "a\0b")];
    let answer = ask(&api, Method::POST, "/preferences/tokens", &headers, &form).await;
    assert_eq!(answer.status, 422);
    assert!(page(&answer).contains("There is a character U+0000 in it."), "{}", page(&answer));
}

#[tokio::test]
async fn a_file_that_is_selected_twice_is_one() {
    let api = Api::start(0).await;
    completed(api.service.database(), api.service.now(), "ann", "a", 2).await;
    let cookie = log_in(&api).await;
    let headers = [("cookie", &*cookie)];
    let token = form_token(&ask(&api, Method::GET, "/artifacts", &headers, &[]).await);
    let form = |action| [("form_token", &*token), ("action", action), ("id", "a-1"), ("id", "a-1")];
    let asked = ask(&api, Method::POST, "/artifacts", &headers, &form("delete")).await;
    assert!(page(&asked).contains("Delete 1 file?"), "{}", page(&asked));
    let answer = ask(&api, Method::POST, "/artifacts", &headers, &form("download")).await;
    assert_eq!(answer.header("location"), "/artifacts/a-1/download");
}

#[tokio::test]
async fn what_a_browser_sends_to_a_proxy_in_front_does_not_count() {
    let api = Api::start(0).await;
    let job = completed(api.service.database(), api.service.now(), "ann", "a", 1).await;
    execute(api.service.database(), "UPDATE artifacts SET size = 0").await;
    let cookie = log_in(&api).await;
    let (set, file) = (format!("/jobs/{}/set.zip", job.id), "/artifacts/a-1/download");
    let status = async |path: &str, authorization: &str| {
        let headers = [("cookie", &*cookie), ("authorization", authorization)];
        ask(&api, Method::HEAD, path, &headers, &[]).await.status.as_u16()
    };
    let path = api.service.storage().path(&format!("{}/1/1", job.id)).unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "").unwrap();
    for path in [&*set, file, "/history"] {
        assert_eq!(status(path, "Basic YW5uOmE=").await, 200, "{path}");
    }
    for path in [&*set, file] {
        assert_eq!(status(path, "Bearer wrong").await, 401, "{path}");
    }
}

#[tokio::test]
async fn who_listens_hears_nothing_any_more_after_logging_out() {
    let api = Api::start(0).await;
    let (database, now) = (api.service.database(), api.service.now());
    let stream = async |user: &str| {
        let session = sessions::begin(database, now, user).await.unwrap();
        let request = Request::builder().uri("/events");
        let request = request.header("cookie", format!("smimezip_session={session}"));
        let answer = api.answer(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), 200);
        (session, answer.into_body().into_data_stream())
    };
    let ((ann, mut of_ann), (_, mut also_of_ann)) = (stream("ann").await, stream("ann").await);
    let (_, mut of_ben) = stream("ben").await;
    sessions::end(database, &ann).await.unwrap();
    assert!(timeout(LONG, of_ann.next()).await.unwrap().is_none());
    store::delete(database, "ben").await.unwrap();
    assert!(timeout(LONG, of_ben.next()).await.unwrap().is_none());
    // Others hear what happens still.
    let job = jobs::create(database, now, "ann", &new_job("New")).await.unwrap();
    api.service.changed(&job.id, "ann");
    let event = timeout(LONG, also_of_ann.next()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&event).contains(&job.id));
}

#[tokio::test]
async fn w4_who_tries_the_old_password_too_often_has_to_wait_with_the_right_one_too() {
    let api = Api::start(0).await;
    set_password(&api).await;
    let cookie = log_in(&api).await;
    let headers = [("cookie", &*cookie)];
    let path = "/preferences/password";
    let token = form_token(&ask(&api, Method::GET, "/preferences", &headers, &[]).await);
    let change = async |old: &str, new: &str, again: &str| {
        let form = [("form_token", &*token), ("old", old), ("new", new), ("again", again)];
        ask(&api, Method::POST, path, &headers, &form).await
    };
    let new = "a better password";
    // The right one forgets those before it.
    for round in 0..2 {
        for _ in 0..9 {
            let answer = change("wrong", new, new).await;
            assert_eq!(answer.status, 422);
            assert!(page(&answer).contains("The old password is wrong."));
        }
        // What cannot be is no attempt.
        assert_eq!(change("wrong", new, "another one").await.status, 422);
        if round == 0 {
            assert_eq!(change(PASSWORD, new, new).await.status, 303);
        }
    }
    assert_eq!(change("wrong", new, new).await.status, 422);
    for old in ["wrong", new] {
        assert_eq!(change(old, "one more password", "one more password").await.status, 429);
    }
}

#[tokio::test]
async fn a_clone_is_not_sealed_for_a_certificate_that_its_owner_has_replaced() {
    const NEXT: &str = include_str!("../../../smimezip/tests/data/keys/main.cert.pem");
    const OF_BEN: &str = include_str!("../../../smimezip/tests/data/keys/other.cert.pem");
    let api = Api::with_certificate(0).await;
    let (database, now) = (api.service.database(), api.service.now());
    let recipients = format!("{CERTIFICATE}{OF_BEN}");
    let new = NewJob { recipients, ..new_job("Old") };
    let job = jobs::create(database, now, "ann", &new).await.unwrap();
    certificates::upload(database, now, "ann", NEXT.as_bytes()).await.unwrap();
    let cookie = log_in(&api).await;
    let path = format!("/jobs/new?from={}", job.id);
    let form = page(&ask(&api, Method::GET, &path, &[("cookie", &cookie)], &[]).await);
    let has = |pem: &str| form.contains(pem.lines().nth(3).unwrap());
    assert!(form.contains("value=\"Old\"") && has(OF_BEN), "{form}");
    assert!(!has(CERTIFICATE) && !has(NEXT), "{form}");
}
