//! What the REST interface refuses: whoever has no token, what belongs to somebody else, what
//! cannot be read. And that its description is true.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use smimezip_service::users::sessions;

use crate::api::Api;
use crate::common::completed;

const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Each address of the document with its methods.
async fn documented(api: &Api) -> Vec<(String, Vec<String>)> {
    let document =
        api.request(Request::get("/api/openapi.json").body(Body::empty()).unwrap()).await;
    let document = document.done(200);
    let paths = document["paths"].as_object().unwrap();
    let methods = |it: &Value| it.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
    paths.iter().map(|(path, it)| (path.replace("{id}", "x"), methods(it))).collect()
}

#[tokio::test]
async fn w5_nothing_is_done_without_a_token_and_cookies_are_none() {
    let api = Api::start(0).await;
    let cookie = sessions::begin(api.service.database(), api.service.now(), "ann").await.unwrap();
    let wrong = ["", "Bearer", "Bearer ", "Bearer smimezip_no", "Basic YTpi", "smimezip_no"];
    let paths = documented(&api).await;
    assert_eq!(paths.len(), 17);
    for (path, methods) in paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for method in METHODS {
            for authorization in wrong {
                let request = Request::builder()
                    .method(&method)
                    .uri(&path)
                    .header("cookie", format!("smimezip_session={cookie}"))
                    .header("authorization", authorization);
                let answer = api.request(request.body(Body::empty()).unwrap()).await;
                if methods.contains(&method.to_string()) {
                    // After the tenth time the same wrong token has to wait.
                    if answer.status == 429 {
                        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
                        answer.refused(429);
                        continue;
                    }
                    assert_eq!(answer.header("www-authenticate"), "Bearer");
                    answer.refused(401);
                } else {
                    answer.refused(405);
                }
            }
        }
    }
    // Whoever has a token that is right does not wait for those who have not.
    api.get("smimezip_no", "/api/v1/me").await.refused(429);
    api.get(&api.ann, "/api/v1/me").await.done(200);
}

#[tokio::test]
async fn j6_by_rest_nobody_sees_or_changes_what_belongs_to_somebody_else() {
    let api = Api::start(0).await;
    let job = completed(api.service.database(), api.service.now(), "ann", "a", 2).await;
    let (job, one) = (format!("/api/v1/jobs/{}", job.id), "/api/v1/artifacts/a-1");
    for path in [&job, &format!("{job}/set.zip"), one, &format!("{one}/content")] {
        let others = api.get(&api.ben, path).await;
        let missing =
            api.get(&api.ben, &path.replace("a-1", "no").replace(&job, "/api/v1/jobs/no")).await;
        assert_eq!(others.refused(404), missing.refused(404), "{path}");
    }
    let links = format!("/api/v1/artifacts/links?job={}", &job["/api/v1/jobs/".len()..]);
    api.get(&api.ben, &links).await.refused(404);
    api.get(&api.ben, "/api/v1/artifacts/links?id=a-1").await.refused(404);
    api.delete(&api.ben, &job).await.refused(404);
    api.delete(&api.ben, one).await.refused(404);
    api.send(&api.ben, Method::POST, &format!("{job}/cancel"), None).await.refused(404);
    for dry_run in [true, false] {
        let ids = json!({ "ids": ["a-1"], "dry_run": dry_run });
        api.post(&api.ben, "/api/v1/artifacts/delete", ids).await.refused(404);
    }
    for list in ["jobs", "artifacts"] {
        let page = api.get(&api.ben, &format!("/api/v1/{list}")).await.done(200);
        assert_eq!((&page["total"], &page["items"]), (&json!(0), &json!([])));
    }
    assert_eq!(api.get(&api.ann, &job).await.done(200)["parts"].as_array().unwrap().len(), 2);
    api.get(&api.root, one).await.done(200);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let api = Api::start(0).await;
    let send = async |method: Method, path: &str, kind: &str, body: Vec<u8>| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", api.root))
            .header("content-type", kind);
        api.request(request.body(Body::from(body)).unwrap()).await
    };
    let large = vec![b' '; (512 << 10) + 1];
    for path in ["jobs", "tokens", "users", "artifacts/delete"] {
        let path = format!("/api/v1/{path}");
        let post =
            async |kind: &str, body: &[u8]| send(Method::POST, &path, kind, body.to_vec()).await;
        let json = "application/json; charset=utf-8";
        post(json, &large).await.refused(413);
        for kind in ["", "text/plain", "application/x-www-form-urlencoded"] {
            post(kind, b"{}").await.refused(415);
        }
        for wrong in [&b""[..], b"{", b"{\"title\": }", b"\xff", b"{} {}"] {
            let status = post(json, wrong).await;
            assert!([400, 422].contains(&status.status.as_u16()), "{path} {wrong:?}");
            status.refused(status.status.as_u16());
        }
        for wrong in
            [&b"{}"[..], b"[]", b"null", b"{\"name\": 1}", b"{\"ids\": [1]}", b"{\"x\": 1}"]
        {
            post(json, wrong).await.refused(422);
        }
        let deep = "[".repeat(100_000);
        let status = post(json, deep.as_bytes()).await.status.as_u16();
        assert!([400, 422].contains(&status), "{status}");
    }
    let put = send(Method::PUT, "/api/v1/certificate", "application/x-pem-file", large).await;
    put.refused(413);
}

