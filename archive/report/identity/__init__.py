"""Who reports on which year: titles, bodies, years, periods and dates, with conflicts kept."""
