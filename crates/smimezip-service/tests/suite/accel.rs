//! Downloads that nginx sends in place of the service: what the service tells it, and what comes of
//! that, with Debian's nginx if it is installed.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use serde_json::Value;
use smimezip_service::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::common::{create, ended, new_job};

fn behind_nginx(config: &mut Config) {
    config.behind_proxy = true;
    config.accel_redirect = Some("/stored/".into());
}

/// The first part of a job that ran, and its bytes.
async fn part(api: &Api) -> (Value, Vec<u8>) {
    let job = create(&api.service, &new_job("Orders")).await;
    ended(&api.service, &job.id).await;
    let job = api.get(&api.ann, &format!("/api/v1/jobs/{}", job.id)).await.done(200);
    let object = format!("{}/1/1", job["id"].as_str().unwrap());
    let bytes = std::fs::read(api.service.storage().path(&object).unwrap()).unwrap();
    (job["parts"][0].clone(), bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w3_the_proxy_is_told_which_file_it_is_and_what_is_said_of_it() {
    let api = Api::start_with(1, behind_nginx).await;
    let (part, _) = part(&api).await;
    let id = part["id"].as_str().unwrap();
    let path = format!("/api/v1/artifacts/{id}/content");
    for method in [Method::GET, Method::HEAD] {
        let answer = api.send(&api.ann, method, &path, None).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
        let object = format!("/stored/{}/1/1", part["job_id"].as_str().unwrap());
        assert_eq!(answer.header("x-accel-redirect"), object);
        assert_eq!(answer.header("etag"), format!("\"{}\"", part["sha256"].as_str().unwrap()));
        assert!(answer.header("repr-digest").starts_with("sha-256=:"));
        assert!(answer.header("content-disposition").contains(part["name"].as_str().unwrap()));
        assert_eq!(answer.header("content-type"), "application/pkcs7-mime");
    }
    let same = format!("\"{}\"", part["sha256"].as_str().unwrap());
    let same = api.get_with(&api.ann, &path, ("if-none-match", &same)).await;
    assert_eq!((same.status.as_u16(), same.header("x-accel-redirect")), (304, ""));
    let others = api.get(&api.ben, &path).await;
    assert_eq!(others.header("x-accel-redirect"), "");
    others.refused(404);
}

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The blocks `location` of the README, in a configuration that is as small as can be.
fn configuration(folder: &str, service: &str, storage: &str, port: u16) -> String {
    let text = include_str!("../../README.md");
    let section = text.split("\n## Behind nginx").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = section.split("```nginx\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let blocks = blocks.collect::<String>();
    assert!(blocks.contains("127.0.0.1:8080") && blocks.contains("/srv/smimezip/artifacts/"));
    let blocks =
        blocks.replace("127.0.0.1:8080", service).replace("/srv/smimezip/artifacts/", storage);
    let user = if is_root() { "user root;" } else { "" };
    format!(
        "{user} daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;
        events {{}}
        http {{
            access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
            fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
            server {{ listen 127.0.0.1:{port}; {blocks} }}
        }}"
    )
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}

/// Asks, and returns the status, the head and the body.
async fn ask(port: u16, path: &str, headers: &str) -> (String, String, Vec<u8>) {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end + 2].to_vec()).unwrap();
    (head[9..12].to_owned(), head, answer[end + 4..].to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w3_nginx_sends_files_and_ranges_of_them_to_whom_they_belong() {
    if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
        println!("SKIPPED: no nginx is installed");
        return;
    }
    let api = Api::start_with(1, behind_nginx).await;
    let (part, bytes) = part(&api).await;
    let service = api.serve().await.to_string();
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let storage = format!("{}/", api.service.config().storage);
    let text = configuration(folder.path().to_str().unwrap(), &service, &storage, port);
    let path = folder.path().join("nginx.conf");
    std::fs::write(&path, text).unwrap();
    let _nginx = Nginx(Command::new("nginx").arg("-c").arg(&path).spawn().unwrap());
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let path = format!("/api/v1/artifacts/{}/content", part["id"].as_str().unwrap());
    let who = |token: &str, more: &str| format!("Authorization: Bearer {token}\r\n{more}");
    let tag = format!("\"{}\"", part["sha256"].as_str().unwrap());
    let (status, head, body) = ask(port, &path, &who(&api.ann, "")).await;
    assert_eq!((status.as_str(), &body), ("200", &bytes));
    let whole = head.to_lowercase();
    assert_eq!(whole.matches("etag: ").count(), 1, "{head}");
    for line in [
        format!("etag: {tag}"),
        format!("content-length: {}", bytes.len()),
        "content-type: application/pkcs7-mime".into(),
        "content-disposition: attachment; filename=".into(),
        "repr-digest: sha-256=:".into(),
        "accept-ranges: bytes".into(),
        "x-content-type-options: nosniff".into(),
        "cross-origin-resource-policy: same-origin".into(),
        "strict-transport-security: max-age=".into(),
    ] {
        assert!(whole.contains(&format!("\r\n{line}")), "{line}\n{head}");
    }
    let range = "Range: bytes=100-199\r\n";
    let (status, head, body) = ask(port, &path, &who(&api.ann, range)).await;
    assert_eq!((status.as_str(), &body[..]), ("206", &bytes[100..200]));
    assert!(head.contains(&format!("bytes 100-199/{}", bytes.len())), "{head}");
    assert!(head.to_lowercase().contains("repr-digest: "), "{head}");
    let same = format!("{range}If-Range: {tag}\r\n");
    assert_eq!(ask(port, &path, &who(&api.ann, &same)).await.2, &bytes[100..200]);
    let other = format!("{range}If-Range: \"other\"\r\n");
    let (status, _, body) = ask(port, &path, &who(&api.ann, &other)).await;
    assert_eq!((status.as_str(), &body), ("200", &bytes));
    let same = format!("If-None-Match: {tag}\r\n");
    assert_eq!(ask(port, &path, &who(&api.ann, &same)).await.0, "304");
    let beyond = "Range: bytes=999999999-\r\n";
    assert_eq!(ask(port, &path, &who(&api.ann, beyond)).await.0, "416");

    assert_eq!(ask(port, &path, &who(&api.ben, "")).await.0, "404");
    assert_eq!(ask(port, &path, "").await.0, "401");
    let direct = format!("/stored/{}/1/1", part["job_id"].as_str().unwrap());
    let (status, _, body) = ask(port, &direct, &who(&api.ann, "")).await;
    assert_eq!(status, "404");
    assert_ne!(body, bytes);
}
