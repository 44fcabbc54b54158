//! Export jobs: rows of one table. What a job is stands in [`job`]; how rows are made, changed and listed, and
//! how a process claims one, in the modules beside it. Nothing here knows of pages or of HTTP.

mod job;

pub use job::{Job, JobStatus, JobType};
