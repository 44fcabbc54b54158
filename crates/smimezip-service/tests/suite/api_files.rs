//! Artifacts by REST: their bytes, whole and in ranges; sets; links; and what deleting says.

use axum::http::Method;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::common::{column, completed, create, ended, new_job};

/// A job that ran, with its artifacts as JSON.
async fn ran(api: &Api) -> Value {
    let job = create(&api.service, &new_job("Orders")).await;
    ended(&api.service, &job.id).await;
    api.get(&api.ann, &format!("/api/v1/jobs/{}", job.id)).await.done(200)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w3_a_download_by_rest_can_be_verified_and_goes_on_where_it_broke() {
    let api = Api::start(1).await;
    let job = ran(&api).await;
    assert_eq!((&job["status"], &job["entries"]), (&json!("completed"), &json!(4)));
    let part = &job["parts"][0];
    assert_eq!(part["days_left"], 30);
    let one = format!("/api/v1/artifacts/{}", text(&part["id"]));
    assert_eq!(&api.get(&api.ann, &one).await.done(200), part);
    let path = format!("{one}/content");
    assert!(text(&part["url"]).ends_with(&path));

    let whole = api.get(&api.ann, &path).await;
    assert_eq!(
        (whole.status.as_u16(), whole.body.len() as u64),
        (200, part["size"].as_u64().unwrap())
    );
    let digest = Base64::encode_string(&Sha256::digest(&whole.body));
    assert_eq!(whole.header("repr-digest"), format!("sha-256=:{digest}:"));
    assert!(whole.header("content-disposition").contains(text(&part["name"])));
    assert_eq!(whole.header("etag"), format!("\"{}\"", text(&part["sha256"])));
    let head = api.send(&api.ann, Method::HEAD, &path, None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.header("content-length"));

    let size = whole.body.len();
    for (range, expected) in [
        ("bytes=0-9", 0..10),
        ("bytes=100-", 100..size),
        ("bytes=-7", size - 7..size),
        ("bytes=0-99999999999999999999", 0..size),
    ] {
        let answer = api.get_with(&api.ann, &path, ("range", range)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body[..]),
            (206, &whole.body[expected.clone()])
        );
        let said = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
        assert_eq!(answer.header("content-range"), said);
        assert_eq!(answer.header("repr-digest"), whole.header("repr-digest"));
    }
    for range in
        ["bytes=5-2", "bytes=0-1,3-4", "bytes=a-b", "bytes=", "lines=1-2", "bytes=--1", "x"]
    {
        let answer = api.get_with(&api.ann, &path, ("range", range)).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, size), "{range}");
    }
    for range in
        [format!("bytes={size}-"), "bytes=-0".into(), "bytes=999999999999999999999-".into()]
    {
        let answer = api.get_with(&api.ann, &path, ("range", &range)).await;
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
    }
    let tag = whole.header("etag");
    for tags in [tag, "*", &format!("\"a\", W/{tag}")] {
        let same = api.get_with(&api.ann, &path, ("if-none-match", tags)).await;
        assert_eq!((same.status.as_u16(), same.body.len()), (304, 0), "{tags}");
    }
    for (tags, status) in
        [(tag, 200), ("*", 200), (&*format!("\"a\",{tag}"), 200), ("\"a\"", 412), ("", 412)]
    {
        let answer = api.get_with(&api.ann, &path, ("if-match", tags)).await;
        assert_eq!(answer.status, status, "{tags}");
    }
    let weak = format!("W/{tag}");
    assert_eq!(api.get_with(&api.ann, &path, ("if-match", &weak)).await.status, 412);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_says_how_long_the_whole_is_whatever_range_is_asked_for() {
    let api = Api::start(1).await;
    let job = ran(&api).await;
    let path = format!("/api/v1/artifacts/{}/content", text(&job["parts"][0]["id"]));
    for range in ["bytes=0-9", "bytes=99999999-"] {
        let request = axum::http::Request::builder().method(Method::HEAD).uri(&path);
        let request = request.header("authorization", format!("Bearer {}", api.ann));
        let request = request.header("range", range).body(axum::body::Body::empty()).unwrap();
        let head = api.request(request).await;
        assert_eq!((head.status.as_u16(), head.header("content-range")), (200, ""), "{range}");
        assert_eq!(head.header("content-length"), job["parts"][0]["size"].to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_storage_has_lost_is_not_available() {
    let api = Api::start(1).await;
    let job = ran(&api).await;
    let objects = column(api.service.database(), "SELECT object FROM artifacts").await;
    for object in objects {
        std::fs::remove_file(api.service.storage().path(&object).unwrap()).unwrap();
    }
    let path = format!("/api/v1/artifacts/{}/content", text(&job["parts"][0]["id"]));
    api.get(&api.ann, &path).await.refused(503);
    api.get_with(&api.ann, &path, ("range", "bytes=1-2")).await.refused(503);
    assert_eq!(api.send(&api.ann, Method::HEAD, &path, None).await.status, 503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_is_one_zip_file() {
    let api = Api::start(1).await;
    let job = ran(&api).await;
    let path = format!("/api/v1/jobs/{}/set.zip", text(&job["id"]));
    let zip = api.get(&api.ann, &path).await;
    assert_eq!((zip.status.as_u16(), zip.header("content-type")), (200, "application/zip"));
    assert_eq!(zip.header("content-length"), zip.body.len().to_string());
    assert!(zip.body.starts_with(b"PK\x03\x04"));
    for part in job["parts"].as_array().unwrap() {
        let content = format!("/api/v1/artifacts/{}/content", text(&part["id"]));
        let bytes = api.get(&api.ann, &content).await.body;
        let name = text(&part["name"]).as_bytes();
        let entry = [name, &bytes[..]].concat();
        assert!(zip.body.windows(entry.len()).any(|window| window == entry), "{part}");
    }
    let none = create(&api.service, &new_job("None")).await;
    let none = format!("/api/v1/jobs/{}/set.zip", none.id);
    let answer = api.get(&api.ben, &none).await;
    answer.refused(404);
}

#[tokio::test]
async fn links_are_json_or_lists_for_programs() {
    let api = Api::start(0).await;
    let job = completed(api.service.database(), api.service.now(), "ann", "a", 2).await;
    let path = "/api/v1/artifacts/links";
    let all = api.get(&api.ann, &format!("{path}?job={}", job.id)).await.done(200);
    let names: Vec<_> = all.as_array().unwrap().iter().map(|it| text(&it["name"])).collect();
    assert_eq!(names, ["export-a.z01.smime", "export-a.zip.smime"]);
    for both in ["id=a-2&id=a-1", "id=a-1&id=a-2&id=a-1"] {
        assert_eq!(api.get(&api.ann, &format!("{path}?{both}")).await.done(200), all);
    }
    let list = async |format: &str| {
        let answer = api.get(&api.ann, &format!("{path}?id=a-1&format={format}")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-disposition").starts_with("attachment"));
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let url = text(&all[0]["url"]);
    assert_eq!(list("curl").await, format!("url = \"{url}\"\noutput = \"export-a.z01.smime\"\n"));
    assert!(list("aria2").await.contains("  checksum=sha-256="));
    assert!(list("sha256").await.ends_with("  export-a.z01.smime\n"));
    let many = "id=a-1&".repeat(101);
    for wrong in ["", "job=a&id=a-1", "id=a-1&format=xml", "di=a-1", many.trim_end_matches('&')] {
        api.get(&api.ann, &format!("{path}?{wrong}")).await.refused(422);
    }
    api.get(&api.ann, &format!("{path}?id=no")).await.refused(404);
    api.get(&api.ann, &format!("{path}?job=no")).await.refused(404);
}

#[tokio::test]
async fn deleting_says_what_sets_lose_and_takes_all_or_none() {
    let api = Api::start(0).await;
    let job = completed(api.service.database(), api.service.now(), "ann", "a", 3).await;
    let path = "/api/v1/artifacts/delete";
    let left = async || api.get(&api.ann, "/api/v1/artifacts").await.done(200)["total"].clone();
    let tried = json!({ "ids": ["a-1", "a-3", "a-1"], "dry_run": true });
    let would = api.post(&api.ann, path, tried).await.done(200);
    assert_eq!(would["losses"][0]["parts"], json!([1, 3]));
    assert_eq!(left().await, 3);
    api.post(&api.ann, path, json!({ "ids": ["a-1", "no"] })).await.refused(404);
    api.post(&api.ann, path, json!({ "ids": [] })).await.refused(422);
    api.post(&api.ann, path, json!({ "ids": vec!["a-1"; 101] })).await.refused(422);
    assert_eq!(left().await, 3);
    let lost = api.post(&api.ann, path, json!({ "ids": ["a-3", "a-1", "a-3"] })).await;
    assert_eq!(lost.done(200), would);
    let lost = api.delete(&api.ann, "/api/v1/artifacts/a-2").await.done(200);
    assert_eq!(lost["losses"][0]["left"], 0);
    api.delete(&api.ann, "/api/v1/artifacts/a-2").await.refused(404);
    let job = api.get(&api.ann, &format!("/api/v1/jobs/{}", job.id)).await.done(200);
    assert_eq!(job["parts"][1]["deleted_because"], "user");
    api.get(&api.ann, &format!("/api/v1/jobs/{}/set.zip", text(&job["id"]))).await.refused(404);
}
