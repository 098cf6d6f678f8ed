"""Scrapy's settings for this crawler. Each value that differs from Scrapy's default stands beside its reason.

Any of them can be given on the command line: `gongkai crawl -s DOWNLOAD_DELAY=5`.
"""

import os

BOT_NAME = "gongkai"
SPIDER_MODULES = ["crawler.spiders"]  # []

# --- Who we are. The contact (a URL or a mail address) is added to the name: site owners must be able to reach whoever
# runs this.
USER_AGENT = "Gongkai/0.1"  # Scrapy's own name
GONGKAI_CONTACT = os.environ.get("GONGKAI_CONTACT", "")
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # Scrapy asks for English; some portals answer 403 to that, or send an English site.
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.3",
    # What the standard library unpacks, and nothing else.
    "Accept-Encoding": "gzip, deflate",
}

# --- The ledger is frontier, filter of duplicates and state, so Scrapy's own are not used.
SCHEDULER = "crawler.scheduler.LedgerScheduler"  # scrapy.core.scheduler.Scheduler: loses most URLs at a kill -9
ITEM_PIPELINES = {"crawler.pipelines.LedgerPipeline": 100}  # {}

# --- Politeness.
ROBOTSTXT_OBEY = False  # Scrapy's middleware fails open and ignores Crawl-delay; crawler.scheduler obeys RFC 9309
DOWNLOAD_DELAY = 3.0  # 0; seconds between two requests as their host sees them, kept by the scheduler
DOWNLOAD_DELAY_JITTER = 0.1  # 0.5; a pause is 1 to 1.1 times the delay, never less: Scrapy would halve it at times
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # 8
CONCURRENT_REQUESTS = 64  # 16; across hosts: with slow portals 16 connections would bound the whole crawl
DOWNLOAD_TIMEOUT = 60.0  # 180; for a page, from the request to its last byte
GONGKAI_ATTACHMENT_TIMEOUT = 300.0  # the same for a file: a scan of 30 MB from a slow portal takes minutes
DOWNLOAD_MAXSIZE = 64 << 20  # 1 GiB; the largest annual reports seen are scans of some 30 MB
DOWNLOAD_WARNSIZE = 0  # 32 MiB; a large scan is nothing to warn of
GONGKAI_ATTEMPTS = 3  # in all, for a URL that fails for a reason that may pass
GONGKAI_RETRY_DELAY = 10.0  # seconds, doubled after each attempt
GONGKAI_MAX_PAUSE = 600.0  # the longest Retry-After that is waited for; a longer one ends the host for this round
GONGKAI_MAX_CRAWL_DELAY = 120.0  # a host that asks for more is not crawled
GONGKAI_BLOCK_LIMIT = 3  # block signals in a row that end a host for this round
GONGKAI_FAILURE_LIMIT = 10  # timeouts and server errors in a row that end a host for this round

# --- Budgets of a host in one round, so that calendars and session ids end. 0 = none.
GONGKAI_HOST_PAGES = 5000
GONGKAI_HOST_BYTES = 4 << 30
GONGKAI_HOST_SECONDS = 8 * 3600.0  # time spent waiting for answers
GONGKAI_MAX_DEPTH = 12  # clicks from the start page
GONGKAI_MAX_REDIRECTS = 10
GONGKAI_RECHECK_DAYS = 365.0  # no known page rests longer (crawler.recheck says how long each does); 0 = none rests

# --- Bytes are kept as received: nothing between the network and the archive may change or drop an answer.
COMPRESSION_ENABLED = False  # True; loses the body where Content-Encoding lies; archive.captures decodes
REDIRECT_ENABLED = False  # True; a redirect is an outcome of its own, and its target a URL like any other
METAREFRESH_ENABLED = False  # True; the same
RETRY_ENABLED = False  # True; knows no Retry-After; the ledger keeps what has to be tried again
REFERER_ENABLED = False  # True; we send the page that a link stood on, from the ledger
DOWNLOAD_FAIL_ON_DATALOSS = False  # True; what did arrive is kept, marked as cut short, and not believed
URLLENGTH_LIMIT = 0  # 2083; the guard refuses long URLs where they are found, with a reason
SPIDER_MIDDLEWARES = {
    # All requests come from the scheduler and every status has an outcome, so these have nothing to do.
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.HostGuard": 690,  # after all that may change a request, before cookies and proxy
    "crawler.middlewares.HostCookies": 700,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # drops requests without an outcome
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
COOKIES_ENABLED = False  # True; asks the network for a list; crawler.middlewares.HostCookies keeps ordinary jars

# --- Only http and https, verified, to the open Internet.
DOWNLOAD_HANDLERS = {
    "http": "crawler.handlers.PoliteHandler",  # Scrapy's repeats a request by itself when a connection breaks
    "https": "crawler.handlers.PoliteHandler",
    **dict.fromkeys(("data", "file", "s3", "ftp")),
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # False; a certificate that fails is recorded as tls_error, never passed over
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"  # answers only with addresses of the open Internet

# --- Nothing listens, nothing is written but the archive, nothing is done twice.
TELNETCONSOLE_ENABLED = False  # True
REMOTE_CONTROL_ENABLED = False  # True
# 5 MB: with some hundred portals at once, the answers that wait to be read filled it, and nobody was asked until all of
# them had been read and the next answers had come: a third of a night was spent waiting.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 << 20
CONCURRENT_ITEMS = 1  # 100; Scrapy makes that many tasks for every response, a quarter of its time
WARN_ON_GENERATOR_RETURN_VALUE = False  # True; inspects the source of every callback
EXTENSIONS = {
    "crawler.progress.Progress": 10,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.logstats.LogStats": None,  # progress says more
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.closespider.CloseSpider": None,
}
LOG_LEVEL = "WARNING"  # DEBUG; the ledger holds every request, with more than the log would
LOG_FORMATTER = "crawler.progress.TroublesOnly"  # scrapy.logformatter.LogFormatter: makes two records a page for nobody
STATS_DUMP = False  # True; the run's summary is in the ledger

# --- Where things are; the command line and spider arguments set these.
GONGKAI_DATA = "./data"
