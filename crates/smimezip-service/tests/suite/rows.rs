//! Rows of jobs and artifacts: who sees which, in which order, and what deleting does.

use smimezip_service::artifacts::{self, DeletedBecause};
use smimezip_service::clock::DAY;
use smimezip_service::jobs::{self, JobStatus, JobType, NewJob};
use smimezip_service::listing::Column;
use smimezip_service::{Listing, Scope, ServiceError};
use sqlx::Row;

use crate::common::{POSTGRES, column, completed, database, execute, new_job};

fn own(user: &str) -> Scope {
    Scope::Own(user.into())
}

fn listing(query: &str) -> Listing {
    Listing::from_query(query, &jobs::COLUMNS)
}

fn files(query: &str) -> Listing {
    Listing::from_query(query, &artifacts::COLUMNS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j4_a_job_that_is_deleted_while_it_completes_leaves_its_parts_to_the_sweeper() {
    let (_folder, database) = database().await;
    let job = jobs::create(&database, 0, "ann", &new_job("Orders")).await.unwrap();
    let run = "UPDATE jobs SET status = 'in_progress', lease_owner = 'run'";
    execute(&database, run).await;
    // The run publishes its set, and somebody deletes the job before that is there.
    let mut publishing = database.pool().begin().await.unwrap();
    sqlx::query("UPDATE jobs SET status = 'completed'").execute(&mut *publishing).await.unwrap();
    let insert = "INSERT INTO artifacts (id, job_id, user_id, name, part, parts, size, sha256, \
         object, created_at, expires_at, title_folded, source_folded) \
         VALUES ('a', $1, 'ann', 'a', 1, 1, 1, '', 'a/1/1', 0, 1, '', '')";
    sqlx::query(insert).bind(&job.id).execute(&mut *publishing).await.unwrap();
    let deleting = {
        let (database, id) = (database.clone(), job.id.clone());
        tokio::spawn(async move { jobs::delete(&database, &Scope::All, 0, &id).await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!deleting.is_finished());
    publishing.commit().await.unwrap();
    deleting.await.unwrap().unwrap();
    assert!(column(&database, "SELECT id FROM artifacts").await.is_empty());
    assert_eq!(column(&database, "SELECT object FROM uploads").await, ["a/1/1"]);
}

#[tokio::test]
async fn a_new_job_waits() {
    let (_folder, database) = database().await;
    let job = jobs::create(&database, 7, "ann", &new_job(" Orders ")).await.unwrap();
    assert_eq!((job.status, job.title.as_str(), job.created_at), (JobStatus::Waiting, "Orders", 7));
    assert_eq!((job.since, job.started_at, job.attempt), (None, None, 0));
    for title in ["", "  ", "a\nb", &"x".repeat(201)] {
        let refused = jobs::create(&database, 7, "ann", &new_job(title)).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{title:?}");
    }
    let small = NewJob { part_size: 1, ..new_job("Orders") };
    let refused = jobs::create(&database, 7, "ann", &small).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
}

#[tokio::test]
async fn what_changed_is_counted_from_the_last_completed_job_of_the_same_user_and_source() {
    let (_folder, database) = database().await;
    let changed = NewJob { job_type: JobType::Changed, ..new_job("Changed") };
    let since = async |new: &NewJob| jobs::create(&database, 9, "ann", new).await.unwrap().since;
    assert_eq!(since(&changed).await, None);
    completed(&database, 1, "ann", "first", 1).await;
    completed(&database, 5, "ann", "second", 1).await;
    completed(&database, 6, "ben", "other", 1).await;
    assert_eq!(since(&changed).await, Some(5));
    // A time that is still to come is of a clock that was wrong: rather too much than too little.
    let back = jobs::create(&database, 3, "ann", &changed).await.unwrap();
    assert_eq!(back.since, Some(1));
    assert_eq!(since(&new_job("Whole")).await, None);
    assert_eq!(since(&NewJob { source: "invoices".into(), ..changed.clone() }).await, None);
}

#[tokio::test]
async fn j6_what_belongs_to_somebody_else_is_not_there() {
    let (_folder, database) = database().await;
    let job = completed(&database, 1, "ann", "a", 2).await;
    let ben = own("ben");
    let missing = |result: Result<(), ServiceError>| {
        assert!(matches!(result, Err(ServiceError::NotFound(_))), "{result:?}");
    };
    missing(jobs::get(&database, &ben, &job.id).await.map(drop));
    missing(jobs::cancel(&database, &ben, 2, &job.id).await);
    missing(jobs::delete(&database, &ben, 2, &job.id).await);
    missing(artifacts::get(&database, &ben, 2, "a-1").await.map(drop));
    missing(artifacts::delete(&database, &ben, 2, &["a-1"]).await.map(drop));
    missing(artifacts::losses(&database, &ben, 2, &["a-1"]).await.map(drop));
    missing(jobs::get(&database, &own("%"), &job.id).await.map(drop));
    assert!(artifacts::of_job(&database, &ben, 2, &job.id).await.unwrap().is_empty());
    assert_eq!(jobs::list(&database, &ben, 2, &listing("")).await.unwrap().total, 0);
    assert_eq!(artifacts::list(&database, &ben, 2, &files("")).await.unwrap().total, 0);
    for scope in [own("ann"), Scope::All] {
        jobs::get(&database, &scope, &job.id).await.unwrap();
        assert_eq!(jobs::list(&database, &scope, 2, &listing("")).await.unwrap().total, 1);
        assert_eq!(artifacts::list(&database, &scope, 2, &files("")).await.unwrap().total, 2);
    }
    assert!(column(&database, "SELECT object FROM uploads").await.is_empty());
}

#[tokio::test]
async fn jobs_are_sorted_and_filtered_by_every_column() {
    let (_folder, database) = database().await;
    completed(&database, DAY, "ann", "Beta", 1).await;
    completed(&database, 2 * DAY, "ben", "alpha", 1).await;
    jobs::create(&database, 3 * DAY, "ann", &new_job("50% off_")).await.unwrap();
    let titles = async |query: &str| {
        let page = jobs::list(&database, &Scope::All, 0, &listing(query)).await.unwrap();
        page.rows.into_iter().map(|job| job.title).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["50% off_", "alpha", "Beta"]);
    assert_eq!(titles("sort=title").await, ["50% off_", "alpha", "Beta"]);
    assert_eq!(titles("sort=-title").await, ["Beta", "alpha", "50% off_"]);
    // What has not started comes last both ways.
    assert_eq!(titles("sort=started").await, ["Beta", "alpha", "50% off_"]);
    assert_eq!(titles("sort=-started").await, ["alpha", "Beta", "50% off_"]);
    for column in jobs::COLUMNS {
        assert_eq!(titles(&format!("sort=-{}", column.name)).await.len(), 3, "{}", column.name);
    }
    assert_eq!(titles("title=ALPHA").await, ["alpha"]);
    assert_eq!(titles("title=%25").await, ["50% off_"]);
    assert_eq!(titles("title=_").await, ["50% off_"]);
    assert_eq!(titles("status=waiting").await, ["50% off_"]);
    assert_eq!(titles("user=be").await, ["alpha"]);
    assert_eq!(titles("file_name=beta.ZIP").await, ["Beta"]);
    assert_eq!(titles("created=1970-01-02").await, ["Beta"]);
    assert_eq!(titles("created=%3E1970-01-02&sort=created").await, ["alpha", "50% off_"]);
    assert_eq!(titles("title=a&status=completed&user=ann").await, ["Beta"]);
    let wrong = jobs::list(&database, &Scope::All, 0, &listing("status=no")).await;
    assert!(matches!(wrong, Err(ServiceError::Filter { column: "status", .. })));

    let query = listing("sort=title&per_page=2&page=2");
    let page = jobs::list(&database, &Scope::All, 0, &query).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.pages(), page.page), (1, 3, 2, 2));
    let beyond = query.on_page(u64::MAX);
    assert!(jobs::list(&database, &Scope::All, 0, &beyond).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn letters_are_found_and_sorted_large_or_small_beyond_ascii_too() {
    let (_folder, database) = database().await;
    for (day, title) in [(1, "Übung"), (2, "öl"), (3, "Öffnung"), (4, "STRASSE")] {
        completed(&database, day * DAY, "ann", title, 1).await;
    }
    let titles = async |query: &str| {
        let page = jobs::list(&database, &Scope::All, 0, &listing(query)).await.unwrap();
        page.rows.into_iter().map(|job| job.title).collect::<Vec<_>>()
    };
    assert_eq!(titles("title=%C3%BCB").await, ["Übung"]);
    assert_eq!(titles("title=%C3%96&sort=title").await, ["Öffnung", "öl"]);
    assert_eq!(titles("title=stra%C3%9Fe").await, ["STRASSE"]);
    assert_eq!(titles("sort=-title").await, ["Übung", "öl", "Öffnung", "STRASSE"]);
    let found = artifacts::list(&database, &Scope::All, 5, &files("title=%C3%9CB")).await.unwrap();
    assert_eq!(found.rows[0].title, "Übung");
}

#[tokio::test]
async fn of_ten_thousand_jobs_not_all_are_read_for_one_page_sorted_by_title() {
    if std::env::var_os(POSTGRES).is_some() {
        println!("SKIPPED: it asks SQLite how it searches");
        return;
    }
    let (_folder, database) = database().await;
    let page = "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE 1 = 1 \
                ORDER BY title_folded DESC, id LIMIT 50";
    let plan = sqlx::query(page).fetch_all(database.pool()).await.unwrap();
    let plan: String = plan.iter().map(|row| row.get::<String, _>("detail")).collect();
    assert!(plan.contains("USING COVERING INDEX jobs_by_title"), "{plan}");
}

#[tokio::test]
async fn pages_one_after_another_are_the_whole_list_in_its_order() {
    let (_folder, database) = database().await;
    for (day, user, title) in [(1, "ann", "b"), (2, "ben", "a"), (1, "ann", "d"), (3, "ann", "c")] {
        completed(&database, day * DAY, user, title, 2).await;
        jobs::create(&database, day * DAY, user, &new_job(title)).await.unwrap();
    }
    let names = |columns: &[Column]| columns.iter().map(|it| it.name).collect::<Vec<_>>();
    let read = async |what: &str, query: String| {
        if what == "jobs" {
            let page = jobs::list(&database, &Scope::All, 0, &listing(&query)).await.unwrap();
            page.rows.into_iter().map(|job| job.id).collect::<Vec<_>>()
        } else {
            let page = artifacts::list(&database, &Scope::All, 0, &files(&query)).await.unwrap();
            page.rows.into_iter().map(|file| file.id).collect()
        }
    };
    let lists = [("jobs", names(&jobs::COLUMNS)), ("artifacts", names(&artifacts::COLUMNS))];
    for (what, columns) in lists {
        for (column, sign) in columns.iter().flat_map(|column| [(column, ""), (column, "-")]) {
            let sort = format!("sort={sign}{column}");
            let whole = read(what, sort.clone()).await;
            assert_eq!(whole.len(), 8);
            let mut pages = Vec::new();
            for page in 1..=4 {
                pages.extend(read(what, format!("{sort}&per_page=3&page={page}")).await);
            }
            assert_eq!(pages, whole, "{what} {sort}");
        }
    }
}

#[tokio::test]
async fn artifacts_are_sorted_and_filtered_by_every_column() {
    let (_folder, database) = database().await;
    completed(&database, 0, "ann", "a", 3).await;
    let b = completed(&database, 10 * DAY, "ben", "b", 1).await;
    let ids = async |query: &str| {
        let listing = files(query);
        let page = artifacts::list(&database, &Scope::All, 10 * DAY, &listing).await.unwrap();
        page.rows.into_iter().map(|artifact| artifact.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("sort=created").await, ["a-1", "a-2", "a-3", "b-1"]);
    assert_eq!(ids("sort=-size").await[0], "a-3");
    assert_eq!(ids("size=%3E1000&sort=size").await, ["a-2", "a-3"]);
    assert_eq!(ids("days_left=30").await, ["b-1"]);
    assert_eq!(ids("days_left=%3C30&part=2").await, ["a-2"]);
    assert_eq!(ids(&format!("job={}", b.id)).await, ["b-1"]);
    assert_eq!(ids("user=BEN").await, ["b-1"]);
    for column in artifacts::COLUMNS {
        assert_eq!(ids(&format!("sort={}", column.name)).await.len(), 4, "{}", column.name);
    }
}

#[tokio::test]
async fn a_job_that_waits_is_cancelled_at_once_and_one_that_runs_is_asked() {
    let (_folder, database) = database().await;
    let ann = own("ann");
    let job = jobs::create(&database, 1, "ann", &new_job("a")).await.unwrap();
    jobs::cancel(&database, &ann, 2, &job.id).await.unwrap();
    let cancelled = jobs::get(&database, &ann, &job.id).await.unwrap();
    assert_eq!((cancelled.status, cancelled.ended_at), (JobStatus::Cancelled, Some(2)));
    let again = jobs::cancel(&database, &ann, 3, &job.id).await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));

    let job = jobs::create(&database, 1, "ann", &new_job("b")).await.unwrap();
    execute(&database, "UPDATE jobs SET status = 'in_progress' WHERE title = 'b'").await;
    jobs::cancel(&database, &ann, 2, &job.id).await.unwrap();
    let asked = jobs::get(&database, &ann, &job.id).await.unwrap();
    assert_eq!((asked.status, asked.cancel_requested), (JobStatus::InProgress, true));
    assert_eq!(asked.ended_at, None);
}

#[tokio::test]
async fn a_deleted_job_takes_its_artifacts_with_it_and_one_that_runs_stays() {
    let (_folder, database) = database().await;
    let ann = own("ann");
    let job = completed(&database, 1, "ann", "a", 2).await;
    execute(&database, "UPDATE jobs SET status = 'in_progress'").await;
    let running = jobs::delete(&database, &ann, 2, &job.id).await;
    assert!(matches!(running, Err(ServiceError::Conflict(_))));
    assert!(column(&database, "SELECT object FROM uploads").await.is_empty());

    execute(&database, "UPDATE jobs SET status = 'completed'").await;
    jobs::delete(&database, &ann, 2, &job.id).await.unwrap();
    assert!(column(&database, "SELECT id FROM artifacts").await.is_empty());
    let objects = column(&database, "SELECT object FROM uploads ORDER BY object").await;
    assert_eq!(objects, [format!("{}/1/1", job.id), format!("{}/1/2", job.id)]);
}

#[tokio::test]
async fn deleting_parts_says_what_each_set_loses() {
    let (_folder, database) = database().await;
    let ann = own("ann");
    let job = completed(&database, 1, "ann", "a", 3).await;
    completed(&database, 1, "ann", "b", 1).await;
    let ids = ["a-3", "a-1", "a-1", "b-1"];
    let mut foretold = artifacts::losses(&database, &ann, 2, &ids).await.unwrap();
    foretold.sort_by(|a, b| a.title.cmp(&b.title));
    assert_eq!((&foretold[0].parts, foretold[0].left, foretold[0].of), (&vec![1, 3], 1, 3));
    assert_eq!((&foretold[1].parts, foretold[1].left), (&vec![1], 0));

    let wrong = artifacts::delete(&database, &ann, 2, &["a-1", "no"]).await;
    assert!(matches!(wrong, Err(ServiceError::NotFound(_))));
    assert_eq!(artifacts::list(&database, &ann, 2, &files("")).await.unwrap().total, 4);

    let mut lost = artifacts::delete(&database, &ann, 2, &ids).await.unwrap();
    lost.sort_by(|a, b| a.title.cmp(&b.title));
    assert_eq!(lost, foretold);
    assert_eq!(column(&database, "SELECT object FROM uploads").await.len(), 3);
    let of_job = artifacts::of_job(&database, &ann, 2, &job.id).await.unwrap();
    let because: Vec<_> = of_job.iter().map(|artifact| artifact.deleted_because).collect();
    assert_eq!(because, [Some(DeletedBecause::User), None, Some(DeletedBecause::User)]);
    let gone = artifacts::get(&database, &ann, 2, "a-1").await;
    assert!(matches!(gone, Err(ServiceError::NotFound(_))));
}

#[tokio::test]
async fn a_hundred_can_be_selected_and_not_one_more() {
    let (_folder, database) = database().await;
    completed(&database, 1, "ann", "a", 101).await;
    let ids: Vec<String> = (1..=101).map(|part| format!("a-{part}")).collect();
    let refused = artifacts::delete(&database, &own("ann"), 2, &ids).await.unwrap_err();
    assert_eq!(refused.to_string(), "at most 100 files can be selected; these are 101");
    let lost = artifacts::delete(&database, &own("ann"), 2, &ids[..100]).await.unwrap();
    assert_eq!((lost[0].parts.len(), lost[0].left), (100, 1));
}

#[tokio::test]
async fn j5_what_expired_once_stays_away_when_the_clock_jumps_back() {
    let (_folder, database) = database().await;
    let ann = own("ann");
    completed(&database, 0, "ann", "a", 1).await;
    let there =
        async |now: i64| artifacts::list(&database, &ann, now, &files("")).await.unwrap().total;
    assert_eq!(there(30 * DAY - 1).await, 1);
    let artifact = artifacts::get(&database, &ann, 30 * DAY - 1, "a-1").await.unwrap();
    assert_eq!(artifact.days_left(30 * DAY - 1), 1);
    // A clock that runs ahead deletes early, by as much as it is ahead and no more.
    assert_eq!(there(30 * DAY).await, 0);
    assert_eq!(there(DAY).await, 0);
    let gone = artifacts::get(&database, &ann, DAY, "a-1").await;
    assert!(matches!(gone, Err(ServiceError::NotFound(_))));
    let because = column(&database, "SELECT deleted_because FROM artifacts").await;
    assert_eq!(because, ["expired"]);
    assert_eq!(column(&database, "SELECT object FROM uploads").await.len(), 1);
}
