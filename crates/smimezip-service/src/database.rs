//! The database: SQLite in a file, or PostgreSQL for several machines. The same SQL for both, but
//! for what [`Database::for_update`] and [`Database::now`] name. Statements stand where they
//! belong, with jobs, artifacts and users; here is only what they share.
//!
//! A transaction writes first: SQLite then has the lock that it needs from the beginning, and waits
//! for it instead of failing.

use std::path::Path;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

use crate::ServiceError;

/// Every change of the tables, in order. What was released is never changed.
const MIGRATIONS: [(&str, &str); 1] = [("first", include_str!("../migrations/1_first.sql"))];

/// A pool of connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    postgres: bool,
}

impl Database {
    /// Connects to `url`, `sqlite:` with a file's path or `postgres://…`, and makes or changes the
    /// tables where that is needed.
    ///
    /// # Errors
    /// [`ServiceError::Database`], [`ServiceError::Migration`]; [`ServiceError::Config`] for
    /// another kind of URL.
    pub async fn open(url: &str) -> Result<Self, ServiceError> {
        make_folder_of(url)?;
        let database = Self::connect(url, "rwc").await?;
        database.migrate().await?;
        Ok(database)
    }

    /// The same of a database that a service has made, without which nothing is made.
    ///
    /// # Errors
    /// [`ServiceError::Config`] with the place where there is none; [`ServiceError::Database`].
    pub async fn open_existing(url: &str) -> Result<Self, ServiceError> {
        let path = path_of(url);
        // An address of PostgreSQL may have a password.
        let place = path.map_or("in PostgreSQL".into(), |path| format!("at {}", path.display()));
        let none = || {
            ServiceError::Config(format!(
                "there is no database of the service {place}; name the --config and the --data \
                 that the service runs with"
            ))
        };
        if path.is_some_and(|path| !path.is_file()) {
            return Err(none());
        }
        let database = Self::connect(url, "rw").await?;
        match sqlx::query("SELECT id FROM users LIMIT 1").fetch_optional(database.pool()).await {
            Ok(_) => Ok(database),
            Err(sqlx::Error::Database(error)) if is_without_table(&*error) => Err(none()),
            Err(error) => Err(error.into()),
        }
    }

    async fn connect(url: &str, mode: &str) -> Result<Self, ServiceError> {
        sqlx::any::install_default_drivers();
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !postgres && !url.starts_with("sqlite:") {
            let what = "the database's address must begin with sqlite: or postgres://";
            return Err(ServiceError::Config(what.into()));
        }
        let url = match url.strip_prefix("sqlite:") {
            Some(path) if !path.contains('?') => format!("sqlite:{path}?mode={mode}"),
            _ => url.to_owned(),
        };
        // A pool tries again and again, and then says only that nothing came.
        let mut first = AnyConnection::connect(&url).await?;
        if !postgres {
            first.execute("SELECT COUNT(*) FROM sqlite_master").await?;
        }
        first.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(8)
            // Less than a lease: who waits for longer has lost its job meanwhile.
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if !postgres {
                        // Readers do not wait for a writer; a writer waits for another.
                        connection
                            .execute(
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                                 PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON",
                            )
                            .await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        Ok(Self { pool, postgres })
    }

    async fn migrate(&self) -> Result<(), ServiceError> {
        // PostgreSQL would sort texts by its locale, and each installation differently.
        let sorted = if self.postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        let migrations = (1..).zip(MIGRATIONS).map(|(version, (name, sql))| {
            let mut sql = sql.replace("BYTEWISE_TEXT", sorted);
            if !self.postgres {
                sql = sql.replace("/* SQLite:", "").replace("*/", "");
            }
            Migration::new(version, name.into(), MigrationType::Simple, sql.into(), false)
        });
        let migrator = Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT };
        Ok(migrator.run(&self.pool).await?)
    }

    /// The connections.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// The time by the database's clock, as an SQL expression:
    /// [milliseconds](crate::clock::Millis).
    pub fn now(&self) -> &'static str {
        if self.postgres {
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        } else {
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
        }
    }

    /// What ends a `SELECT` of a row that is about to be changed, so that two who ask at the same
    /// moment get different rows. SQLite has one writer at a time anyway.
    pub fn for_update(&self) -> &'static str {
        if self.postgres { "FOR UPDATE SKIP LOCKED" } else { "" }
    }
}

/// The file of a database of SQLite.
fn path_of(url: &str) -> Option<&Path> {
    Some(Path::new(url.strip_prefix("sqlite:")?.split('?').next()?))
}

/// SQLite makes a file, and not the folder that it is in.
fn make_folder_of(url: &str) -> Result<(), ServiceError> {
    let Some(folder) = path_of(url).and_then(Path::parent) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    // What is in the database is nobody else's business.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| ServiceError::Io { what: folder.display().to_string(), source })
}

/// Whether what is missing is the table, in the words of SQLite, or by its number in PostgreSQL.
fn is_without_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}
