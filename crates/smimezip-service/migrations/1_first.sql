-- Times are milliseconds since 1970, UTC. The same text is for SQLite and PostgreSQL.
-- BYTEWISE_TEXT is a text that is sorted byte by byte, as SQLite does; what is “folded” has neither large letters
-- nor small ones. What stands in a comment of SQLite is for SQLite alone: with it the index has all that a list
-- is sorted and filtered by, and the rows, which are wide, are read for one page only.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    name_folded BYTEWISE_TEXT NOT NULL,
    -- administrator, user
    role TEXT NOT NULL,
    -- Argon2id, as a PHC string; none until the one-time link was used
    password TEXT,
    -- what new jobs are sealed for
    certificate_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE one_time_links (
    -- SHA-256 of the secret in the link
    secret TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE TABLE sessions (
    -- SHA-256 of the cookie
    secret TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- what each form must carry
    form_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- SHA-256 of the token
    secret TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE TABLE certificates (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    pem TEXT NOT NULL,
    subject TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    -- who has jobs cannot be deleted: the storage has what they made
    user_id TEXT NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    title_folded BYTEWISE_TEXT NOT NULL,
    source TEXT NOT NULL,
    source_folded BYTEWISE_TEXT NOT NULL,
    -- whole, changed
    job_type TEXT NOT NULL,
    part_size BIGINT NOT NULL,
    -- the recipients' certificates, PEM, one after another
    recipients TEXT NOT NULL,
    -- for job type changed: what was modified since then
    since BIGINT,
    -- waiting, in_progress, completed, failed, cancelled
    status TEXT NOT NULL,
    cancel_requested BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    -- of the last part, from which the others' names follow
    file_name BYTEWISE_TEXT,
    entries BIGINT,
    failure TEXT,
    done_bytes BIGINT NOT NULL DEFAULT 0,
    total_bytes BIGINT NOT NULL DEFAULT 0,
    -- the process that runs it, until when by the database's clock, and how many runs have begun
    lease_owner TEXT,
    lease_until BIGINT,
    attempt BIGINT NOT NULL DEFAULT 0,
    -- how many of them ended with the process that had it
    deaths BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_user ON jobs (user_id, created_at);
CREATE INDEX jobs_by_creation ON jobs (created_at, id /* SQLite: , user_id, title_folded, source_folded, job_type,
    status, started_at, ended_at, file_name, entries */);
CREATE INDEX jobs_by_title ON jobs (title_folded, id);
CREATE INDEX jobs_to_run ON jobs (status, created_at);
CREATE TABLE artifacts (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    name BYTEWISE_TEXT NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    -- where the object store has it
    object TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- once set it is never unset, so that no clock brings a file back
    deleted_at BIGINT,
    -- expired, user
    deleted_because TEXT,
    -- those of the job, which never change
    title_folded BYTEWISE_TEXT NOT NULL,
    source_folded BYTEWISE_TEXT NOT NULL
);
CREATE INDEX artifacts_by_user ON artifacts (user_id, created_at);
CREATE INDEX artifacts_by_creation ON artifacts (/* SQLite: deleted_at, */ created_at, job_id, part /* SQLite: , id,
    user_id, name, size, expires_at, title_folded, source_folded */);
CREATE INDEX artifacts_by_job ON artifacts (job_id, part);
CREATE INDEX artifacts_to_expire ON artifacts (deleted_at, expires_at);
-- What is, or may be, in the object store and is to be removed from it: runs that did not end with a set, and
-- artifacts that were deleted. A row goes when its objects have gone.
CREATE TABLE uploads (
    -- a prefix in the object store, or one object
    object TEXT PRIMARY KEY,
    -- the run that may still write there, if any
    job_id TEXT,
    attempt BIGINT,
    created_at BIGINT NOT NULL,
    -- by the database's clock, since when that run is known to be none any more
    dead_since BIGINT
);
