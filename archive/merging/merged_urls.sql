-- What URLs were united from, by names that mean the same in every ledger: see gather_tables.sql.
CREATE TABLE IF NOT EXISTS merged_urls (url, method, body, headers, host, portal, role, state, outcome, reason, detail,
 depth, priority, referrer, redirect_to, title_hint, date_hint, agency_hint, why, link_text, found_at, found_key, done_at,
 done_key, attempts, next_try_at, etag, last_modified, warc, offset, captured_at, failed_rounds, named_key, vantage, class)
