//! Clients that send slowly, or nothing, or read nothing: they are left, and nobody waits for them.

use std::time::Duration;

use smimezip_service::config::Tls;
use smimezip_service::service::Timing;
use smimezip_service::users::tokens;
use smimezip_service::web::App;
use smimezip_service::{Config, Service, server};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::common::{add_users, completed, config, start_with};

const TIMES: Timing = Timing {
    lease: Duration::from_secs(5),
    heartbeat: Duration::from_secs(1),
    poll: Duration::from_secs(1),
    sweep: Duration::from_secs(60),
    session: Duration::from_secs(60),
    head: Duration::from_millis(300),
    body: Duration::from_millis(300),
    unread: Duration::from_millis(600),
    farewell: Duration::from_secs(1),
};
/// Much longer than any of them.
const LONG: Duration = Duration::from_secs(60);

struct Served {
    service: Service,
    address: String,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

impl Served {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.listen = ([127, 0, 0, 1], 0).into();
        config.workers = 0;
        change(&mut config);
        let listener = server::bind(&config).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let service = start_with(config.clone(), TIMES).await;
        add_users(service.database()).await;
        let (stop, stopped) = oneshot::channel::<()>();
        let app = App::new(service.clone());
        let serving = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            server::serve(app, &config, listener, stop).await.unwrap();
        });
        Self { service, address, stop, serving, _folder: folder }
    }

    async fn connect(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }

    /// That others are served, and the service stops when it is told to.
    async fn end(self) {
        let mut stream =
            self.connect("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
        self.stop.send(()).unwrap();
        timeout(LONG, self.serving).await.unwrap().unwrap();
        self.service.shutdown().await;
    }
}

/// What the service sends until it ends the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // One that is reset has ended, too.
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the connection goes on");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends bytes one by one until the service does not take them any more.
async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    let pause = TIMES.head / 10;
    for (at, byte) in bytes.iter().enumerate() {
        let mut answer = [0; 1];
        if let Ok(Ok(count)) = timeout(pause, stream.read(&mut answer)).await {
            assert_eq!(count, 0, "answered");
        }
        if stream.write_all(&[*byte]).await.is_err() {
            return at;
        }
    }
    bytes.len()
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn w6_whoever_sends_the_head_of_a_request_byte_by_byte_is_left() {
    let served = Served::start().await;
    let head = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ".to_owned() + &"x".repeat(1000);
    // The beginning of HTTP/2, too, and a first request that is none.
    for bytes in [&head[..], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""] {
        let mut stream = served.connect("").await;
        let sent = timeout(LONG, drip(&mut stream, bytes.as_bytes())).await.unwrap();
        assert!(bytes.len() < 100 || sent < 100, "{sent}");
        rest(&mut stream).await;
    }
    // A connection that was used, and then was not.
    let mut used = served.connect("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(rest(&mut used).await.starts_with("HTTP/1.1 200 OK"));
    // HTTP/2 that says hello and nothing else.
    let hello = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    rest(&mut served.connect(hello).await).await;
    served.end().await;
}

#[tokio::test]
async fn w6_half_a_form_is_answered_with_408_and_the_connection_ends() {
    let served = Served::start().await;
    for (path, kind) in [
        ("/login", "application/x-www-form-urlencoded"),
        ("/login", "multipart/form-data; boundary=a"),
        ("/api/v1/jobs", "application/json"),
    ] {
        let token = tokens::create(served.service.database(), 0, "ann", "test").await.unwrap().1;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {kind}\r\nContent-Length: 1000\r\n\r\nname=a"
        );
        let answer = rest(&mut served.connect(&head).await).await;
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        assert!(answer.contains("he request took too long to arrive."), "{answer}");
        assert_eq!(answer.contains("problem+json"), path.starts_with("/api"), "{answer}");
        assert!(answer.contains("connection: close\r\n"), "{answer}");
    }
    served.end().await;
}

