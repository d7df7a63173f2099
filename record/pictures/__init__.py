"""Pictures of parcels: kept under their SHA-256, found by parcel and by what they look like."""
