-- Adds the rows of the attached ledger `source`, which is number :input.

INSERT INTO g_run_keys SELECT :input, id, started_at || ' ' || digest(json_array(user_agent, settings, portals)),
 ifnull(json_extract(settings, '$.vantage'), '') FROM source.runs;

-- Nobody crawls there now: a run that seems to is one that was killed.
INSERT INTO g_runs SELECT k.key, r.started_at, r.ended_at, CASE r.state WHEN 'running' THEN 'killed' ELSE r.state END,
 r.user_agent, r.settings, r.portals, r.summary FROM source.runs r JOIN g_run_keys k ON k.input = :input AND k.id = r.id
 WHERE true ON CONFLICT (key) DO UPDATE SET ended_at = excluded.ended_at, state = excluded.state,
 summary = excluded.summary WHERE ifnull(excluded.ended_at, '') > ifnull(g_runs.ended_at, '');

INSERT OR IGNORE INTO g_captures SELECT here(c.warc), c.offset, c.sha256, c.url, c.length, c.fetched_at, c.status,
 c.outcome, c.media_type, c.charset, c.role, c.portal, c.referrer, c.title_hint, c.date_hint, c.agency_hint, c.truncated,
 c.problem, here(o.warc), o.offset FROM source.captures c LEFT JOIN source.captures o ON o.id = c.refers_to;

INSERT INTO g_urls SELECT :input, url, method, body, headers, host, portal, role, state, outcome, reason, detail, depth,
 priority, referrer, redirect_to, title_hint, date_hint, agency_hint, why, link_text, found_at, found_key, done_at,
 done_key, attempts, next_try_at, etag, last_modified, here(warc), offset, captured_at, failed_rounds, named_key,
 vantage, class, 1 FROM source.merged_urls;

INSERT INTO g_urls SELECT :input, u.url, u.method, u.body, u.headers, u.host, u.portal, u.role, u.state, u.outcome,
 u.reason, u.detail, u.depth, u.priority, u.referrer, u.redirect_to, u.title_hint, u.date_hint, u.agency_hint, u.why,
 u.link_text, u.found_at, f.key, u.done_at, d.key, u.attempts, u.next_try_at, u.etag, u.last_modified, here(c.warc),
 c.offset, c.fetched_at, u.failed_rounds, n.key, ifnull(d.vantage, ''),
 CASE WHEN u.outcome IN ('ok', 'not_modified', 'redirected', 'not_found', 'soft_404', 'too_large', 'unreadable') THEN 0
  WHEN u.outcome = 'excluded' THEN 3 WHEN u.state = 'open' THEN 2 ELSE 1 END, 0
 FROM source.urls u LEFT JOIN source.captures c ON c.id = u.capture
 LEFT JOIN g_run_keys f ON f.input = :input AND f.id = u.found_run
 LEFT JOIN g_run_keys d ON d.input = :input AND d.id = u.done_run
 LEFT JOIN g_run_keys n ON n.input = :input AND n.id = u.named_run;

-- Where the rows are kept that a URL was united from, its own row adds nothing, unless it was asked for since.
DELETE FROM g_urls WHERE input = :input AND NOT kept AND EXISTS (SELECT 1 FROM g_urls k WHERE k.input = :input AND k.kept
 AND (k.url, k.method, k.body) = (g_urls.url, g_urls.method, g_urls.body) AND k.state = g_urls.state
 AND k.outcome IS g_urls.outcome AND k.done_key IS g_urls.done_key AND k.done_at IS g_urls.done_at);

-- The ordinal tells apart what a ledger holds twice in the very same words.
INSERT OR IGNORE INTO g_fetches SELECT key, row_number() OVER (PARTITION BY key), run_key, url, method, body, attempt,
 started_at, seconds, status, outcome, reason, evidence, bytes, final, warc, offset, named FROM (
 SELECT digest(json_array(k.key, u.url, u.method, hex(u.body), f.attempt, f.started_at, f.seconds, f.status, f.outcome,
  f.reason, f.evidence, f.bytes, f.final, here(c.warc), c.offset)) AS key, k.key AS run_key, u.url, u.method, u.body,
  f.attempt, f.started_at, f.seconds, f.status, f.outcome, f.reason, f.evidence, f.bytes, f.final,
  here(c.warc) AS warc, c.offset, f.named
 FROM source.fetches f JOIN source.urls u ON u.id = f.url JOIN g_run_keys k ON k.input = :input AND k.id = f.run
 LEFT JOIN source.captures c ON c.id = f.capture);

INSERT INTO g_hosts SELECT host, paused_until, pause_reason, pages, bytes, seconds, block_streak FROM source.hosts
 WHERE true ON CONFLICT (host) DO UPDATE SET
 pause_reason = CASE WHEN (excluded.paused_until, ifnull(excluded.pause_reason, '')) > (paused_until,
  ifnull(pause_reason, '')) THEN excluded.pause_reason ELSE pause_reason END,
 paused_until = max(paused_until, excluded.paused_until), pages = max(pages, excluded.pages),
 bytes = max(bytes, excluded.bytes), seconds = max(seconds, excluded.seconds),
 block_streak = max(block_streak, excluded.block_streak);

-- Addresses mean the same in every ledger.
INSERT OR IGNORE INTO shown SELECT page, picture FROM source.shown;

INSERT INTO g_parses SELECT here(c.warc), c.offset, p.parser_version, p.parsed_at, p.status, p.why, p.result, p.pictures
 FROM source.parses p JOIN source.captures c ON c.id = p.capture WHERE true
 ON CONFLICT (warc, offset, parser_version) DO UPDATE SET parsed_at = excluded.parsed_at, status = excluded.status,
 why = excluded.why, result = excluded.result, pictures = excluded.pictures WHERE (excluded.parsed_at, ifnull(excluded.result, excluded.why)) >
 (g_parses.parsed_at, ifnull(g_parses.result, g_parses.why));
