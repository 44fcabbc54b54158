//! Requests that no HTTP library would send, over a connection to the service that listens: paths
//! that lead out of the storage, bodies without an end, ranges of every wrong kind.

use std::net::SocketAddr;

use serde_json::Value;
use smimezip_service::users::sessions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::common::{create, ended, new_job};

/// What leads out of a folder where identifiers are taken for names.
const OUTSIDE: [&str; 12] = [
    "..",
    "../..",
    "../../service.db",
    "..%2f..%2fservice.db",
    "%2e%2e%2f%2e%2e%2fservice.db",
    "..%5c..%5cservice.db",
    "..%252f..%252fservice.db",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "..%c0%af..%c0%afservice.db",
    "%00",
    "x%00/../../service.db",
];

/// Sends these bytes and returns all that comes.
async fn send(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(address).await.unwrap();
    // The service may answer, and close, before it has read everything.
    let _ = connection.write_all(request).await;
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    answer
}

fn status(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(&answer[..answer.len().min(12)]);
    text.strip_prefix("HTTP/1.1 ").unwrap_or_else(|| panic!("{text:?}")).parse().unwrap()
}

fn body(answer: &[u8]) -> &[u8] {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    &answer[head + 4..]
}

/// A request without a body, of the user `ann`.
async fn ask(api: &Api, address: SocketAddr, method: &str, path: &str, headers: &str) -> Vec<u8> {
    let (service, token) = (&api.service, &api.ann);
    let session = sessions::begin(service.database(), service.now(), "ann").await.unwrap();
    let who = if path.starts_with("/api/") {
        format!("Authorization: Bearer {token}")
    } else {
        format!("Cookie: smimezip_session={session}")
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{who}\r\nConnection: close\r\n{headers}\r\n"
    );
    send(address, request.as_bytes()).await
}

#[tokio::test]
async fn w7_no_identifier_leads_out_of_the_storage() {
    let api = Api::start(0).await;
    let address = api.serve().await;
    for (method, before, after) in [
        ("GET", "/api/v1/jobs/", ""),
        ("DELETE", "/api/v1/jobs/", ""),
        ("POST", "/api/v1/jobs/", "/cancel"),
        ("GET", "/api/v1/jobs/", "/set.zip"),
        ("GET", "/api/v1/artifacts/", ""),
        ("GET", "/api/v1/artifacts/", "/content"),
        ("DELETE", "/api/v1/artifacts/", ""),
        ("DELETE", "/api/v1/tokens/", ""),
        ("GET", "/jobs/", ""),
        ("GET", "/jobs/", "/open"),
        ("GET", "/jobs/", "/set.zip"),
        ("GET", "/artifacts/", "/download"),
        ("GET", "/assets/", ""),
        ("GET", "/link/", ""),
    ] {
        for id in OUTSIDE {
            let path = format!("{before}{id}{after}");
            let answer = ask(&api, address, method, &path, "").await;
            let is_refused = [400, 404, 405, 422].contains(&status(&answer));
            // A link that is none says so on a page.
            assert!(is_refused || before == "/link/", "{method} {path}: {}", status(&answer));
            for word in ["SQLite format", "root:"] {
                assert!(!answer.windows(word.len()).any(|it| it == word.as_bytes()), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn w7_a_body_without_an_end_is_refused() {
    let api = Api::start(0).await;
    let address = api.serve().await;
    let head = |how: &str| {
        format!(
            "PUT /api/v1/certificate HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Connection: close\r\n{how}\r\n\r\n",
            api.ann
        )
    };
    for length in ["524289", "1000000000000", "18446744073709551614"] {
        let answer = send(address, head(&format!("Content-Length: {length}")).as_bytes()).await;
        assert!([413, 431].contains(&status(&answer)), "{length}");
    }
    let piece = [&b"10000\r\n"[..], &vec![b' '; 0x10000], b"\r\n"].concat();
    let chunked = [head("Transfer-Encoding: chunked").into_bytes(), piece.repeat(100)].concat();
    assert_eq!(status(&send(address, &chunked).await), 413);
    for length in ["-1", "x", "99999999999999999999", "1\r\nContent-Length: 2"] {
        let answer = send(address, head(&format!("Content-Length: {length}")).as_bytes()).await;
        assert_eq!(status(&answer), 400, "{length}");
    }
    let fields = "X: y\r\n".repeat(1000);
    assert_eq!(status(&ask(&api, address, "GET", "/api/v1/me", &fields).await), 431);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w7_a_range_of_a_wrong_kind_is_the_whole_file_or_none() {
    let api = Api::start(1).await;
    let address = api.serve().await;
    let job = create(&api.service, &new_job("Orders")).await;
    ended(&api.service, &job.id).await;
    let job = api.get(&api.ann, &format!("/api/v1/jobs/{}", job.id)).await.done(200);
    let part: &Value = &job["parts"][0];
    let id = part["id"].as_str().unwrap();
    let size = usize::try_from(part["size"].as_u64().unwrap()).unwrap();
    let paths = [format!("/api/v1/artifacts/{id}/content"), format!("/artifacts/{id}/download")];
    let many = vec!["0-0"; 1000].join(",");
    for path in paths {
        for range in [
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=--1",
            "bytes=-1-",
            "bytes=1--2",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=0x1-0x2",
            "bytes=1.5-2",
            "bytes=+1-2",
            "bytes= 1 - 2",
            "bytes=0-1,5-6",
            "bytes=,",
            "bytes=0-0,-1",
            "bytes 0-1",
            "bytes=0-1;",
            "lines=0-1",
            "bytes=0-1\r\nRange: bytes=2-3",
            "bytes=\u{661}-\u{662}",
            "\u{fc}",
            &format!("bytes={many}"),
        ] {
            let answer = ask(&api, address, "GET", &path, &format!("Range: {range}\r\n")).await;
            let got = (status(&answer), body(&answer).len());
            // Of several that are one after another, the first counts.
            let is_right = got == (200, size) || (range.contains('\n') && got == (206, 2));
            assert!(is_right, "{range:?}: {got:?}");
        }
        for range in
            [format!("bytes={size}-"), format!("bytes={0}-{0}", "9".repeat(400)), "bytes=-0".into()]
        {
            let answer = ask(&api, address, "GET", &path, &format!("Range: {range}\r\n")).await;
            assert_eq!((status(&answer), body(&answer).len()), (416, 0), "{range}");
        }
        for range in [format!("bytes=0-{}", "9".repeat(400)), format!("bytes=-{}", "9".repeat(400))]
        {
            let answer = ask(&api, address, "GET", &path, &format!("Range: {range}\r\n")).await;
            assert_eq!((status(&answer), body(&answer).len()), (206, size), "{range}");
        }
    }
}
