"""The store of jobs, results and sessions: SQLite, or PostgreSQL by URL."""
