-- Makes the rows of one ledger from what was gathered.

CREATE TEMP TABLE n_runs AS SELECT row_number() OVER (ORDER BY key) AS id, key FROM g_runs;

CREATE UNIQUE INDEX temp.n_runs_key ON n_runs (key);

INSERT INTO runs SELECT n.id, g.started_at, g.ended_at, g.state, g.user_agent, g.settings, g.portals, g.summary
 FROM n_runs n JOIN g_runs g USING (key);

CREATE TEMP TABLE n_captures AS SELECT row_number() OVER (ORDER BY fetched_at, warc, offset) AS id, warc, offset
 FROM g_captures;

CREATE UNIQUE INDEX temp.n_captures_place ON n_captures (warc, offset);

INSERT INTO captures (id, sha256, url, warc, offset, length, fetched_at, status, outcome, media_type, charset, role,
 portal, referrer, title_hint, date_hint, agency_hint, truncated, problem, refers_to)
 SELECT n.id, g.sha256, g.url, g.warc, g.offset, g.length, g.fetched_at, g.status, g.outcome, g.media_type, g.charset,
 g.role, g.portal, g.referrer, g.title_hint, g.date_hint, g.agency_hint, g.truncated, g.problem, o.id
 FROM n_captures n JOIN g_captures g ON g.warc = n.warc AND g.offset = n.offset
 LEFT JOIN n_captures o ON o.warc = g.of_warc AND o.offset = g.of_offset ORDER BY n.id;

-- The latest time each vantage asked; what nobody asked for counts by class and by when it was found.
CREATE TEMP TABLE w_ends AS SELECT * FROM (
 SELECT *, row_number() OVER (PARTITION BY url, method, body
  ORDER BY class, CASE WHEN class < 2 THEN done_at END DESC, found_at, found_key, outcome, reason, detail, portal) AS best
 FROM (SELECT *, row_number() OVER (PARTITION BY url, method, body, vantage
  ORDER BY class >= 2, CASE WHEN class >= 2 THEN class END, CASE WHEN class < 2 THEN done_at END DESC, class, found_at,
  found_key, outcome, reason, detail, portal) AS latest FROM g_urls) WHERE latest = 1) WHERE best = 1;

CREATE TEMP TABLE w_rest AS SELECT url, method, body,
 first_value(title_hint) OVER (PARTITION BY url, method, body
  ORDER BY title_hint IS NULL, class = 3, found_at, found_key, title_hint) AS title_hint,
 first_value(date_hint) OVER (PARTITION BY url, method, body
  ORDER BY date_hint IS NULL, class = 3, found_at, found_key, date_hint) AS date_hint,
 first_value(agency_hint) OVER (PARTITION BY url, method, body
  ORDER BY agency_hint IS NULL, class = 3, found_at, found_key, agency_hint) AS agency_hint,
 max(named_key) OVER (PARTITION BY url, method, body) AS named_key,
 headers, host, portal, role, depth, priority, referrer, why, link_text, found_at, found_key,
 row_number() OVER (PARTITION BY url, method, body ORDER BY class = 3, found_at, found_key, portal, role, link_text)
 AS place FROM g_urls;

CREATE TEMP TABLE w_bytes AS SELECT * FROM (SELECT url, method, body, etag, last_modified, warc, offset, captured_at,
 row_number() OVER (PARTITION BY url, method, body ORDER BY captured_at DESC, warc, offset, etag, last_modified) AS latest
 FROM g_urls WHERE warc IS NOT NULL) WHERE latest = 1;

CREATE UNIQUE INDEX temp.w_bytes_url ON w_bytes (url, method, body);

CREATE UNIQUE INDEX temp.w_ends_url ON w_ends (url, method, body);

INSERT INTO urls (id, url, method, body, headers, host, portal, role, state, outcome, reason, detail, depth, priority,
 referrer, redirect_to, title_hint, date_hint, agency_hint, why, link_text, found_at, found_run, done_at, done_run,
 attempts, next_try_at, etag, last_modified, capture, failed_rounds, named_run)
 SELECT row_number() OVER (ORDER BY p.found_at, p.url, p.method, p.body), p.url, p.method, p.body, p.headers, p.host,
 p.portal, p.role, e.state, e.outcome, e.reason, e.detail, p.depth, p.priority, p.referrer, e.redirect_to, p.title_hint,
 p.date_hint, p.agency_hint, p.why, p.link_text, p.found_at, f.id, e.done_at, d.id, e.attempts, e.next_try_at,
 CASE WHEN e.warc IS NULL AND b.warc IS NOT NULL THEN b.etag ELSE e.etag END,
 CASE WHEN e.warc IS NULL AND b.warc IS NOT NULL THEN b.last_modified ELSE e.last_modified END,
 c.id, e.failed_rounds, n.id
 FROM w_rest p JOIN w_ends e USING (url, method, body) LEFT JOIN w_bytes b USING (url, method, body)
 LEFT JOIN n_runs f ON f.key = p.found_key LEFT JOIN n_runs d ON d.key = e.done_key
 LEFT JOIN n_runs n ON n.key = p.named_key
 LEFT JOIN n_captures c ON c.warc = ifnull(e.warc, b.warc) AND c.offset = CASE WHEN e.warc IS NULL THEN b.offset
  ELSE e.offset END
 WHERE p.place = 1;

INSERT INTO fetches (id, run, url, attempt, started_at, seconds, status, outcome, reason, evidence, bytes, final,
 capture, named)
 SELECT row_number() OVER (ORDER BY g.started_at, g.key, g.ordinal), r.id, u.id, g.attempt, g.started_at, g.seconds,
 g.status, g.outcome, g.reason, g.evidence, g.bytes, g.final, c.id, g.named
 FROM g_fetches g JOIN n_runs r ON r.key = g.run_key
 JOIN urls u ON u.url = g.url AND u.method = g.method AND u.body = g.body
 LEFT JOIN n_captures c ON c.warc = g.warc AND c.offset = g.offset;

INSERT INTO hosts SELECT host, paused_until, pause_reason, pages, bytes, seconds, block_streak FROM g_hosts;

INSERT INTO parses (capture, parser_version, parsed_at, status, why, result, pictures)
 SELECT c.id, g.parser_version, g.parsed_at, g.status, g.why, g.result, g.pictures FROM g_parses g
 JOIN n_captures c ON c.warc = g.warc AND c.offset = g.offset;

-- What a URL was united from where several crawls found it, or several vantages asked for it: the next merge decides by
-- the same rows, though it is told only of directories that changed. Of the same finding and vantage the latest is kept.
INSERT INTO merged_urls SELECT url, method, body, headers, host, portal, role, state, outcome, reason, detail, depth,
 priority, referrer, redirect_to, title_hint, date_hint, agency_hint, why, link_text, found_at, found_key, done_at,
 done_key, attempts, next_try_at, etag, last_modified, warc, offset, captured_at, failed_rounds, named, vantage, class
 FROM (SELECT *, max(named_key) OVER (PARTITION BY url, method, body, found_key, vantage) AS named,
  row_number() OVER (PARTITION BY url, method, body, found_key, vantage ORDER BY class >= 2,
  CASE WHEN class >= 2 THEN class END, CASE WHEN class < 2 THEN done_at END DESC, class, outcome, reason, detail, portal,
  captured_at DESC, warc, offset) AS latest
 FROM g_urls WHERE (url, method, body) IN (SELECT url, method, body FROM g_urls GROUP BY url, method, body
  HAVING count(DISTINCT json_array(found_key, vantage)) > 1)) WHERE latest = 1
 ORDER BY url, method, body, found_key, vantage;
