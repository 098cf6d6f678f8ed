-- The crawl's only state, schema 3. Instants are ISO 8601 in UTC; only what the scheduler compares with its clock
-- (next_try_at, paused_until) is in seconds since 1970.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'interrupted', 'failed', 'killed')),
    user_agent TEXT NOT NULL,
    settings TEXT NOT NULL,
    portals TEXT NOT NULL,
    summary TEXT
) STRICT;

CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    url TEXT NOT NULL,
    warc TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    media_type TEXT NOT NULL,
    charset TEXT,
    role TEXT,
    portal TEXT,
    referrer TEXT,
    title_hint TEXT,
    date_hint TEXT,
    agency_hint TEXT,
    truncated TEXT,
    problem TEXT,
    refers_to INTEGER REFERENCES captures (id),
    UNIQUE (warc, offset)
) STRICT;
CREATE INDEX captures_by_url ON captures (url);

-- failed_rounds: rounds in a row that ended in a failure; named_run: the run in which a page last named the URL.
CREATE TABLE urls (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    method TEXT NOT NULL,
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    host TEXT NOT NULL,
    portal TEXT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done')),
    outcome TEXT,
    reason TEXT,
    detail TEXT,
    depth INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    referrer TEXT,
    redirect_to TEXT,
    title_hint TEXT,
    date_hint TEXT,
    agency_hint TEXT,
    why TEXT,
    link_text TEXT,
    found_at TEXT NOT NULL,
    found_run INTEGER NOT NULL REFERENCES runs (id),
    done_at TEXT,
    done_run INTEGER REFERENCES runs (id),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try_at REAL NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    capture INTEGER REFERENCES captures (id),
    failed_rounds INTEGER NOT NULL DEFAULT 0,
    named_run INTEGER,
    UNIQUE (url, method, body),
    CHECK ((state = 'open') = (outcome IS NULL)),
    CHECK (outcome <> 'excluded' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX urls_open ON urls (host, priority DESC, id) WHERE state = 'open';
CREATE INDEX urls_by_portal ON urls (portal, state);

-- named, for what is gone: 1 = a page named the URL in that run, 0 = its list was read in full and did not.
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    url INTEGER NOT NULL REFERENCES urls (id),
    attempt INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    seconds REAL NOT NULL,
    status INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT,
    evidence TEXT,
    bytes INTEGER NOT NULL,
    final INTEGER NOT NULL,
    capture INTEGER REFERENCES captures (id),
    named INTEGER
) STRICT;
CREATE INDEX fetches_by_url ON fetches (url);
CREATE INDEX fetches_by_run ON fetches (run);

CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    paused_until REAL NOT NULL DEFAULT 0,
    pause_reason TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    block_streak INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Which pictures articles were seen to show; a page is read together with what is held of them.
CREATE TABLE shown (
    page TEXT NOT NULL,
    picture TEXT NOT NULL,
    PRIMARY KEY (page, picture)
) STRICT, WITHOUT ROWID;

-- pictures: the digest of those that the page was read with, NULL where it shows none.
CREATE TABLE parses (
    capture INTEGER NOT NULL REFERENCES captures (id),
    parser_version TEXT NOT NULL,
    parsed_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'not_a_report', 'unreadable')),
    why TEXT,
    result TEXT,
    pictures TEXT,
    PRIMARY KEY (capture, parser_version),
    CHECK ((status = 'ok') = (result IS NOT NULL)),
    CHECK ((status = 'ok') = (why IS NULL))
) STRICT, WITHOUT ROWID;