#[tokio::test]
async fn w6_an_answer_that_nobody_reads_ends() {
    let served = Served::start().await;
    let database = served.service.database();
    completed(database, served.service.now(), "ann", "a", 1).await;
    let object = crate::common::column(database, "SELECT object FROM artifacts").await;
    let size = 64 << 20;
    let path = served.service.storage().path(&object[0]).unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::File::create(path).unwrap().set_len(size).unwrap();
    crate::common::execute(database, &format!("UPDATE artifacts SET size = {size}")).await;
    let token = tokens::create(database, 0, "ann", "test").await.unwrap().1;
    let request = format!(
        "GET /api/v1/artifacts/a-1/content HTTP/1.1\r\nHost: a\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    let mut stream = served.connect(&request).await;
    let mut start = [0; 15];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    // Of HTTP/2 the connection takes all, and the answer nothing.
    let mut http2 = served.connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let no_window = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let path = b"/api/v1/artifacts/a-1/content";
    let bearer = format!("Bearer {token}");
    let mut head = vec![0x82, 0x86];
    // Of the static table of HPACK (RFC 7541): the path, the authority, the authorization.
    for (name, value) in
        [(&[0x04][..], &path[..]), (&[0x01], b"a"), (&[0x0f, 0x08], bearer.as_bytes())]
    {
        head.extend_from_slice(name);
        head.push(u8::try_from(value.len()).unwrap());
        head.extend_from_slice(value);
    }
    http2.write_all(&[no_window, frame(1, 5, 1, &head)].concat()).await.unwrap();
    let mut answer = Vec::new();
    // Sooner than the other end would have to show that it lives.
    let ended = timeout(Duration::from_secs(15), http2.read_to_end(&mut answer)).await;
    let _ = ended.expect("the connection goes on");
    let of_stream = |kind: u8| [kind, 4, 0, 0, 0, 1];
    assert!(answer.windows(6).any(|window| window == of_stream(1)), "{answer:?}");
    // One who reads slowly, but does, gets all of it.
    let mut reading = served.connect(&request).await;
    let mut count = 0;
    let mut buffer = vec![0; 1 << 20];
    let begun = tokio::time::Instant::now();
    loop {
        match reading.read(&mut buffer).await.unwrap() {
            0 => break,
            read => count += read as u64,
        }
        if begun.elapsed() < 3 * TIMES.unread {
            tokio::time::sleep(TIMES.unread / 10).await;
        }
    }
    assert!(count > size, "{count}");
    // By now the other one has nothing but what was on its way.
    let left = rest(&mut stream).await.len() as u64;
    assert!(left < size, "{left}");
    served.end().await;
}

#[tokio::test]
async fn w6_who_comes_when_all_connections_are_taken_is_served_after_them() {
    let served = Served::with(|config| config.max_connections = 2).await;
    let silent = [served.connect("").await, served.connect("GET /hea").await];
    let mut third =
        served.connect("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(rest(&mut third).await.starts_with("HTTP/1.1 200 OK"));
    drop(silent);
    served.end().await;
}

#[tokio::test]
async fn w6_a_handshake_that_does_not_come_ends_and_https_is_served_meanwhile() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/");
    let tls = Tls {
        certificates: format!("{data}certificate.pem").into(),
        key: format!("{data}key.pem").into(),
    };
    let served = Served::with(|config| config.tls = Some(tls)).await;
    let mut silent = served.connect("").await;
    let mut half = served.connect("\u{16}\u{3}\u{1}").await;
    let mut curl = tokio::process::Command::new("curl");
    curl.args(["-sSk", &format!("https://{}/healthz", served.address)]);
    match curl.output().await {
        Ok(answer) => assert!(answer.stdout.starts_with(b"ok"), "{answer:?}"),
        Err(_) => println!("SKIPPED: no curl is installed"),
    }
    rest(&mut silent).await;
    rest(&mut half).await;
    served.stop.send(()).unwrap();
    timeout(LONG, served.serving).await.unwrap().unwrap();
}
