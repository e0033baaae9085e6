"""What of a workspace cannot move, captured: columns, filling, editing, CSV, files, archive."""
