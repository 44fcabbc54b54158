//! New job: also with the parameters of another, to be changed first.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::failure::{Failure, sentence};
use super::fields::{Fields, Posted};
use super::layout::{self, Place};
use super::notice::go;
use super::visitor::Visitor;
use super::{App, format};
use crate::certificates::{self, StoredCertificate, check_recipients};
use crate::jobs::{self, JobType, NewJob};
use crate::{Scope, ServiceError};

/// What is in the fields.
#[derive(Debug)]
struct Draft {
    title: String,
    source: String,
    job_type: String,
    part_size: String,
    /// Other recipients than whoever makes the job.
    recipients: String,
}

impl Draft {
    fn empty(app: &App) -> Self {
        Self {
            title: String::new(),
            source: String::new(),
            job_type: JobType::Whole.as_str().into(),
            part_size: format::exact_size(app.config().part_size),
            recipients: String::new(),
        }
    }

    /// The parameters of a job there is.
    async fn of_job(app: &App, scope: &Scope, id: &str, user: &str) -> Result<Self, Failure> {
        let job = jobs::get(app.database(), scope, id).await?;
        let found = check_recipients(&job.recipients, job.created_at)?;
        // A certificate that its owner has replaced is not taken for somebody else's: the new one
        // comes by itself.
        let mut own = certificates::ever(app.database(), user).await?;
        own.append(&mut certificates::ever(app.database(), &job.user_id).await?);
        let others = found.iter().filter(|it| !own.contains(&it.pem));
        Ok(Self {
            title: job.title,
            source: job.source,
            job_type: job.job_type.as_str().into(),
            part_size: format::exact_size(job.part_size),
            recipients: others.map(|it| it.pem.as_str()).collect(),
        })
    }

    fn of_fields(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).to_owned();
        Self {
            title: text("title"),
            source: text("source"),
            job_type: text("job_type"),
            part_size: text("part_size"),
            recipients: text("recipients"),
        }
    }

    /// What it asks for, if all of it can be.
    fn check(&self, app: &App, own: Option<&StoredCertificate>) -> Result<NewJob, ServiceError> {
        let request = jobs::Request {
            title: &self.title,
            source: &self.source,
            job_type: &self.job_type,
            part_size: format::parse_size(&self.part_size)?,
            recipients: &self.recipients,
        };
        request.check(app.config(), app.now(), own)
    }
}

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Markup, Failure> {
    let own = certificates::current(app.database(), app.now(), &visitor.user().id).await?;
    let query = query.unwrap_or_default();
    let from = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "from");
    let draft = match from {
        Some((_, id)) => Draft::of_job(&app, &visitor.scope(), &id, &visitor.user().id).await?,
        None => Draft::empty(&app),
    };
    Ok(form(&app, &visitor, &draft, own.as_ref(), None))
}

pub(super) async fn create(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let Posted { visitor, fields } = posted;
    let user = &visitor.user().id;
    let own = certificates::current(app.database(), app.now(), user).await?;
    let draft = Draft::of_fields(&fields);
    let created = match draft.check(&app, own.as_ref()) {
        Ok(new) => jobs::create(app.database(), app.now(), user, &new).await,
        Err(error) => Err(error),
    };
    match created {
        Ok(job) => {
            app.service().changed(&job.id, user);
            Ok(go("/history", "created").into_response())
        }
        Err(ServiceError::Invalid(problem)) => {
            let page = form(&app, &visitor, &draft, own.as_ref(), Some(&sentence(&problem)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn form(
    app: &App,
    visitor: &Visitor,
    draft: &Draft,
    own: Option<&StoredCertificate>,
    problem: Option<&str>,
) -> Markup {
    let content = html! {
        div.narrow {
            h1 { "New job" }
            (missing(app, own))
            form method="post" action="/jobs" {
                (layout::token(visitor))
                (layout::problem(problem))
                p.field {
                    label for="title" { "Title" }
                    input #title name="title" value=(draft.title) required maxlength="200"
                        autocomplete="off";
                }
                p.field {
                    label for="source" { "Data source" }
                    select #source name="source" required {
                        @for name in app.config().sources.keys() {
                            option value=(name) selected[*name == draft.source] { (name) }
                        }
                    }
                }
                (job_types(&draft.job_type))
                p.field {
                    label for="part_size" { "File Split Size" }
                    input.short #part_size name="part_size" value=(draft.part_size) required
                        autocomplete="off" aria-describedby="sizes";
                    span.hint #sizes {
                        "Each file is at most so large, at least 64 KiB and less than 4 GiB: "
                        "for example 500 MiB."
                    }
                }
                fieldset {
                    legend { "Recipients" }
                    (own_line(own))
                    p.field {
                        label for="recipients" { "Others who can open it" }
                        textarea #recipients name="recipients" rows="4" spellcheck="false"
                            placeholder="-----BEGIN CERTIFICATE-----" aria-describedby="others" {
                            (draft.recipients)
                        }
                        span.hint #others {
                            "Their certificates in PEM, one after another. Usually there are none."
                        }
                    }
                }
                p.buttons {
                    button.main type="submit" { "Create job" }
                    a.button href="/history" { "Back" }
                }
            }
        }
    };
    layout::page(visitor, Place::NewJob, "New job", "", &content)
}

fn missing(app: &App, own: Option<&StoredCertificate>) -> Markup {
    html! {
        @if app.config().sources.is_empty() {
            p.warning {
                "No data source is configured. Whoever runs the service names some in its "
                "configuration."
            }
        }
        @match own {
            None => p.warning {
                "No job starts without your encryption certificate. "
                a href="/preferences" { "Upload it in Preferences" } "."
            },
            Some(own) => @if let Some(problem) = &own.finding.problem {
                p.warning {
                    "No job starts with your encryption certificate: " (problem) ". "
                    a href="/preferences" { "Upload another in Preferences" } "."
                }
            },
        }
    }
}

fn job_types(chosen: &str) -> Markup {
    let types = [
        (JobType::Whole, "all of the data source"),
        (JobType::Changed, "what was modified since your last completed job of the same source"),
    ];
    html! {
        fieldset {
            legend { "Job type" }
            @for (job_type, text) in types {
                label.choice {
                    input type="radio" name="job_type" value=(job_type.as_str())
                        checked[job_type.as_str() == chosen] required;
                    span { (job_type) ": " (text) }
                }
            }
        }
    }
}

fn own_line(own: Option<&StoredCertificate>) -> Markup {
    html! {
        @if let Some(own) = own {
            p {
                "You: " bdi { (own.finding.subject) }
                ", valid until " (format::day(own.finding.not_after)) "."
            }
        }
    }
}
