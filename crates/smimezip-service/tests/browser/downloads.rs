//! Downloads by curl, as a program makes them: with a token, in ranges, on from where they broke.

use std::path::Path;
use std::process::{Command, Stdio};

use smimezip_service::artifacts::{self, Artifact};
use smimezip_service::users::{Role, tokens};
use smimezip_service::{Scope, id};

use crate::service::Served;

fn has_curl() -> bool {
    let has = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    let has = has.is_ok_and(|it| it.success());
    if !has {
        println!("SKIPPED: no curl is installed");
    }
    has
}

/// Status, headers and body. It runs beside the service, which is in this process.
async fn curl(token: &str, arguments: &[&str]) -> (String, String) {
    let authorization = format!("Authorization: Bearer {token}");
    let mut command = Command::new("curl");
    command.args(["-s", "-S", "-D", "-"]).args(arguments);
    if !token.is_empty() {
        command.args(["-H", &authorization]);
    }
    let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let headers = String::from_utf8_lossy(&done.stdout).into_owned();
    let status = headers.split(' ').nth(1).unwrap_or_default().to_owned();
    (status, headers.to_lowercase())
}

/// A set of several parts, its first part, and a token of its owner.
async fn set(served: &Served) -> (Vec<Artifact>, String) {
    let user = served.user("bob", Role::User).await;
    let job = served.completed(&user, "Orders").await;
    let files =
        artifacts::of_job(served.database(), &Scope::All, served.now(), &job).await.unwrap();
    let (_, token) =
        tokens::create(served.database(), served.now(), &user.id, "curl").await.unwrap();
    (files, token)
}

fn sha256(path: &Path) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(std::fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_download_that_broke_goes_on_where_it_broke() {
    if !has_curl() {
        return;
    }
    let served = Served::start().await;
    let (files, token) = set(&served).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part");
    let (path_text, file) = (path.to_str().unwrap(), &files[0]);
    let url = format!("{}/artifacts/{}/download", served.base, file.id);
    let (status, _) = curl(&token, &["-r", "0-99999", "-o", path_text, &url]).await;
    assert_eq!(status, "206");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 100_000);
    let (status, headers) = curl(&token, &["-C", "-", "-o", path_text, &url]).await;
    assert_eq!(status, "206");
    assert_eq!(sha256(&path), file.sha256);
    for header in [
        format!("etag: \"{}\"", file.sha256),
        "accept-ranges: bytes".into(),
        format!("content-range: bytes 100000-{}/{}", file.size - 1, file.size),
        format!("content-length: {}", file.size - 100_000),
        format!("content-disposition: attachment; filename=\"{}\"", file.name),
        "repr-digest: sha-256=:".into(),
        "x-content-type-options: nosniff".into(),
    ] {
        assert!(headers.contains(&header), "{header}\n{headers}");
    }
    // Of another version of the file nothing is continued.
    let other = ["-r", "5-", "-H", "If-Range: \"another\"", "-o", path_text, &url];
    assert_eq!(curl(&token, &other).await.0, "200");
    let none_match = format!("If-None-Match: \"{}\"", file.sha256);
    assert_eq!(curl(&token, &["-H", &none_match, &url]).await.0, "304");
    let beyond = format!("Range: bytes={}-", file.size);
    assert_eq!(curl(&token, &["-H", &beyond, &url]).await.0, "416");
    let (status, headers) = curl(&token, &["-I", &url]).await;
    assert_eq!(status, "200");
    assert!(headers.contains(&format!("content-length: {}", file.size)), "{headers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn j6_only_whoever_may_see_a_file_gets_it() {
    if !has_curl() {
        return;
    }
    let served = Served::start().await;
    let (files, _) = set(&served).await;
    let other = served.user("eve", Role::User).await;
    let (_, others) =
        tokens::create(served.database(), served.now(), &other.id, "curl").await.unwrap();
    let admin = served.user("ada", Role::Administrator).await;
    let (_, admins) =
        tokens::create(served.database(), served.now(), &admin.id, "curl").await.unwrap();
    let file = format!("{}/artifacts/{}/download", served.base, files[0].id);
    let set = format!("{}/jobs/{}/set.zip", served.base, files[0].job_id);
    for url in [&file, &set] {
        let null = ["-o", "/dev/null", url.as_str()];
        assert_eq!(curl(&others, &null).await.0, "404", "{url}");
        assert_eq!(curl(&admins, &null).await.0, "200", "{url}");
        assert_eq!(curl("none", &null).await.0, "401", "{url}");
        assert_eq!(curl("", &null).await.0, "303", "{url}");
    }
    let nothing = format!("{}/artifacts/{}/download", served.base, id::new_id().unwrap());
    assert_eq!(curl(&admins, &[&nothing]).await.0, "404");
    let outside = format!("{}/artifacts/..%2F..%2Fservice.db/download", served.base);
    assert_eq!(curl(&admins, &["--path-as-is", &outside]).await.0, "404");
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_another_site_cannot_send_a_form() {
    if !has_curl() {
        return;
    }
    let served = Served::with_workers(0).await;
    let login = format!("{}/login", served.base);
    for header in ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example", "Origin: null"] {
        let sent = ["-H", header, "-d", "name=ada", &login];
        assert_eq!(curl("", &sent).await.0, "403", "{header}");
    }
    let logout = format!("{}/logout", served.base);
    // Without a session there is nothing to send, and with one its token is asked for.
    assert_eq!(curl("", &["-d", "form_token=x", &logout]).await.0, "303");
    let user = served.user("ada", Role::User).await;
    let session =
        smimezip_service::users::sessions::begin(served.database(), served.now(), &user.id);
    let cookie = format!("Cookie: smimezip_session={}", session.await.unwrap());
    let (status, page) = curl("", &["-H", &cookie, "-d", "form_token=x", &logout]).await;
    assert_eq!(status, "422");
    assert!(page.contains("this form belongs to another session"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_lives_and_is_ready() {
    if !has_curl() {
        return;
    }
    let served = Served::with_workers(0).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(curl("", &[&format!("{}{path}", served.base)]).await.0, "200", "{path}");
    }
    served.database().pool().close().await;
    let ready = format!("{}/readyz", served.base);
    assert_eq!(curl("", &[&ready]).await.0, "503");
    let lives = format!("{}/healthz", served.base);
    assert_eq!(curl("", &[&lives]).await.0, "200");
}
