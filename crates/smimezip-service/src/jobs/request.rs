//! What somebody asks for, of a page or by REST, before it is a job: no job is made without a
//! certificate that is valid, of a source that there is, and for recipients that can be read.

use super::NewJob;
use crate::ServiceError;
use crate::certificates::{StoredCertificate, check_recipients};
use crate::clock::Millis;
use crate::config::Config;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) title: &'a str,
    pub(crate) source: &'a str,
    pub(crate) job_type: &'a str,
    pub(crate) part_size: u64,
    /// Others than whoever asks: PEM, one after another.
    pub(crate) recipients: &'a str,
}

impl Request<'_> {
    /// The job, if all of it can be.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with what is missing or wrong.
    pub(crate) fn check(
        &self,
        config: &Config,
        now: Millis,
        own: Option<&StoredCertificate>,
    ) -> Result<NewJob, ServiceError> {
        let refuse = |what: &str| Err(ServiceError::Invalid(what.into()));
        let Some(own) = own else {
            return refuse("upload your encryption certificate in Preferences first");
        };
        if let Some(problem) = &own.finding.problem {
            return Err(ServiceError::Invalid(format!("your encryption certificate: {problem}")));
        }
        if !config.sources.contains_key(self.source) {
            return refuse("choose a data source");
        }
        let Ok(job_type) = self.job_type.parse() else { return refuse("choose a job type") };
        let all = format!("{}\n{}", own.finding.pem, self.recipients);
        // A recipient that cannot be read must not be left out without a word.
        check_recipients(self.recipients, now)?;
        let found = check_recipients(&all, now)?;
        Ok(NewJob {
            title: self.title.to_owned(),
            source: self.source.to_owned(),
            job_type,
            part_size: self.part_size,
            recipients: found.into_iter().map(|finding| finding.pem).collect(),
        })
    }
}
