//! Who may use the service: users and their roles, passwords, sessions of browsers, tokens of
//! programs, and the one-time links by which a password is set. Nothing here knows of pages or of
//! HTTP.

pub mod alive;
pub mod attempts;
pub mod links;
pub mod password;
pub mod sessions;
pub mod store;
pub mod tokens;
mod user;

pub use user::{Role, User};
