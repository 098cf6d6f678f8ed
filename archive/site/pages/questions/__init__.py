"""The twelve questions that readers ask, each a page: answer, picture, method and the SQL behind them."""
