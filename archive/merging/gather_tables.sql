-- What the ledgers hold, by names that mean the same in all of them: a run by what it began with, a capture by the name
-- of its file in the target and its offset. A run's key begins with its time, so that keys sort as runs do.

CREATE TEMP TABLE g_runs (key TEXT PRIMARY KEY, started_at, ended_at, state, user_agent, settings, portals, summary);

CREATE TEMP TABLE g_run_keys (input, id, key, vantage, PRIMARY KEY (input, id));

CREATE TEMP TABLE g_captures (warc TEXT, offset INTEGER, sha256, url, length, fetched_at, status, outcome, media_type,
 charset, role, portal, referrer, title_hint, date_hint, agency_hint, truncated, problem, of_warc, of_offset,
 PRIMARY KEY (warc, offset));

CREATE TEMP TABLE g_urls (input, url, method, body, headers, host, portal, role, state, outcome, reason, detail, depth,
 priority, referrer, redirect_to, title_hint, date_hint, agency_hint, why, link_text, found_at, found_key, done_at,
 done_key, attempts, next_try_at, etag, last_modified, warc, offset, captured_at, failed_rounds, named_key, vantage,
 class, kept DEFAULT 0);

CREATE INDEX temp.g_urls_url ON g_urls (url, method, body);

CREATE TEMP TABLE g_fetches (key TEXT, ordinal INTEGER, run_key, url, method, body, attempt, started_at, seconds, status,
 outcome, reason, evidence, bytes, final, warc, offset, named, PRIMARY KEY (key, ordinal));

CREATE TEMP TABLE g_hosts (host TEXT PRIMARY KEY, paused_until, pause_reason, pages, bytes, seconds, block_streak);

CREATE TEMP TABLE g_parses (warc TEXT, offset INTEGER, parser_version TEXT, parsed_at, status, why, result, pictures,
 PRIMARY KEY (warc, offset, parser_version));
