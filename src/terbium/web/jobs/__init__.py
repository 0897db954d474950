"""Jobs in processes of their own: queue, progress, cancelling, limits."""
