//! The configuration file: TOML. What is not in it has the defaults of a trial on one machine.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::ServiceError;

/// More connections than any system has.
const MAX_CONNECTIONS: u32 = 1_000_000;

/// What the service was told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Config {
    /// Where it listens. An address that others can reach needs `tls` or `behind_proxy`.
    pub listen: SocketAddr,
    /// The address that users type, for links; `http://` and `listen` by default. `behind_proxy`
    /// needs it.
    pub url: Option<String>,
    /// The certificate chain and the private key for HTTPS, PEM.
    pub tls: Option<Tls>,
    /// A reverse proxy is in front, which does HTTPS: cookies are marked as for HTTPS only.
    pub behind_proxy: bool,
    /// Below which address the proxy, nginx, has the folder `storage`, as in `/stored/`: it then
    /// sends the files of downloads itself (`X-Accel-Redirect`).
    pub accel_redirect: Option<String>,
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// A folder, or `s3://BUCKET/PREFIX`; keys, region and endpoint of S3 come from the variables
    /// of the environment that begin with `AWS_`. Of a process that was killed S3 may keep an
    /// upload that was begun, which it does not show: have the bucket abort incomplete multipart
    /// uploads after a day.
    pub storage: String,
    /// How many connections there are at the same time; who comes then has to wait.
    pub max_connections: u32,
    /// For how many days artifacts are kept.
    pub retention_days: u32,
    /// How many jobs this process runs at the same time; 0 makes it one that serves pages only.
    pub workers: usize,
    /// File Split Size if a job does not say: bytes.
    pub part_size: u64,
    /// The data sources, by name.
    pub sources: BTreeMap<String, Source>,
}

/// The files of HTTPS.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub certificates: PathBuf,
    /// The private key of the first of them, PEM.
    pub key: PathBuf,
}