#[tokio::test]
async fn addresses_that_there_are_not_are_refused_in_the_same_way() {
    let api = Api::start(0).await;
    for path in ["/api", "/api/v1", "/api/v2/jobs", "/api/v1/jobs/x/y", "/api/v1/me/"] {
        api.get(&api.ann, path).await.refused(404);
    }
    api.get(&api.ann, "/api/v1/nothing").await.refused(404);
    for id in ["%ff", "%2e%2e%2fservice.db", "a'%20OR%201=1"] {
        api.get(&api.ann, &format!("/api/v1/jobs/{id}")).await.refused(404);
        api.get(&api.ann, &format!("/api/v1/artifacts/{id}/content")).await.refused(404);
        api.delete(&api.ann, &format!("/api/v1/artifacts/{id}")).await.refused(404);
        api.get(&api.ann, &format!("/api/v1/artifacts/links?job={id}")).await.refused(404);
        api.get(&api.ann, &format!("/api/v1/artifacts/links?id={id}")).await.refused(404);
    }
}

#[tokio::test]
async fn no_text_with_a_zero_is_taken_in() {
    let api = Api::start(0).await;
    let zero = "There is a character U+0000 in it.";
    for path in ["jobs/%00", "artifacts/links?id=%00", "jobs?title=%00", "jobs?title=a%00b"] {
        assert_eq!(api.get(&api.ann, &format!("/api/v1/{path}")).await.refused(422), zero);
    }
    for (path, body) in [
        ("artifacts/delete", json!({ "ids": ["\0"] })),
        ("tokens", json!({ "name": "a\0" })),
        ("jobs", json!({ "title": "a", "source": "\0" })),
    ] {
        assert_eq!(api.post(&api.ann, &format!("/api/v1/{path}"), body).await.refused(422), zero);
    }
}

#[tokio::test]
async fn metrics_are_for_administrators() {
    let api = Api::start(0).await;
    completed(api.service.database(), api.service.now(), "ann", "a", 2).await;
    let none = api.request(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    none.refused(401);
    api.get(&api.ann, "/metrics").await.refused(403);
    let answer = api.get(&api.root, "/metrics").await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for line in [
        "# TYPE smimezip_jobs gauge",
        "smimezip_jobs{status=\"completed\"} 1",
        "smimezip_jobs{status=\"failed\"} 0",
        "smimezip_jobs_running_seconds{status=\"completed\"} 0.000",
        "smimezip_artifacts 2",
        "smimezip_artifact_bytes 3000",
        "# TYPE smimezip_http_requests_total counter",
        "smimezip_http_requests_total{class=\"4xx\"} 2",
        "smimezip_http_requests_total{class=\"5xx\"} 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
    }
}
