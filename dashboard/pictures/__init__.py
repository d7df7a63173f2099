"""Pictures of parcels on the pages."""
