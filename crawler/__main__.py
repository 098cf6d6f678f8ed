"""`python -m crawler --data DIR …` crawls; `gongkai crawl` runs this as a process of its own."""

from crawler.run import main

if __name__ == "__main__":
    main()
