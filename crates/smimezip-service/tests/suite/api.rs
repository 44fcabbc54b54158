//! The REST interface through the router that is served, without a browser: what each address does.

use std::net::SocketAddr;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use smimezip_service::users::{Role, store, tokens};
use smimezip_service::web::{App, router};
use smimezip_service::{Config, Service, certificates, server};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::common::{CERTIFICATE, add_users, completed, config, make_tree, start};

/// A service with the users `ann`, `ben` and the administrator `root`, and a token of each.
pub(crate) struct Api {
    pub(crate) service: Service,
    pub(crate) ann: String,
    pub(crate) ben: String,
    pub(crate) root: String,
    app: App,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} {error}: {:?}", self.status, self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of what was done.
    pub(crate) fn done(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:?}", self.body);
        assert_eq!(self.header("content-type"), "application/json");
        self.json()
    }

    /// What a refusal says.
    pub(crate) fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{:?}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["title"], self.status.canonical_reason().unwrap());
        problem["detail"].as_str().unwrap().to_owned()
    }
}

impl Api {
    pub(crate) async fn start(workers: usize) -> Self {
        Self::start_with(workers, |_| ()).await
    }

    pub(crate) async fn start_with(workers: usize, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_tree(&folder.path().join("orders"));
        let mut config = config(folder.path());
        config.workers = workers;
        change(&mut config);
        let service = start(config).await;
        let database = service.database();
        add_users(database).await;
        let root = store::create(database, 0, "root", Role::Administrator).await.unwrap().id;
        let token = async |user: &str| tokens::create(database, 0, user, "test").await.unwrap().1;
        let (ann, ben, root) = (token("ann").await, token("ben").await, token(&root).await);
        let app = App::new(service.clone());
        Self { service, ann, ben, root, app, _folder: folder }
    }

    /// The same, where `ann` has a certificate.
    pub(crate) async fn with_certificate(workers: usize) -> Self {
        let api = Self::start(workers).await;
        let (database, now) = (api.service.database(), api.service.now());
        certificates::upload(database, now, "ann", CERTIFICATE.as_bytes()).await.unwrap();
        api
    }

