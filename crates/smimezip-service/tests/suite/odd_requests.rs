//! Requests that no page makes, to the pages: each is refused or answered, and none is an error of
//! the service.

use axum::body::Body;
use axum::http::{Method, Request};
use smimezip_service::users::sessions;

use crate::api::{Answer, Api};

/// One to the pages, by a browser in which `ann` is logged in.
async fn ask(api: &Api, method: Method, path: &str, header: (&str, &str)) -> Answer {
    let service = &api.service;
    let session = sessions::begin(service.database(), service.now(), "ann").await.unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("cookie", format!("smimezip_session={session}"))
        .header(header.0, header.1);
    api.request(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn addresses_that_no_page_has_are_no_errors_of_the_service() {
    let api = Api::start(0).await;
    let long = format!("/history?title={}", "a".repeat(50_001));
    for (path, status) in [
        ("/history", 200),
        ("/history?page=18446744073709551615", 200),
        ("/artifacts?page=18446744073709551615&per_page=0", 200),
        ("/history?title=%00", 422),
        ("/jobs/%00", 422),
        (&long, 422),
    ] {
        let answer = ask(&api, Method::GET, path, ("accept", "text/html")).await;
        assert_eq!(answer.status, status, "{}", &path[..path.len().min(80)]);
    }
}

#[tokio::test]
async fn what_another_site_sends_is_refused_and_says_so() {
    let api = Api::start(0).await;
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://example.com")] {
        let answer = ask(&api, Method::POST, "/jobs", header).await;
        assert_eq!(answer.status, 403, "{header:?}");
        let page = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(page.contains("nother site sent this"), "{page}");
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_named_as_the_page_names_it() {
    let api = Api::start(0).await;
    for (path, told) in [
        ("/artifacts?days_left=x", "Days remaining: &quot;x&quot; is not a number of days."),
        ("/history?started=x", "Started (UTC): &quot;x&quot; is not a day, as 2026-11-30 is."),
        // No column of the page shows it.
        ("/history?entries=x", "Entries: &quot;x&quot; is not a number."),
    ] {
        let answer = ask(&api, Method::GET, path, ("accept", "text/html")).await;
        assert_eq!(answer.status, 422, "{path}");
        let page = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(page.contains(told), "{page}");
    }
    let told = api.get(&api.ann, "/api/v1/artifacts?days_left=x").await.refused(422);
    assert!(told.to_lowercase().starts_with("days_left: "), "{told}");
}
