//! What can go wrong in the service, as it is told to whoever asked. What the library says of an
//! export is kept in its own words.

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// There is none, or it belongs to somebody else, which must look the same.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was sent cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// A filter of a list cannot be read.
    #[error("{column}: {what}")]
    Filter {
        /// The column's name in addresses.
        column: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// It is not possible now; it may have been a moment ago.
    #[error("{0}")]
    Conflict(String),
    /// Nobody is logged in, or the token is not valid.
    #[error("log in first")]
    Unauthenticated,
    /// A browser says that another site sent this.
    #[error(
        "another site sent this, or the proxy in front of the service does not pass on the header \
         Host"
    )]
    Foreign,
    /// Only administrators may.
    #[error("only an administrator may do this")]
    Forbidden,
    /// Too many attempts.
    #[error("too many attempts; try again in {seconds} s")]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// What was sent did not come in time.
    #[error("the request took too long to arrive")]
    Late,
    /// The configuration is wrong.
    #[error("{0}")]
    Config(String),
    /// The database failed, or is away.
    #[error("the database cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// Its tables could not be made or are of another version.
    #[error("the database's tables: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The object store failed.
    #[error("the storage cannot be used: {0}")]
    Storage(#[from] object_store::Error),
    /// The object store does not have what the database says it has.
    #[error("the storage has lost {0}")]
    Lost(String),
    /// What the library says.
    #[error("{0:#}")]
    Export(#[from] smimezip::Error),
    /// A file or an address.
    #[error("{what}: {source}")]
    Io {
        /// Of what.
        what: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random numbers")]
    Random,
}