/// Where the data of an export comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// All files of a folder.
    Folder(PathBuf),
    /// All objects below a prefix of an object store, `s3://BUCKET/PREFIX`; or a folder's path, in
    /// which links are followed.
    Objects(String),
    /// What a program writes to its standard output becomes one entry. For a job of what was
    /// changed the variable `SMIMEZIP_SINCE` has the time since when, as in `2026-11-30T12:00:00Z`.
    Command {
        /// The program and its arguments; no shell reads them.
        run: Vec<String>,
        /// The entry's name.
        entry: String,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            url: None,
            tls: None,
            behind_proxy: false,
            accel_redirect: None,
            database: "sqlite:smimezip-service/service.db".into(),
            storage: "smimezip-service/artifacts".into(),
            max_connections: 4096,
            retention_days: 30,
            workers: 1,
            part_size: 500 << 20,
            sources: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ServiceError::Io`] if it cannot be read, [`ServiceError::Config`] with the place if it is
    /// wrong. What only [`Config::check`] finds may be mended by the command line still.
    pub fn from_file(path: &Path) -> Result<Self, ServiceError> {
        let what = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ServiceError::Io { what: what.clone(), source })?;
        let config: Self = toml::from_str(&text)
            .map_err(|error| ServiceError::Config(format!("{what}: {error}")))?;
        Ok(config)
    }

    /// What no single field tells: that nobody else can listen in, and that sizes can be.
    ///
    /// # Errors
    /// [`ServiceError::Config`].
    pub fn check(&self) -> Result<(), ServiceError> {
        let refuse = |what: &str| Err(ServiceError::Config(what.into()));
        if !self.listen.ip().is_loopback() && self.tls.is_none() && !self.behind_proxy {
            return refuse(
                "an address that others can reach needs HTTPS: `tls`, or `behind_proxy` if a \
                 proxy does it",
            );
        }
        if self.behind_proxy && self.url.is_none() {
            return refuse(
                "`behind_proxy` needs `url`, the address that users type: links would lead to \
                 this machine only",
            );
        }
        let is_secure = self.tls.is_some() || self.behind_proxy;
        let scheme = if is_secure { "https://" } else { "http://" };
        let is_of_a_host = |url: &String| {
            let rest = url.strip_prefix(scheme);
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        };
        if !self.url.iter().all(is_of_a_host) {
            // Browsers keep the cookies of HTTPS for HTTPS alone.
            let why = if is_secure { "users come by HTTPS" } else { "there is no HTTPS here" };
            return refuse(&format!("`url` must be {scheme} and a host, as {why}"));
        }
        if !(1..=MAX_CONNECTIONS).contains(&self.max_connections) {
            let what = format!("`max_connections` must be from 1 to {MAX_CONNECTIONS}");
            return refuse(&what);
        }
        if let Some(place) = &self.accel_redirect {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
            if !place.starts_with('/') || !place.ends_with('/') || !place.bytes().all(is_plain) {
                return refuse("`accel_redirect` is an address of the proxy, as \"/stored/\"");
            }
            if !self.behind_proxy || self.storage.contains("://") {
                return refuse("`accel_redirect` needs `behind_proxy`, and a folder as `storage`");
            }
        }
        if self.retention_days == 0 {
            return refuse("`retention_days` must be at least 1");
        }
        for (name, source) in &self.sources {
            let folder = match source {
                Source::Folder(folder) => folder.as_path(),
                Source::Objects(address) => Path::new(address),
                Source::Command { .. } => continue,
            };
            let database = self.database.strip_prefix("sqlite:").unwrap_or_default();
            for (what, path) in [("storage", self.storage.as_str()), ("database", database)] {
                if !path.is_empty() && is_below(Path::new(path), folder) {
                    let what =
                        format!("the {what} is in the source {name:?}, which would export it");
                    return Err(ServiceError::Config(what));
                }
            }
        }
        check_part_size(self.part_size)
            .map_err(|what| ServiceError::Config(format!("`part_size`: {what}")))
    }
}

/// Whether what is, or will be, at `path` is in `folder`, links followed as far as there are any.
fn is_below(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    matches!((real(path), real(folder)), (Ok(path), Ok(folder)) if path.starts_with(&folder))
}

/// What the library cuts to: see
/// [`BuildOptions::part_size`](smimezip::build::BuildOptions::part_size).
pub(crate) fn check_part_size(bytes: u64) -> Result<(), String> {
    if (64 << 10..4 << 30).contains(&bytes) {
        return Ok(());
    }
    Err("a part has at least 64 KiB and less than 4 GiB".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storage_that_would_be_exported_is_refused() {
        let mut config = Config { storage: "data/artifacts".into(), ..Config::default() };
        config.sources.insert("all".into(), Source::Folder("data/orders".into()));
        config.check().unwrap();
        config.sources.insert("all".into(), Source::Folder("data".into()));
        assert!(config.check().unwrap_err().to_string().contains("\"all\""));
        config.storage = "elsewhere".into();
        config.database = "sqlite:data/service.db".into();
        assert!(config.check().unwrap_err().to_string().contains("the database is in"));
    }

    #[test]
    fn a_proxy_sends_files_of_a_folder_only() {
        let url = Some("https://exports.example.com".into());
        let mut config = Config { behind_proxy: true, url, ..Config::default() };
        for (place, is_good) in
            [("/stored/", true), ("stored/", false), ("/stored", false), ("/a\nb/", false)]
        {
            config.accel_redirect = Some(place.into());
            assert_eq!(config.check().is_ok(), is_good, "{place}");
        }
        config.accel_redirect = Some("/stored/".into());
        config.storage = "s3://bucket/artifacts".into();
        assert!(config.check().is_err());
        config.storage = "artifacts".into();
        config.behind_proxy = false;
        assert!(config.check().is_err());
    }

    #[test]
    fn others_listen_in_with_https_only() {
        let mut config = Config { listen: ([0, 0, 0, 0], 80).into(), ..Config::default() };
        assert!(config.check().is_err());
        config.behind_proxy = true;
        assert!(config.check().unwrap_err().to_string().contains("`behind_proxy` needs `url`"));
        for (url, is_good) in [
            ("https://exports.example.com", true),
            ("http://exports.example.com", false),
            ("https://", false),
            ("exports", false),
        ] {
            config.url = Some(url.into());
            assert_eq!(config.check().is_ok(), is_good, "{url}");
        }
    }
}