    /// Has it listen, too, and returns where.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let mut config = self.service.config().clone();
        config.listen = ([127, 0, 0, 1], 0).into();
        let listener = server::bind(&config).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = self.app.clone();
        tokio::spawn(async move {
            server::serve(app, &config, listener, std::future::pending()).await.unwrap();
        });
        address
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Response {
        router(self.app.clone()).oneshot(request).await.unwrap()
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.answer(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.request(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(token, Method::GET, path, None).await
    }

    pub(crate) async fn get_with(&self, token: &str, path: &str, more: (&str, &str)) -> Answer {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let bearer = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
        request.headers_mut().insert("authorization", bearer);
        let name: axum::http::HeaderName = more.0.parse().unwrap();
        request.headers_mut().insert(name, more.1.parse().unwrap());
        self.request(request).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.send(token, Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        self.send(token, Method::DELETE, path, None).await
    }
}

#[tokio::test]
async fn a_token_says_who_one_is_and_what_there_is() {
    let api = Api::start(0).await;
    let me = api.get(&api.ann, "/api/v1/me").await.done(200);
    assert_eq!((&me["name"], &me["role"]), (&json!("ann"), &json!("user")));
    assert_eq!(me["created"], "1970-01-01T00:00:00Z");
    assert_eq!(api.get(&api.root, "/api/v1/me").await.done(200)["role"], "administrator");
    let sources = api.get(&api.ann, "/api/v1/sources").await.done(200);
    assert_eq!(sources, json!([{ "name": "orders", "kind": "folder" }]));
}

#[tokio::test]
async fn a_certificate_is_put_and_a_private_key_is_not() {
    let api = Api::start(0).await;
    let path = "/api/v1/certificate";
    assert_eq!(api.get(&api.ann, path).await.refused(404), "There is no such certificate.");
    let put = async |file: &'static str| {
        let request = Request::builder().method(Method::PUT).uri(path);
        let request = request.header("authorization", format!("Bearer {}", api.ann));
        api.request(request.body(Body::from(file)).unwrap()).await
    };
    assert!(put("hello").await.refused(422).contains("certificate"));
    let key = include_str!("../../../../examples/data/key.pem");
    assert!(put(key).await.refused(422).contains("private key. It was not stored"));
    api.get(&api.ann, path).await.refused(404);
    let certificate = put(CERTIFICATE).await.done(200);
    assert_eq!(certificate["problem"], Value::Null);
    assert!(certificate["subject"].as_str().unwrap().starts_with("CN="));
    assert_eq!(api.get(&api.ann, path).await.done(200), certificate);
    api.get(&api.ben, path).await.refused(404);
}

#[tokio::test]
async fn a_job_is_created_looked_at_cancelled_and_deleted() {
    let api = Api::with_certificate(0).await;
    let new = json!({ "title": "Orders", "source": "orders" });
    let refused = api.post(&api.ben, "/api/v1/jobs", new.clone()).await.refused(422);
    assert!(refused.contains("certificate"), "{refused}");
    let created = api.post(&api.ann, "/api/v1/jobs", new).await;
    let job = created.done(201);
    assert_eq!((&job["status"], &job["job_type"]), (&json!("waiting"), &json!("whole")));
    assert_eq!(job["part_size"], 500 << 20);
    assert_eq!(job["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(job["parts"], json!([]));
    let path = created.header("location").to_owned();
    assert_eq!(path, format!("/api/v1/jobs/{}", job["id"].as_str().unwrap()));
    assert_eq!(api.get(&api.ann, &path).await.done(200), job);

    let cancelled = api.send(&api.ann, Method::POST, &format!("{path}/cancel"), None).await;
    assert_eq!(cancelled.done(202)["status"], "cancelled");
    let again = api.send(&api.ann, Method::POST, &format!("{path}/cancel"), None).await;
    assert_eq!(again.refused(409), "The job has ended already.");
    assert_eq!(api.delete(&api.ann, &path).await.status, 204);
    api.get(&api.ann, &path).await.refused(404);
    api.delete(&api.ann, &path).await.refused(404);
}

#[tokio::test]
async fn a_job_has_all_that_it_was_asked_for() {
    let api = Api::with_certificate(0).await;
    let new = json!({ "title": "New", "source": "orders", "job_type": "changed", "part_size": 65536,
        "recipients": CERTIFICATE });
    let job = api.post(&api.ann, "/api/v1/jobs", new).await.done(201);
    assert_eq!((&job["job_type"], &job["part_size"]), (&json!("changed"), &json!(65536)));
    for (field, value) in [
        ("title", json!(" ")),
        ("source", json!("nothing")),
        ("job_type", json!("half")),
        ("part_size", json!(1)),
        ("part_size", json!(-1)),
        ("recipients", json!("Ada")),
        ("unknown", json!(1)),
    ] {
        let mut new = json!({ "title": "New", "source": "orders" });
        new[field] = value;
        api.post(&api.ann, "/api/v1/jobs", new).await.refused(422);
    }
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_turned_over() {
    let api = Api::start(0).await;
    let (database, now) = (api.service.database(), api.service.now());
    completed(database, now, "ann", "alpha", 2).await;
    completed(database, now - 1, "ann", "Beta", 1).await;
    completed(database, now, "ben", "gamma", 1).await;
    let titles = async |path: &str| {
        let page = api.get(&api.ann, path).await.done(200);
        let items = page["items"].as_array().unwrap().clone();
        (items.iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), page)
    };
    assert_eq!(titles("/api/v1/jobs").await.0, ["alpha", "Beta"]);
    assert_eq!(titles("/api/v1/jobs?sort=-title").await.0, ["Beta", "alpha"]);
    assert_eq!(titles("/api/v1/jobs?title=BET").await.0, ["Beta"]);
    assert_eq!(titles("/api/v1/artifacts?sort=created").await.0, ["Beta", "alpha", "alpha"]);
    let (found, page) = titles("/api/v1/artifacts?part=1&per_page=1&page=2&sort=title").await;
    assert_eq!(found, ["Beta"]);
    assert_eq!((&page["total"], &page["pages"]), (&json!(2), &json!(2)));
    let all = api.get(&api.root, "/api/v1/jobs").await.done(200);
    assert_eq!(all["total"], 3);
    for list in ["jobs", "artifacts"] {
        for wrong in ["no=a", "sort=no", "page=0", "per_page=501", "created=yesterday"] {
            api.get(&api.ann, &format!("/api/v1/{list}?{wrong}")).await.refused(422);
        }
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_deleted() {
    let api = Api::start(0).await;
    let path = "/api/v1/tokens";
    let made = api.post(&api.ann, path, json!({ "name": "backup" })).await.done(201);
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(api.get(secret, "/api/v1/me").await.done(200)["name"], "ann");
    let all = api.get(&api.ann, path).await;
    assert_eq!(all.done(200).as_array().unwrap().len(), 2);
    assert!(!String::from_utf8_lossy(&all.body).contains(secret));
    api.post(&api.ann, path, json!({ "name": "" })).await.refused(422);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    api.delete(&api.ben, &one).await.refused(404);
    api.get(secret, "/api/v1/me").await.done(200);
    assert_eq!(api.delete(&api.ann, &one).await.status, 204);
    api.get(secret, "/api/v1/me").await.refused(401);
}

#[tokio::test]
async fn administrators_invite_and_delete_users() {
    let api = Api::start(0).await;
    let path = "/api/v1/users";
    let invited = api.post(&api.root, path, json!({ "name": "cleo" })).await.done(201);
    assert_eq!(invited["user"]["role"], "user");
    assert!(invited["link"].as_str().unwrap().contains("/link/"));
    api.post(&api.root, path, json!({ "name": "cleo" })).await.refused(409);
    api.post(&api.root, path, json!({ "name": "dan", "role": "king" })).await.refused(422);
    let names = api.get(&api.root, path).await.done(200);
    assert_eq!(names.as_array().unwrap().len(), 4);
    let cleo = format!("{path}/{}", invited["user"]["id"].as_str().unwrap());
    let link = api.send(&api.root, Method::POST, &format!("{cleo}/link"), None).await.done(201);
    assert_ne!(link["link"], invited["link"]);
    for token in [&api.ann, &api.ben] {
        api.get(token, path).await.refused(403);
        api.post(token, path, json!({ "name": "eve" })).await.refused(403);
        api.send(token, Method::POST, &format!("{cleo}/link"), None).await.refused(403);
        api.delete(token, &cleo).await.refused(403);
    }
    assert_eq!(api.delete(&api.root, &cleo).await.status, 204);
    api.delete(&api.root, &cleo).await.refused(404);
    completed(api.service.database(), 1, "ann", "a", 1).await;
    api.delete(&api.root, &format!("{path}/ann")).await.refused(409);
    let own = api.get(&api.root, "/api/v1/me").await.done(200);
    let own = format!("{path}/{}", own["id"].as_str().unwrap());
    api.delete(&api.root, &own).await.refused(409);
}
