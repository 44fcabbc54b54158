//! Export jobs: rows of one table. What a job is stands in [`Job`]; how rows are made, changed and
//! listed, and how a process claims one, in the modules beside it. Nothing here knows of pages or
//! of HTTP.

mod claim;
mod job;
mod request;
mod run;
mod store;
mod worker;

pub use job::{Job, JobStatus, JobType};
pub(crate) use request::Request;
pub use store::{COLUMNS, NewJob, cancel, create, delete, get, list};
pub(crate) use worker::Worker;
