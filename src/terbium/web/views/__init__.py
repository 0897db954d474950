"""What pages show, as plain records: no HTTP, no HTML."""
