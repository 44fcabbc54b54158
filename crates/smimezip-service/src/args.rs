//! The command line as types, and the configuration that comes of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Parser;
use smimezip_service::config::{Config, Source};
use smimezip_service::{ServiceError, demo};

/// A small service that makes sealed exports: jobs, History and Artifacts in a browser
///
/// At the first start it prints a one-time link by which the administrator's password is set.
/// Without --config it keeps its data in a folder and listens on this machine only.
#[derive(Debug, Parser)]
#[command(name = "smimezip-service", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Read the configuration from this file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Add a data source to try, with files that the service makes itself
    #[arg(long)]
    demo: bool,

    /// Folder for the database and the files, if the configuration names no other
    #[arg(long, value_name = "DIR", default_value = "smimezip-service")]
    data: PathBuf,

    /// Address to listen on [default: 127.0.0.1:8080]; one that others can reach needs HTTPS
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// A reverse proxy is in front, which does HTTPS; --url says how users reach it
    #[arg(long)]
    behind_proxy: bool,

    /// Address that users type, for links [default: http:// and the address to listen on]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Print a one-time link by which this user sets a new password, and stop
    #[arg(long, value_name = "USER")]
    pub(crate) new_link: Option<String>,
}

const EXAMPLES: &str = "Examples:
  smimezip-service --demo
  smimezip-service --config /etc/smimezip-service.toml
  smimezip-service --config /etc/smimezip-service.toml --new-link admin

The least configuration:
  [sources]
  \"Customer files\" = { folder = \"/srv/customer\" }";

/// A file that does not say where data is kept leaves that to `--data`.
const DATABASE: &str = "service.db";
const ARTIFACTS: &str = "artifacts";

impl Args {
    /// The configuration: the file's, and what the command line says besides. Nothing is made.
    pub(crate) fn config(&self) -> Result<Config, ServiceError> {
        let usual = Config::default();
        let mut config = match &self.config {
            Some(path) => Config::from_file(path)?,
            None => Config::default(),
        };
        if config.database == usual.database {
            config.database = format!("sqlite:{}", self.data.join(DATABASE).display());
        }
        if config.storage == usual.storage {
            config.storage = self.data.join(ARTIFACTS).display().to_string();
        }
        config.listen = self.listen.unwrap_or(config.listen);
        config.behind_proxy |= self.behind_proxy;
        config.url = self.url.clone().or(config.url);
        if self.demo {
            config.sources.insert(demo::NAME.into(), Source::Folder(self.demo_folder()));
            // Small parts, so that there are several.
            if config.part_size == usual.part_size {
                config.part_size = demo::PART_SIZE;
            }
        }
        config.check()?;
        Ok(config)
    }

    /// Makes the folders that the configuration names below `--data`.
    pub(crate) fn make_folders(&self, config: &Config) -> Result<(), ServiceError> {
        let database = config.database.strip_prefix("sqlite:").unwrap_or_default();
        let places = [Path::new(database), Path::new(&config.storage)];
        if self.demo || places.iter().any(|place| place.starts_with(&self.data)) {
            make_private(&self.data).map_err(|source| of(&self.data, source))?;
        }
        if self.demo {
            let folder = self.demo_folder();
            demo::make_tree(&folder).map_err(|source| of(&folder, source))?;
        }
        Ok(())
    }

    fn demo_folder(&self) -> PathBuf {
        self.data.join("demo")
    }
}

/// Makes a folder that nobody else can read; one that is there stays as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn of(path: &Path, source: std::io::Error) -> ServiceError {
    ServiceError::Io { what: path.display().to_string(), source }
}
