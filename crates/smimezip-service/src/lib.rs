//! Export jobs and their artifacts, for a browser and by REST: a data source becomes a set of
//! sealed parts that wait to be downloaded until their retention ends.
//!
//! What makes an export is the crate [`smimezip`], of which this crate uses the public interface
//! alone. Here is what a service has besides: who may do what, jobs that several processes share,
//! storage, pages. Nothing here decrypts, and no private key is ever accepted.

mod api;
pub mod artifacts;
pub mod certificates;
pub mod clock;
pub mod config;
pub mod database;
pub mod demo;
pub mod error;
pub mod id;
pub mod jobs;
pub mod listing;
pub mod scope;
pub mod server;
pub mod service;
mod sources;
mod text;
mod totals;
pub mod users;
pub mod web;

pub use config::Config;
pub use error::ServiceError;
pub use listing::{Listing, Page};
pub use scope::Scope;
pub use service::Service;
