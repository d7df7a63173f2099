"""Pictures of scans: kept, and looked at by a recogniser that is plugged in."""
