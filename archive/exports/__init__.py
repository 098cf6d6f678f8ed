"""What re-users load, written when a generation is built: JSON Lines, CSV, Parquet, and what describes them."""
